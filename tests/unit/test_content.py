"""What bytes are, whatever their name says."""

import pytest

from parsers.page.content import media_type_of, problem_of
from parsers.record.capture import MediaType
from parsers.record.outcome import RejectReason

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n" * 40  # the beginning of many is plain text


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (PDF, "PDF"),
        (b"\r\n\r\n" + PDF, "PDF"),
        (b"\xef\xbb\xbf" + PDF, "PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20, "JPEG image"),
        (b"GIF89a" + b"\0" * 20, "GIF image"),
        (b"\0\0\0\x20ftypisom", "MP4 media"),
        (b"ID3\x04\0\0\0\0\0\0", "MP3"),
        (b"OggS\0\2", "Ogg media"),
        (b"Rar!\x1a\x07\0", "rar archive"),
        (b"II*\0" + b"\0" * 100, "binary: 101 control characters in 104 bytes"),
    ],
)
def test_f33_files_are_no_pages_and_named(body: bytes, detail: str) -> None:
    problem = problem_of(body)
    assert problem is not None
    assert (problem.reason, problem.detail) == (RejectReason.NOT_HTML, detail)


@pytest.mark.parametrize("text", ["ID3 sales double", "OggSquad wins", "Rar! it said", "\n\n<!doctype html><p>x"])
def test_f33_texts_that_begin_like_files_are_pages(text: str) -> None:
    assert problem_of(text.encode()) is None


def test_f33_html_is_told_by_its_tags() -> None:
    late = b"x" * 2000 + b"<p>Some text.</p>"
    assert media_type_of(b"<html><body>") is MediaType.HTML
    assert media_type_of(late) is MediaType.TEXT
    assert media_type_of(late, says_html=True) is MediaType.HTML
