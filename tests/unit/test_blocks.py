"""Body blocks and texts of nodes, on small trees."""

import time

import pytest

from parsers.page.html import Tree, mark_breaks, remove_hidden, select, text_of
from parsers.reading.blocks import read_blocks, remove
from parsers.record.article import BlockType
from parsers.source.definition import FURNITURE
from tests.tables import table

P, H, LI, Q = BlockType.PARAGRAPH, BlockType.HEADING, BlockType.LIST_ITEM, BlockType.QUOTE
T, C = BlockType.TABLE, BlockType.CAPTION


def blocks_of(
    html: str, body: str = "main", blocks: str | None = None, headings: str | None = None
) -> list[tuple[BlockType, str]]:
    tree = Tree(html)
    mark_breaks(tree)
    containers = select(tree, body)
    for container in containers:
        remove(container, FURNITURE)
        remove_hidden(container)
    return [(block.type, block.text) for block in read_blocks(containers, blocks, headings, frozenset())]


@pytest.mark.parametrize(("html", "expected"), table("blocks").items())
def test_blocks_follow_from_tags(html: str, expected: list[str]) -> None:
    assert [f"{kind.value}: {text}" for kind, text in blocks_of(f"<main>{html}</main>")] == expected


@pytest.mark.parametrize(
    ("html", "body", "blocks", "expected"),
    [
        ("<main class=body><p class=a>a</p></main>", "main, .body", "p, .a", ["a"]),  # matched twice
        ("<main>a <section>b</section></main><section>c</section>", "main, section", None, ["a", "b", "c"]),
        ("<main>a <p>b</p><div class=x>c</div></main>", "main", "p, .x", ["b", "c"]),  # only what is selected
        ("<aside id=x><p>a</p><aside><p>advert</p></aside></aside>", "#x", None, ["a"]),  # furniture itself
        ("<div class=x><div>a</div><div>b</div></div>", ".x", "div", ["a", "b"]),  # the container is a block
    ],
)
def test_every_text_of_containers_is_read_once(html: str, body: str, blocks: str | None, expected: list[str]) -> None:
    assert blocks_of(html, body=body, blocks=blocks) == [(P, text) for text in expected]


def test_p17_code_navigation_comments_and_buttons_are_no_body() -> None:
    html = (
        "<main><script>var a</script><style>p{}</style><nav><p>Home</p></nav><!-- <p>x</p> -->"
        "<p>a<script>b()</script></p>"
        "<aside><p>Read also</p></aside><form><p>Newsletter</p></form><figure><p>Photo</p></figure>"
        "<ul><li>b<button>Share</button></li></ul><noscript><p>Enable</p></noscript><footer><p>(c)</p></footer></main>"
    )
    assert blocks_of(html) == [(P, "a"), (LI, "b")]


@pytest.mark.parametrize("headings", ["p.head", "p > strong, p > b", "p strong, p.head"])
def test_paragraph_that_is_marked_or_all_bold_is_a_heading(headings: str) -> None:
    html = "<main><p class=head><strong><b>a</b></strong></p><p>b <strong>c</strong></p></main>"
    assert blocks_of(html, headings=headings) == [(H, "a"), (P, "b c")]


def test_p06_reading_deep_nesting_costs_no_more_than_its_size() -> None:
    depth = 5_000
    for around, kind in (("<blockquote><i>", Q), ("<i>", P), ("<ul><li>", LI)):
        tree = Tree("<main>" + around * depth + "<p>a</p>")
        began = time.process_time()
        found = read_blocks(tree.css("main"), None, "p > b", frozenset())
        assert [(block.type, block.text) for block in found] == [(kind, "a")]
        assert time.process_time() - began < 1  # 0.03 s; climbing from each block anew took 6 s


TABLE = "<table><tr><td>1</td><td>2</td></tr></table>"


@pytest.mark.parametrize(
    ("html", "css", "text"),
    [
        (f"<div>By <b>Ja</b>ne<div>Doe</div>Bonn{TABLE}!</div>", "body > div", "By Jane Doe Bonn 1 2 !"),
        ("<h1>a<style>.x{}</style><script>b()</script></h1>", "h1", "a"),
        ("<script>c()</script>", "script", "c()"),  # asked for by name
    ],
)
def test_text_of_separates_lines_and_cells_and_leaves_out_code(html: str, css: str, text: str) -> None:
    (node,) = Tree(html).css(css)
    assert text_of(node) == text
    assert text_of(node) == text  # reading changes the tree, not the text
