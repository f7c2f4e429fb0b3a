"""Bylines and datelines: what a story says of who wrote it, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fields.bylines import split_names, split_people
from parsers.fields.datelines import AGENCIES, Dateline, read_dateline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("", ()),
        ("By Jane Doe and John Roe", ("Jane Doe", "John Roe")),
        ("Von Jane Doe, John Roe und Jane Doe", ("Jane Doe", "John Roe")),
        ("Text: Jane Doe | Photos: John Roe", ("Jane Doe", "Photos: John Roe")),
        ("Por Ana Díaz y José Paz", ("Ana Díaz", "José Paz")),
        ("Di Anna Rossi", ("Anna Rossi",)),
        ("Written by\n Jane  Doe", ("Jane Doe",)),
        ("Byron Smith; Anders And", ("Byron Smith", "Anders And")),
        ("Jane Doe & John Roe / AFP", ("Jane Doe", "John Roe", "AFP")),
    ],
)
def test_byline_gives_names(byline: str, names: tuple[str, ...]) -> None:
    assert split_names(byline) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("Jane Doe", ("Jane Doe",)),
        ("By Jane Doe,John Roe", ("Jane Doe", "John Roe")),
        ("Krishna N. Das, Nidal al-Amin and Ana de la Cruz", ("Krishna N. Das", "Nidal al-Amin", "Ana de la Cruz")),
        ("홍길동, 김철수", ("홍길동", "김철수")),
        *((f"Jane Doe, {more}", ("Jane Doe",)) for more in ("Political Editor", "CNN", "Staff Writer | Reuters")),
        ("Jane Doe, who lives in Bonn", ("Jane Doe, who lives in Bonn",)),
        ("By Jane Doe in Bonn and John Roe (AP), Associated Press", ("Jane Doe", "John Roe")),
        ("Jane Doe und John Roe, Nairobi", ("Jane Doe", "John Roe", "Nairobi")),  # a place, or a name of one word
        ("Jane Doe, profesorius, paper.lt", ("Jane Doe",)),
        ("desk/jd;jr", ("desk/jd", "jr")),
        ("Associated Press", ("Associated Press",)),
        ("Associated Press, Jane Doe", ("Associated Press, Jane Doe",)),
        ("От Анны Петровой и Ивана Сидорова", ("Анны Петровой", "Ивана Сидорова")),
        ("Text: Jane Doe", ("Jane Doe",)),
        ("Oleh Siti Aminah dan Budi Santoso", ("Siti Aminah", "Budi Santoso")),
        ("홍길동 기자", ("홍길동",)),
        ("本报记者 张三、李四", ("张三", "李四")),
        ("山田太郎記者", ("山田太郎",)),
        ("بقلم: سارة علي، نور حسن", ("سارة علي", "نور حسن")),
        ("By Alice O'Neil-Žák & JOHN ROE", ("Alice O'Neil-Žák", "JOHN ROE")),
        ("Marsh, Fenn and Partners", ("Marsh, Fenn and Partners",)),
    ],
)
def test_names_in_one_text_are_parted_only_where_each_part_reads_as_a_name(text: str, names: tuple[str, ...]) -> None:
    assert split_people(text) == names


@given(st.text())
def test_names_are_clean_and_never_empty(byline: str) -> None:
    for names in (split_names(byline), split_people(byline)):
        assert all(name and name == name.strip() for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("MOSCOW, April 13. /TASS/. Russia said", Dateline("Moscow", "TASS")),
        ("KANSAS CITY, Mo. (AP) — A man", Dateline("Kansas City", "AP")),
        ("LONDON, March 4 (Reuters) - Shares", Dateline("London", "Reuters")),
        ("Berlin (dpa) - Die Regierung", Dateline("Berlin", "dpa")),
        ("WASHINGTON/NEW YORK, Sept. 4 (AFP) – It", Dateline("Washington", "AFP")),
        ("(Reuters) - Shares", Dateline(None, "Reuters")),
        ("NEW HAVEN, Nov 22 — Boats", Dateline("New Haven", None)),
        ("ELLEN/VEERE, 3 May – Boats", Dateline("Ellen", None)),
    ],
)
def test_dateline_is_read(paragraph: str, expected: Dateline) -> None:
    assert read_dateline(paragraph) == expected


@pytest.mark.parametrize(
    "paragraph",
    [
        *("", "The agency (AP) said so", "He said it in Moscow. /TASS/. No.", "MOSCOW (RIA) - Not in the list"),
        *("MOSCOW /TASS/ without punctuation", "A" * 100 + " (AP) - Too long"),
        *("EXCLUSIVE — The dam", "UPDATE, too late — The dam", "Ellen, Nov 22 — The dam"),
    ],
)
def test_what_only_looks_like_a_dateline_is_none(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


@given(st.text() | st.sampled_from(AGENCIES).map(lambda agency: f"({agency}) - x"))
def test_no_paragraph_makes_the_dateline_raise(paragraph: str) -> None:
    found = read_dateline(paragraph)
    assert found is None or found.agency in (None, *AGENCIES)
