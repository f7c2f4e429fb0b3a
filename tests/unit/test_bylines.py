"""Bylines and datelines: what a story says of who wrote it, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fields.bylines import split_names, split_people
from parsers.fields.datelines import AGENCIES, Dateline, read_dateline
from tests.tables import table

TABLE = table("bylines")


@pytest.mark.parametrize(("byline", "names"), TABLE["bylines"].items())
def test_byline_gives_names(byline: str, names: list[str]) -> None:
    assert split_names(byline) == tuple(names)


@pytest.mark.parametrize(("text", "names"), TABLE["people"].items())
def test_names_in_one_text_are_parted_only_where_each_part_reads_as_a_name(text: str, names: list[str]) -> None:
    assert split_people(text) == tuple(names)


@given(st.text())
def test_names_are_clean_and_never_empty(byline: str) -> None:
    for names in (split_names(byline), split_people(byline)):
        assert all(name and name == name.strip() for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(("paragraph", "expected"), TABLE["datelines"].items())
def test_dateline_is_read(paragraph: str, expected: list[str]) -> None:
    city, agency = (each or None for each in expected)
    assert read_dateline(paragraph) == Dateline(city, agency)


@pytest.mark.parametrize("paragraph", TABLE["no_datelines"]["paragraphs"])
def test_what_only_looks_like_a_dateline_is_none(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


@given(st.text() | st.sampled_from(AGENCIES).map(lambda agency: f"({agency}) - x"))
def test_no_paragraph_makes_the_dateline_raise(paragraph: str) -> None:
    found = read_dateline(paragraph)
    assert found is None or found.agency in (None, *AGENCIES)
