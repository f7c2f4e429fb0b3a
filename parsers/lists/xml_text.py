"""XML from the web as text: decoded, without its declaration."""

import re
from typing import Final

from parsers.lists.links import UnreadableError
from parsers.page.decode import decode

# XML 1.0, 2.8: the declaration comes first; but many feeds have white space before it.
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,300}\?>")
_ENCODING = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
DECLARATION_BYTES: Final = 400  # of the beginning, where it is searched
_HTML = re.compile(r"\s*(?:<!--.{0,1000}?-->\s*){0,3}<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)


def xml_text(body: bytes) -> str:
    """The text of an XML document without its declaration, decoded as in `parsers.page.decode`.

    Raises:
        UnreadableError: it is empty, or an HTML page: many sites answer with one, and status 200, if they have nothing.
    """
    label = _ENCODING.search(body, 0, DECLARATION_BYTES)
    text = decode(body, label[1].decode("ascii") if label else None).text
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    if not text.strip():
        raise UnreadableError("it is empty")
    if _HTML.match(text):
        raise UnreadableError("it is an HTML page")
    return text
