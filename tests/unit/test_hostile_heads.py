"""Heads that are made to take long: each is read in a time that grows with its size."""

import time

import pytest

from parsers.fields.titles import MAX_TITLE, without_site
from parsers.parse import parse
from parsers.record.outcome import Parsed
from tests.sample_pages import capture

BODY = "".join(
    f"<p>The ferry of Bergen sails again, said the harbour office on day {number}.</p>" for number in range(9)
)


@pytest.mark.parametrize(
    "head",
    [
        "<title>Ferry sails</title>" + "".join(f'<meta name="author" content="Ines F{n:05}k">' for n in range(20_000)),
        f"<title>{'-' * 100_000}</title>",
        f"<title>{'a | ' * 50_000}</title>",
        f'<title>Ferry sails</title><meta name="author" content="{"é" * 100_000}">',
        f'<title>Ferry sails</title><meta name="keywords" content="{"_" * 100_000}!">',
    ],
    ids=["authors", "hyphens", "names", "one long author", "underscores"],
)
def test_a_head_made_to_hurt_costs_what_its_size_costs(head: str) -> None:
    page = f"<!doctype html><html><head>{head}</head><body><article><h1>Ferry sails again</h1>{BODY}</article></body>"
    began = time.process_time()
    outcome = parse(capture(0, page.encode(), source="web"))
    assert isinstance(outcome, Parsed) or outcome.detail
    assert time.process_time() - began < 10  # of the processor: 40 s and more before


def test_a_title_too_long_to_be_one_keeps_the_name_of_the_site() -> None:
    title = "Ferry sails | The Issue"
    assert without_site(title, ["The Issue"]) == "Ferry sails"
    assert without_site("x" * MAX_TITLE + title, ["The Issue"]) == "x" * MAX_TITLE + title
