"""Authors and dates that a page shows near its headline, where nothing else says them."""

import time
from typing import Any

import pytest

from tests.unit.test_reading import PROSE, article, ld, meta


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        ("<p class=byline>By Jane Doe and John Roe</p>", ("Jane Doe", "John Roe")),
        ("<div class=by-author><a href=/team/jane>Jane Doe</a></div>", ("Jane Doe",)),
        ("<a href=/authors/jane>Jane Doe</a>, <a href=/authors/john>John Roe</a>", ("Jane Doe", "John Roe")),
        ("<footer class=author>Jane Doe <i>Head of Politics</i></footer>", ("Jane Doe",)),
        ("<div class=author><a href=/jane>Jane Doe</a><p class=author-role>Our Woman Abroad</div>", ("Jane Doe",)),
        ("<div class=author>Photo Desk</div><p class=text>Jane Doe</p>", ("Photo Desk",)),
        ("<p class=writer>山田太郎</p>", ("山田太郎",)),
        ("<div class=author>|</div><p class=author>,</p>", ()),
        ("<div class=author-bio>Jane Doe</div>", ()),
        ("<p class=author>More from Jane Doe</p>", ()),
        (f"<div class=author>Jane Doe {'knows the harbour ' * 20}</div>", ()),
        ("<div class=teaser><p class=author>Jane Doe</p></div>", ()),
        ("<ul><li><h3><a href=/2>Other</a></h3><i class=author>Jane Doe</i></ul>", ()),
        ("</main><div><article><h3>Other</h3><i class=author>Jane Doe</i></article></div>", ()),
    ],
)
def test_byline_that_the_page_shows_counts_where_nothing_else_names_an_author(
    body: str, authors: tuple[str, ...]
) -> None:
    shown = f"<h1>Title</h1>{body}"
    assert article(body=shown).authors == authors
    assert article(ld('"author": "Ann Poe"'), shown).authors == ("Ann Poe",)


@pytest.mark.parametrize(
    ("after", "raw", "precision"),
    [
        ("<p>Standfirst.</p><div><span>4 March 2024</span><span>09:30</span></div>", "4 March 2024 09:30", "minute"),
        ("<p>By Jane Doe, 4 March 2024</p>", "By Jane Doe, 4 March 2024", "day"),
        (f"<p>{'They say that it rains. ' * 9}</p><p>4 March 2024</p>", "4 March 2024", "day"),
        ("<aside>4 March 2024</aside><p>Since 4 March 2024 nobody has crossed the old bridge.</p>", None, None),
    ],
)
def test_date_after_the_headline_counts_where_nothing_else_states_one(after: str, raw: Any, precision: Any) -> None:
    found = article(prose=f"<h1>Title</h1>{after}{PROSE}")
    assert (found.published_raw, found.published_precision) == (raw, precision)
    stated = article(meta("article:published_time", "2020-01-01T10:00Z"), prose=f"<h1>Title</h1>{after}{PROSE}")
    assert stated.published_raw == "2020-01-01T10:00Z"


def test_thousands_of_bylines_inside_one_another_take_no_seconds() -> None:
    began = time.process_time()
    article(body="<h1>Title</h1>", prose=f"{'<div class=author>They say that it rains. ' * 10_000}")
    assert time.process_time() - began < 8  # measured: 1 s; a climb from each took 38 s


def test_byline_is_found_without_a_change_of_the_body() -> None:
    body = "<section class=author><a href=/authors/jane>Jane Doe</a> says<br><br>that<br>it rains.</section>"
    found = article(body="<h1>Title</h1>", prose=body)
    assert (found.authors, [block.text for block in found.body]) == (("Jane Doe",), ["Jane Doe says", "that it rains."])
