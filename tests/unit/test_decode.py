"""What bytes are, whatever their name says: a page or another file, and in which encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS as WHATWG_LABELS

from parsers.page.content import media_type_of, problem_of
from parsers.page.decode import decode, usable_as_utf8
from parsers.record.capture import MediaType
from parsers.record.outcome import RejectReason
from tests.tables import table

LABELS = st.sampled_from(sorted(WHATWG_LABELS)) | st.text() | st.sampled_from(["\udcff", "utf-7", "hex", "é"])


@given(st.binary(), st.none() | LABELS)
def test_no_bytes_and_no_label_make_decoding_raise(body: bytes, label: str | None) -> None:
    found = decode(body, label)
    assert found.text.count("\ufffd") == found.replaced


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd")))
def test_p01_valid_utf8_is_utf8_whatever_the_label(text: str) -> None:
    for label in (None, "iso-8859-1", "shift_jis", "nonsense"):
        found = decode(("x" + text).encode(), label)
        assert (found.text, found.encoding, found.replaced) == ("x" + text, "utf-8", 0)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_p03_byte_order_mark_decides(text: str, encoding: str) -> None:
    found = decode(("\ufeff" + text).encode(encoding), "windows-1251")
    assert (found.text, found.encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("encoding", "label", "text"),
    [
        ("utf-16-le", None, "<p>Käse</p>"),
        ("utf-16-be", None, "<p>Käse</p>"),
        ("utf-16-le", "utf-16le", "Käse"),
        ("utf-8", "utf-16", "<p>Käse</p>"),  # a label that is not believed
    ],
)
def test_p03_utf16_without_byte_order_mark_is_recognised(encoding: str, label: str | None, text: str) -> None:
    assert decode(text.encode(encoding), label).text == text


@pytest.mark.parametrize(
    ("body", "label", "text", "encoding"),
    [
        (b"caf\xe9", None, "café", "windows-1252"),
        (b"\x93quoted\x94 \x96 it\x92s", None, "“quoted” – it’s", "windows-1252"),  # P02
        (b"\x93quoted\x94", "ISO-8859-1", "“quoted”", "windows-1252"),  # P02: what the standard takes that label for
        (b"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет", "windows-1251"),
        (b'<meta charset="windows-1251">\xcf\xf0', None, '<meta charset="windows-1251">Пр', "windows-1251"),
        (b" " * 1024 + b"<meta charset=latin2>\xb1", None, " " * 1024 + "<meta charset=latin2>ą", "iso-8859-2"),
        (b"<meta charset=utf-16>\xe9", None, "<meta charset=utf-16>é", "windows-1252"),  # neither can be true
        (b"<meta charset=utf-8>\xe9", "utf-8", "<meta charset=utf-8>é", "windows-1252"),
        (
            b"<meta charset=utf-8><meta charset=cp-1251>\xcf",
            None,
            "<meta charset=utf-8><meta charset=cp-1251>П",
            "windows-1251",
        ),
        (b'<meta name=charset content="gb-2312">\xb6\xc9', None, '<meta name=charset content="gb-2312">渡', "gbk"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本", "shift_jis"),
        ("한국".encode("euc-kr"), "ks_c_5601-1987", "한국", "euc-kr"),
    ],
)
def test_label_decides_where_bytes_are_no_utf8(body: bytes, label: str | None, text: str, encoding: str) -> None:
    found = decode(body, label)
    assert (found.text, found.encoding) == (text, encoding)


RUSSIAN = "Паромы".encode("windows-1251")
META = b"<meta charset=windows-1251>"


@pytest.mark.parametrize(
    "head",
    [
        b"<!-- <meta charset=gbk> -->" + META,  # comments and scripts are no markup
        b"<script>'<meta charset=gbk>'</script>" + META,
        b"<title><meta charset=gbk></title>" + META,
        b"<!--" + b"x" * 5_000 + b"-->" + META,  # far behind the prescan
        b'<?xml version="1.0" encoding="windows-1251"?>',
        b'<?xml version="1.0" encoding="gbk"?>' + META,
        b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        b'<meta httpequiv="Content-Type" content="text/html; charset=windows-1251">',  # misspelt
        b'<meta name=x content="charset=gbk">' + META,
        b"<meta content=\"a > b\" name=x><META CHARSET='windows-1251'>",
    ],
)
def test_charset_is_found_where_browsers_find_it(head: bytes) -> None:
    found = decode(head + RUSSIAN)
    assert (found.text[-6:], found.encoding, found.guessed) == ("Паромы", "windows-1251", False)


@pytest.mark.parametrize(("language", "text", "encoding"), table("charsets")["guessed"])
def test_charset_that_nothing_states_is_guessed_by_language_flagged(language: str, text: str, encoding: str) -> None:
    codec = {"shift_jis": "cp932"}.get(encoding, encoding)
    found = decode(f"<html lang={language}>{text}".encode(codec))
    assert (found.text.partition(">")[2], found.encoding, found.guessed) == (text, encoding, True)


def test_japanese_in_seven_bits_is_not_utf8() -> None:
    body = b"<meta charset=iso-2022-jp>" + "渡船".encode("iso-2022-jp")
    assert not usable_as_utf8(body)
    assert decode(body).text.endswith("渡船")


@pytest.mark.parametrize("label", ["utf-7", "hex", "idna", "unicode_escape", "iso-utf-8", "x" * 10_000, "\udcff", "é"])
def test_p04_labels_that_are_no_encodings_of_the_web_are_ignored(label: str) -> None:
    assert decode(b"\\u0041+AGE- caf\xe9", label).text == "\\u0041+AGE- café"


def test_p01_p05_one_broken_character_does_not_garble_a_utf8_page() -> None:
    body = "“Größe” – ça va".encode() + b"\xe2\x80"  # cut in the middle of a character
    found = decode(body, "iso-8859-1")
    assert (found.text, found.encoding, found.replaced) == ("“Größe” – ça va\ufffd", "utf-8", 1)


def test_p05_replaced_characters_are_counted_also_those_that_the_page_brings() -> None:
    few = decode(("a" * 1000 + "\ufffd").encode())
    assert (few.replaced, few.trustworthy) == (1, True)
    many = decode(b"\xff\xfe" + b"\x00\xd8" * 10)  # lone surrogates in UTF-16
    assert (many.replaced, many.trustworthy) == (10, False)
    assert decode(b"").trustworthy


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n" * 40  # the beginning of many is plain text


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (PDF, "PDF"),
        (b"\xef\xbb\xbf" + PDF, "PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20, "JPEG image"),
        (b"\0\0\0\x20ftypisom", "MP4 media"),
        (b"ID3\x04\0\0\0\0\0\0", "MP3"),
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
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        assert media_type_of("<html><body>".encode(encoding)) is MediaType.HTML
    assert media_type_of(late) is MediaType.TEXT
    assert media_type_of(late, says_html=True) is MediaType.HTML
