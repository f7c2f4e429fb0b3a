"""MHTML: the page that a browser saved with its pictures in one mail (RFC 2557)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.errors import CloseBoundaryNotFoundDefect, HeaderParseError, StartBoundaryNotFoundDefect
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from typing import BinaryIO, Final, cast

from infra.intake.files.input_types import Input, Page, Skipped, damaged, page_of
from infra.intake.files.page_bytes import MAIL, is_mail, judged
from infra.intake.files.stated import instant_of
from parsers.page.content import Problem, media_type_of
from parsers.record.capture import MediaType
from parsers.record.outcome import RejectReason

WHOLE_BYTES: Final = 200  # at the end of a page, in which its last tag is looked for
MAX_BYTES: Final = 128 << 20  # with all its pictures; the mail parser holds it as a whole
SAVED_PAGE: Final = re.compile(
    rb"^(?:Content-Type:\s*multipart/related|Snapshot-Content-Location:|Content-Location:)", re.M | re.I
)
WHOLE: Final = re.compile(rb"</html>\s*(?:-+\s*)?$", re.IGNORECASE)  # a page to its end, and what is left of a boundary


def is_mhtml(head: bytes) -> bool:
    """Whether a file begins with the head of a mail that holds a saved page."""
    match = MAIL.match(head.lstrip(b"\xef\xbb\xbf\r\n"))
    if match is None or not re.search(rb"^mime-version:|multipart/related", match[0], re.M | re.I):
        return False
    return SAVED_PAGE.search(match[0]) is not None and not is_mail(head)


def read_mhtml(reader: BinaryIO, known: Input, max_page_bytes: int) -> Iterator[Page | Skipped]:
    """The page; its pictures, styles and frames are counted."""
    content = reader.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        large = Problem(RejectReason.TOO_LARGE, f"MHTML of more than {MAX_BYTES:,} bytes")
        yield page_of(known, content[:max_page_bytes], MediaType.HTML, large)
        return
    try:
        mail = cast("EmailMessage", BytesParser(policy=policy.compat32).parsebytes(content.lstrip(b"\xef\xbb\xbf\r\n")))
        parts = [part for part in mail.walk() if not part.is_multipart()]
    except RecursionError:
        yield damaged(known, "MHTML with parts inside of parts without end", content[:max_page_bytes])
        return
    pages = [part for part in parts if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
    start = str(mail.get_param("start") or "")
    saved = _address(mail, "Snapshot-Content-Location")
    is_root = [(start and part.get("Content-ID") == start) or (saved and _address(part) == saved) for part in pages]
    root = pages[is_root.index(True) if True in is_root else 0] if pages else None
    if root is None:
        yield damaged(known, "MHTML without a page", content[:max_page_bytes])
        return
    body = cast("bytes", root.get_payload(decode=True))
    page = judged(body, max_page_bytes)
    problem = page.problem
    # Without a boundary at the end, the last part may be cut short.
    is_open = any(isinstance(each, CloseBoundaryNotFoundDefect | StartBoundaryNotFoundDefect) for each in mail.defects)
    if problem is None and is_open and root is parts[-1] and not WHOLE.search(body[-WHOLE_BYTES:]):
        problem = Problem(RejectReason.TRUNCATED, "MHTML is cut short")
    stated = (saved, _address(root), _address(mail))
    url = next((one for one in stated if re.match(r"https?:", one)), None)
    known = known.saying(url, instant_of(mail.get("Date")))
    media_type = media_type_of(page.body, says_html=True)
    yield page_of(known, page.body, media_type, problem, http_charset=root.get_content_charset())
    yield from (Skipped("part of a saved page") for _ in parts[1:])


def _address(part: EmailMessage, name: str = "Content-Location") -> str:
    """An address in a header, folded, in UTF-8 or as mails write other letters; empty if there is none."""
    for field, value in part.raw_items():
        if field.lower() == name.lower():
            text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            text = re.sub(r"\s*[\r\n]+\s*", " ", text)
            with suppress(ValueError, LookupError, HeaderParseError):  # what begins like an encoded word is none
                text = str(make_header(decode_header(text)))
            return re.sub(r"\s+", "", text)
    return ""
