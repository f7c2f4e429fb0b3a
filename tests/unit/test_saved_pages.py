"""What pages as browsers, mirrors and archives save them say of their address and time; and what is no page."""

import base64
import gzip
import io
import plistlib
import quopri
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from infra.intake.captures import find_inputs
from infra.intake.files.input_types import Skipped
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import RejectReason
from tests.archive_reading import Read, Unreadable, read_captures
from tests.tables import table
from tests.warc_builder import answer, record

URL: Final = "https://paper.example/2026/ferry"
AT: Final = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOST: Final = "www.invented-paper.com"
PAGE: Final = b"<!doctype html><html><head><title>Ferry</title></head><body><p>The ferry sails again.</p></body></html>"
WAYBACK: Final = f"https://web.archive.org/web/20260305120000/{URL}"


def read(path: Path, content: bytes) -> list[Read]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    (one,) = find_inputs([str(path)])
    return list(read_captures(one))


def page_of(found: list[Read]) -> Capture:
    (page,) = [each for each in found if not isinstance(each, Skipped)]
    assert isinstance(page, Capture), page
    return page


@pytest.mark.parametrize(
    ("head", "is_dated"),
    table("saved_pages")["heads"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_address_and_time_that_savers_write_into_pages(
    tmp_path: Path, head: str, is_dated: bool, encoding: str
) -> None:
    page = page_of(read(tmp_path / "a.html", PAGE.decode().replace("<head>", f"<head>{head}").encode(encoding)))
    assert page.url == URL
    assert page.captured_at_basis is (CapturedAtBasis.SAVED if is_dated else CapturedAtBasis.MTIME)
    assert not is_dated or page.captured_at == AT


def test_addresses_with_entities_spaces_and_short_times(tmp_path: Path) -> None:
    def stated(comment: str) -> Capture:
        return page_of(read(tmp_path / "a.html", comment.encode() + PAGE))

    assert stated(f"<!-- saved from url=(0050){URL}?a=1&amp;b=2 -->").url == f"{URL}?a=1&b=2"
    mirrored = (
        "<!-- Mirrored from paper.example/a b by HTTrack Website Copier/3.x [X], Thu, 05 Mar 2026 12:00:00 GMT -->"
    )
    assert stated(mirrored).url == "https://paper.example/a%20b"
    footer = "<!-- FILE ARCHIVED ON 9:05:07 Jan 2, 2008 AND RETRIEVED FROM THE INTERNET ARCHIVE -->"
    assert stated(footer).captured_at == datetime(2008, 1, 2, 9, 5, 7, tzinfo=UTC)
    assert stated("<!-- saved from url=(0014)about:internet -->").url is None


@pytest.mark.parametrize(("name", "url", "is_dated"), table("saved_pages")["names"])
def test_names_of_mirrors_give_address_and_time(tmp_path: Path, name: str, url: str, is_dated: bool) -> None:
    page = page_of(read(tmp_path / name, PAGE))
    assert page.url == url
    assert page.captured_at_basis is (CapturedAtBasis.SAVED if is_dated else CapturedAtBasis.MTIME)
    assert not is_dated or page.captured_at == AT


def test_an_address_of_an_old_archive_without_its_scheme(tmp_path: Path) -> None:
    canonical = f'<link rel="canonical" href="https://web.archive.org/web/20260305120000/http://{HOST}/ferry">'
    assert page_of(read(tmp_path / "a.html", canonical.encode() + PAGE)).url == f"http://{HOST}/ferry"
    rows = f'{{"url": "https://web.archive.org/web/20260305120000/{HOST}/ferry", "html": "<p>Ferry</p>"}}'
    page = page_of(read(tmp_path / "a.jsonl", rows.encode()))
    assert (page.url, page.captured_at) == (f"http://{HOST}/ferry", AT)
    ordinary = f'{{"url": "https://{HOST}/2026/05/ferry.html", "html": "<p>Ferry</p>"}}'
    assert page_of(read(tmp_path / "a.jsonl", ordinary.encode())).url == f"https://{HOST}/2026/05/ferry.html"


def mhtml(address: str, *parts: tuple[str, bytes]) -> bytes:
    date = "Date: Thu, 5 Mar 2026 13:00:00 +0100\r\nMIME-Version: 1.0"
    kind = 'Content-Type: multipart/related; boundary="b"'
    head = f"From: <Saved>\r\nSnapshot-Content-Location: {address}\r\n{date}\r\n{kind}\r\n\r\n".encode()
    return (
        head
        + b"".join(b"--b\r\n" + said.encode() + b"\r\n\r\n" + body + b"\r\n" for said, body in parts)
        + b"--b--\r\n"
    )


QUOTED: Final = ("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable", quopri.encodestring(PAGE))


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://paper.example/fähre", "https://paper.example/fähre"),
        ("=?utf-8?Q?https://paper.example/f=C3=A4hre?=", "https://paper.example/fähre"),
        ("=?utf-8?Q?https://paper.example/f=C3=A4h?=\r\n =?utf-8?Q?re?=", "https://paper.example/fähre"),
        (f"{URL}/\r\n {'x' * 80}", f"{URL}/{'x' * 80}"),
    ],
)  # fmt: skip
def test_mhtml_address_folded_or_with_other_letters(tmp_path: Path, written: str, url: str) -> None:
    page = page_of(read(tmp_path / "a.mhtml", mhtml(written, QUOTED)))
    assert (page.url, page.captured_at, page.body.strip()) == (url, AT, PAGE)


def test_mhtml_page_is_the_part_with_the_address_and_not_a_frame_before_it(tmp_path: Path) -> None:
    frame = ("Content-Type: text/html\r\nContent-Location: https://advertisement.example/", b"<html>frame</html>")
    said = f"Content-Type: text/html\r\nContent-Location: {URL}\r\nContent-Transfer-Encoding: base64"
    page = page_of(read(tmp_path / "a.mht", mhtml(URL, frame, (said, base64.encodebytes(PAGE)))))
    assert (page.url, page.body) == (URL, PAGE)


@pytest.mark.parametrize("word", ["=?utf-8?b?////?=", "=?nosuch?q?aa=?=", "=?utf-8?b?a?=", "=?idna?q?xn--?="])
def test_an_address_that_begins_like_an_encoded_word_costs_no_page(tmp_path: Path, word: str) -> None:
    said = f"Content-Type: text/html\r\nContent-Location: {word}"
    assert page_of(read(tmp_path / "a.mhtml", mhtml(URL, (said, PAGE)))).body == PAGE


def test_mhtml_of_programs_that_leave_the_version_out(tmp_path: Path) -> None:
    page = page_of(read(tmp_path / "a", mhtml(URL, QUOTED).replace(b"MIME-Version: 1.0\r\n", b"")))
    assert (page.body, page.url, page.captured_at) == (PAGE, URL, AT)


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=b", "message/rfc822"])
def test_parts_inside_of_parts_without_end_are_damage(tmp_path: Path, kind: str) -> None:
    parts = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(2000))
    inner = parts.replace(b"--b0\r\n", b"", 1) if "boundary" in kind else b"Content-Type: message/rfc822\r\n\r\n" * 3000
    (found,) = read(tmp_path / "a.mhtml", mhtml(URL, (f"Content-Type: {kind}", inner)))
    assert isinstance(found, Unreadable)
    assert found.reason is RejectReason.ARCHIVE_DAMAGED


DATED: Final = [("Content-Type", "text/html; charset=iso-8859-1"), ("Date", "Thu, 05 Mar 2026 12:00:00 GMT")]
MOVED: Final = answer(b"", status="301 Moved", headers=[("Location", "https://paper.example/old")])
AGAIN: Final = answer(b"", status="302 Found", protocol="HTTP/2", headers=[("Location", "/2026/ferry")])
CHUNKED: Final = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)


@pytest.mark.parametrize(
    ("content", "url", "is_dated"),
    [
        (answer(PAGE, headers=DATED), None, True),
        (answer(PAGE, headers=DATED, newline="\n"), None, True),
        (gzip.compress(answer(PAGE, protocol="HTTP/2", status="200 "), mtime=0), None, False),
        (answer(gzip.compress(PAGE, mtime=0), headers=[*DATED, ("Content-Encoding", "gzip")]), None, True),
        (answer(CHUNKED, headers=[("Transfer-Encoding", "chunked")]), None, False),
        (MOVED + AGAIN + answer(PAGE, headers=DATED), URL, True),
        (answer(b"", status="301 Moved", headers=[("Location", "https://[")]) + answer(PAGE), None, False),
    ],
)
def test_a_page_below_the_heads_of_its_answers(tmp_path: Path, content: bytes, url: str | None, is_dated: bool) -> None:
    page = page_of(read(tmp_path / "a.txt", content))
    assert (page.body, page.url, page.http_status) == (PAGE, url, 200)
    assert (page.captured_at == AT, page.captured_at_basis is CapturedAtBasis.SAVED) == (is_dated, is_dated)


def test_each_of_several_answers_is_a_page(tmp_path: Path) -> None:
    """The second stayed in the body of the first."""
    explains = PAGE.replace(b"<p>", b"<pre>HTTP/1.1 200 OK\nDate: today</pre><p>")
    chunked = [("Transfer-Encoding", "chunked")]
    content = (
        answer(explains, headers=DATED) + answer(CHUNKED, headers=chunked) + MOVED + answer(PAGE + b"<!-- x -->\n")
    )
    found = read(tmp_path / "a", content + answer(PAGE, status="404 Not Found"))
    bodies = [each.body for each in found if isinstance(each, Capture)]
    assert bodies == [explains, PAGE, PAGE + b"<!-- x -->\n"]
    assert [each.url for each in found if isinstance(each, Capture)] == [None, None, "https://paper.example/old"]
    assert isinstance(found[3], Unreadable)


def test_heads_without_end_cost_no_time(tmp_path: Path) -> None:
    begun = time.process_time()
    read(tmp_path / "a", b"HTTP/1.1 200 OK\n\n" * 50_000)
    assert time.process_time() - begun < 1  # each head takes a copy of the rest: three seconds for all of them


def test_an_answer_without_a_page_says_so(tmp_path: Path) -> None:
    (failed,) = read(tmp_path / "a", answer(PAGE, status="404 Not Found"))
    assert isinstance(failed, Unreadable)
    assert failed.reason is RejectReason.HTTP_STATUS
    (picture,) = read(tmp_path / "a", answer(b"\x89PNG\r\n\x1a\n", headers=[("Content-Type", "image/png")]))
    assert isinstance(picture, Skipped)
    assert f"{tmp_path / 'a'} holds no page." in picture.advice
    (cut,) = read(tmp_path / "a", gzip.compress(answer(PAGE * 99))[:-9])
    assert isinstance(cut, Unreadable)
    assert "cut short" in cut.detail


def self_extracting(page: bytes, name: str = "index.html") -> bytes:
    """What SingleFile writes: a page that a browser opens, around a zip of what was saved."""
    at = "Thu Mar 05 2026 12:00:00 GMT+0000 (Coordinated Universal Time)"
    around = f"<!DOCTYPE html> <html data-sfz><!--\n Page saved with SingleFile \n url: {URL} \n saved date: {at}\n-->"
    target = io.BytesIO()
    target.write(around.encode() + b"<meta charset=utf-8><title>Ferry</title><body hidden><!--sfz-data")
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr(name, page)
        archive.writestr("frames/1/index.html", PAGE)
    return target.getvalue() + b"--></body></html>"


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_self_extracting_page_is_the_page_in_it(tmp_path: Path, is_packed: bool) -> None:
    content = self_extracting(PAGE)
    found = read(tmp_path / "a.html", gzip.compress(content) if is_packed else content)
    page = page_of(found)
    assert (page.body, page.url, page.captured_at, page.captured_at_basis) == (PAGE, URL, AT, CapturedAtBasis.SAVED)
    assert [each for each in found if isinstance(each, Skipped)] == [Skipped("part of a saved page")] * 2


def test_a_self_extracting_page_without_one_or_packed_too_deep_says_so(tmp_path: Path) -> None:
    deep = PAGE
    for _ in range(100):
        deep = self_extracting(deep)
    told = {"no page is in it": self_extracting(PAGE, "other.html"), "2 archives around an archive": deep}
    for detail, content in told.items():
        (fault,) = [each for each in read(tmp_path / "a.html", content) if isinstance(each, Unreadable)]
        assert detail in fault.detail


def test_a_page_of_a_self_extracting_kind_without_its_zip_is_a_page(tmp_path: Path) -> None:
    assert page_of(read(tmp_path / "a.html", PAGE.replace(b"<html>", b"<html data-sfz>"))).url is None


MAIL: Final = b"To: reader@mail.example\nSubject: Today\nMIME-Version: 1.0\nContent-Type: text/html\n\n" + PAGE
XML: Final = b'<?xml version="1.0"?>\n<!-- a note -->\n'
NO_PAGES: Final = {
    "a mail": (MAIL, "mail"),
    "a mailbox": (b"From someone Thu Mar  5 12:00:00 2026\n" + MAIL, "mail"),
    "a newsletter with pictures": (
        MAIL.replace(b"text/html", b'multipart/related; boundary="b"', 1).replace(b"<!doctype", b"--b\n\n<!doctype"),
        "mail",
    ),
    "RSS": (XML + b"<rss><channel><item><content><![CDATA[<p>Ferry</p>]]></content></item></channel></rss>", "feed"),
    "Atom, packed": (gzip.compress(XML + b"<feed xmlns='a'><entry><p>Ferry</p></entry></feed>"), "feed"),
    "a sitemap": (XML + b"<urlset><url><loc>https://paper.example/</loc></url></urlset>", "sitemap"),
    "items of Scrapy": (XML + b"<items><item><html>&lt;p&gt;</html></item></items>", "XML"),
    "a Safari archive": (plistlib.dumps({"WebMainResource": {"WebResourceData": PAGE}}), "XML"),
    "a shortcut of Windows": (b"\xef\xbb\xbf[InternetShortcut]\r\nURL=https://paper.example/1\r\n", "shortcut"),
    "a shortcut of Linux": (b"[Desktop Entry]\nType=Link\nURL=https://paper.example/1\n", "shortcut"),
    "bookmarks": (b"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF='https://paper.example/'>a</A>", "bookmarks"),
    "an index of captures": (b" CDX N b a m s k r V g\nexample,paper)/1 20260305120000 text/html 200\n", "CDX index"),
    "an index with JSON": (b'example,paper)/1 20260305120000 {"url": "https://paper.example/1"}\n', "CDX index"),
    "a dump of MediaWiki": (b"<mediawiki xmlns='a'><page><title>Ferry</title></page></mediawiki>", "MediaWiki dump"),
    "a dump of MySQL": (b"-- MySQL dump 10.13\n--\nINSERT INTO `pages` VALUES ('" + PAGE + b"');\n", "SQL dump"),
    "a dump of MariaDB": (b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n" + PAGE, "SQL dump"),
    "a dump of SQLite": (b"PRAGMA foreign_keys=OFF;\nCREATE TABLE pages (html);\n" + PAGE, "SQL dump"),
    "what Git LFS left": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "pointer of Git LFS"),
    "addresses": (b"https://paper.example/1\r\nhttps://paper.example/2\r\n", "list of addresses"),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_PAGES)
def test_what_is_no_page_is_said_where_it_was_named_and_counted_in_a_folder(tmp_path: Path, what: str) -> None:
    content, kind = NO_PAGES[what]
    (named,) = read(tmp_path / "download", content)
    assert isinstance(named, Unreadable)
    assert named.reason is RejectReason.NOT_HTML
    assert named.detail.startswith(f"{kind}: ")
    (found,) = [each for one in find_inputs([str(tmp_path)]) for each in read_captures(one)]
    assert found == Skipped(kind)


XHTML: Final = b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">\n<html>'


@pytest.mark.parametrize("start", [XHTML, b"<p>", b"Ferry"])
def test_xhtml_fragments_and_texts_are_pages(tmp_path: Path, start: bytes) -> None:
    assert page_of(read(tmp_path / "download", start + b" The ferry sails again.")).url is None


def test_an_endless_beginning_of_comments_costs_no_time(tmp_path: Path) -> None:
    assert page_of(read(tmp_path / "download", b"<!--->" * 10_000 + b"<!--")).url is None


def test_an_archive_without_files_is_counted_and_named(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("folder/", b"")
    (found,) = read(tmp_path / "a.zip", target.getvalue())
    assert isinstance(found, Skipped)
    assert found.advice == f"{tmp_path}/a.zip is an archive without files."


@pytest.mark.parametrize("before", [b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_marks_before_the_first_record_are_none(tmp_path: Path, before: bytes) -> None:
    page = page_of(read(tmp_path / "a", before + record(answer(PAGE), uri=URL, date="2026-03-05T12:00:00Z")))
    assert (page.url, page.captured_at) == (URL, AT)


def test_an_archive_without_pages_is_named_as_an_office_document_is_one(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    *members, told = read(tmp_path / "a.docx", target.getvalue())
    assert members == [Skipped(".xml file")] * 2
    assert isinstance(told, Skipped)
    assert told.advice.startswith(f"{tmp_path}/a.docx is an archive without pages. Name HTML or text")
    found = [each for one in find_inputs([str(tmp_path)]) for each in read_captures(one)]
    assert found == members


def test_frames_of_a_page_that_was_saved_complete_are_parts_of_it(tmp_path: Path) -> None:
    parts = ("Ferry_files/saved_resource.html", "Ferry_files/saved_resource(1).html", "readability/content.html")
    for name in ("Ferry.html", *parts):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(PAGE)
    found = [each for one in find_inputs([str(tmp_path)]) for each in read_captures(one)]
    assert [each for each in found if isinstance(each, Skipped)] == [Skipped("part of a saved page")] * len(parts)
    assert page_of(found).body == PAGE
    assert page_of(read(tmp_path / "Ferry_files/saved_resource.html", PAGE)).body == PAGE  # where it is named


def test_what_httrack_leaves_beside_pages_is_skipped(tmp_path: Path) -> None:
    for name in ("cookies.txt", "hts-log.txt", "hts-cache/new.txt", "ArchiveBox.conf", "index.rdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"a note")
    found = [each for one in find_inputs([str(tmp_path)]) for each in read_captures(one)]
    assert [each.kind for each in found if isinstance(each, Skipped)] == [
        ".conf file", ".txt file", ".txt file", ".txt file", ".rdf file"
    ]  # fmt: skip
