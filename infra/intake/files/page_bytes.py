"""Files as what they hold: unpacked, in bounded memory; and texts that are no pages, told by how they begin."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from typing_extensions import Buffer, override

from infra.base.inflate import CHUNK_BYTES, RECOGNISED, Inflater, dictionary_of
from parsers.page.content import TAG, PageBytes, Problem, problem_of, too_large
from parsers.record.outcome import RejectReason

HEAD_BYTES: Final = 64 << 10  # what tells tables by their first line, which may be long
SPOOL_BYTES: Final = 16 << 20  # in memory up to here, then in a temporary file
# HTML deflates to a third, a list of links to a fiftieth; beyond this it is a bomb (deflate itself ends at 1,032).
MAX_RATIO: Final = 200
SMALL_BYTES: Final = 1 << 20  # this much is harmless at any ratio
BGZIP: Final = re.compile(rb"\x1f\x8b\x08\x04.{8}BC\x02\0", re.DOTALL)


class Unpacked(io.RawIOBase):
    """A file from its start, unpacked whatever its name says."""

    def __init__(self, stream: BinaryIO) -> None:
        """Two layers: a .gz of what a server sent gzipped. More is a bomb, not an accident (CVE-2025-6176)."""
        dictionary = dictionary_of(stream)
        stream.seek(0)
        self._layers = [Inflater(stream.read, RECOGNISED, dictionary=dictionary)]
        self._layers.append(Inflater(self._layers[0].read, RECOGNISED))

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        room = memoryview(buffer).cast("B")
        piece = self._layers[1].read(len(room))
        room[: len(piece)] = piece
        return len(piece)

    def read_up_to(self, max_bytes: int) -> bytes:
        """All that is left; of more than `max_bytes` one byte more than that."""
        return self._layers[1].read_up_to(max_bytes)

    @property
    def problem(self) -> Problem | None:
        """Why the content ends early."""
        if any(layer.is_cut for layer in self._layers):
            return Problem(RejectReason.TRUNCATED, "packed file is cut short")
        damage = self._layers[0].damage or self._layers[1].damage
        return Problem(RejectReason.ARCHIVE_DAMAGED, damage) if damage else None

    @property
    def codings(self) -> list[str]:
        """What it was packed with, the outermost coding first; known after the first read."""
        return [layer.recognised for layer in self._layers if layer.recognised]


def beginning(stream: BinaryIO) -> tuple[bytes, list[str]]:
    """The first bytes of a file, unpacked as far as they can be, and the codings that were taken off."""
    stream.seek(0)
    unpacked = Unpacked(stream)
    head = unpacked.read_up_to(HEAD_BYTES - 1)
    stream.seek(0)
    packed = stream.read(CHUNK_BYTES)
    stream.seek(0)
    # A member of bgzip ends in the middle of a record.
    return head or packed, ["bgzip"] if BGZIP.match(packed) else unpacked.codings


def read_page(stream: BinaryIO, max_bytes: int) -> PageBytes:
    """Read a page of at most `max_bytes` from a file, packed or not."""
    unpacked = Unpacked(stream)
    return judged(unpacked.read_up_to(max_bytes), max_bytes, unpacked)


@contextmanager
def spooled(packed: BinaryIO, packed_bytes: int) -> Iterator[tuple[BinaryIO, Problem | None]]:
    """All that a packed file holds, in a temporary file at its start, and what is wrong with it; nothing of a bomb."""
    unpacked, most = Unpacked(packed), max(SMALL_BYTES, MAX_RATIO * packed_bytes)
    with SpooledTemporaryFile(SPOOL_BYTES) as spool:
        while piece := unpacked.read(CHUNK_BYTES):
            spool.write(piece)
            if spool.tell() > most:
                told = f"bomb: {packed_bytes:,} bytes hold more than {most:,}"
                yield BytesIO(), Problem(RejectReason.ARCHIVE_DAMAGED, told)
                return
        spool.seek(0)
        yield cast("BinaryIO", spool), unpacked.problem


def judged(body: bytes, max_bytes: int, unpacked: Unpacked | None = None) -> PageBytes:
    """A body, cut off beyond the limit, and what is wrong with it or with what it was packed in."""
    if len(body) > max_bytes:
        return too_large(body, max_bytes)
    return PageBytes(body, (unpacked and unpacked.problem) or problem_of(body))


MAIL: Final = re.compile(rb"(?:[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}")  # header lines
SENT: Final = re.compile(rb"^(?:Received|Delivered-To|Return-Path|To|Newsgroups):", re.M | re.I)  # no saved page was
# What may stand before the first element; nothing of it is given back, so no file makes this slow.
ROOT: Final = re.compile(
    rb"(?:[\s\xef\xbb\xbf]|<\?.{0,2000}?\?>|<!--.{0,4000}?-->|<!doctype[^>\[]{0,500}(?:\[[^\]]{0,4000}\])?\s*>)*+"
    rb"<([\w:.-]{1,40})",
    re.DOTALL | re.IGNORECASE,
)
FETCH: Final = "`newslake fetch` gets what it leads to"
LISTS: Final = "it lists pages, and holds none"
KINDS: Final = {
    **dict.fromkeys(("rss", "feed", "rdf:rdf"), ("feed", LISTS)),
    **dict.fromkeys(("urlset", "sitemapindex"), ("sitemap", LISTS)),
    "mediawiki": ("MediaWiki dump", "no page in HTML"),
}
ADDRESSES: Final = re.compile(rb"(?:\s*https?://[^\s<>\"]{3,2000}[ \t]*(?:\r?\n|$))+\s*")
SQL: Final = re.compile(
    rb"(?:/\*M?!.{0,200}\*/;?\s*)*"
    rb"(?:-- (?:MySQL|MariaDB|phpMyAdmin SQL) [Dd]ump|--\n-- PostgreSQL|(?:PRAGMA|CREATE TABLE|INSERT INTO) )"
)
STARTS: Final = (
    (ADDRESSES.fullmatch, ("list of addresses", "`newslake fetch` gets them")),
    # Of Windows and of Linux.
    (re.compile(rb"\s*\[(?:InternetShortcut|DEFAULT|Desktop Entry)\]\s*\n").match, ("shortcut", FETCH)),
    (re.compile(rb"version https://git-lfs").match, ("pointer of Git LFS", "`git lfs pull` gets the file")),
    (SQL.match, ("SQL dump", "export the table with the pages as CSV or JSON")),
    (re.compile(rb"\s*<!doctype netscape-bookmark-file", re.IGNORECASE).match, ("bookmarks", LISTS)),
    (
        re.compile(rb" CDX [\w ]{1,99}\n|[\w,:-]{1,253}\)/\S{0,2000} \d{14} ").match,
        ("CDX index", "give the WARC files that it lists"),
    ),
)


def is_mail(head: bytes) -> bool:
    """Whether a file begins with the head of a mail that was sent, alone or as the first of an mbox."""
    match = MAIL.match(re.sub(rb"^From [^\n]*\n", b"", head.lstrip(b"\xef\xbb\xbf\r\n")))
    return match is not None and SENT.search(match[0]) is not None and b"\nsubject:" in b"\n" + match[0].lower()


def kind_of_no_page(body: bytes) -> tuple[str, str] | None:
    """What a text is that begins like none of a page, and why it is none; None where it may be one."""
    head = body[:HEAD_BYTES]
    if is_mail(head):
        return "mail", "open it, and save the page that it leads to"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if told := next((kind for begins, kind in STARTS if begins(text)), None):
        return told
    root = ROOT.match(head)
    if root is None:
        return None
    name = root[1].decode("latin-1").lower()
    is_xml = head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<?xml") and not TAG.match(f"<{name} ")
    return KINDS.get(name) or (("XML", "no page in HTML") if is_xml else None)
