"""Body blocks and texts of nodes, on small trees."""

import time

import pytest

from parsers.page.html import Tree, mark_breaks, remove_hidden, select, text_of
from parsers.reading.blocks import read_blocks, remove
from parsers.record.article import BlockType
from parsers.source.definition import FURNITURE

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


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p><h2>b</h2><ul><li>c</li></ul><pre>d</pre>", [(P, "a"), (H, "b"), (LI, "c"), (BlockType.CODE, "d")]),
        ("<ul><li><p>a</p></li></ul>", [(LI, "a")]),
        ("<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul>d</li></ul>", [(LI, "a"), (LI, "b"), (LI, "c"), (LI, "d")]),
        ("<ul><li><div>a</div><div>b</div></li></ul>", [(LI, "a b")]),
        ("<blockquote>a</blockquote>", [(Q, "a")]),
        ("<blockquote><p>a</p><p>b</p></blockquote>", [(Q, "a"), (Q, "b")]),
        ("<blockquote>a<br><br>b<p>c</p> <cite>d</cite></blockquote>", [(Q, "a"), (Q, "b"), (Q, "c"), (Q, "d")]),
        ("<blockquote><div><p>a</p></div></blockquote>", [(Q, "a")]),
        ("<blockquote><ul><li><p>a</p></li></ul></blockquote>", [(LI, "a")]),
        ("<ul><li>a<blockquote>b</blockquote></li></ul>", [(LI, "a"), (Q, "b")]),
        ("<blockquote><blockquote><p>a</p></blockquote></blockquote>", [(Q, "a")]),
        ("<p>a<br>b</p>", [(P, "a b")]),
        ("<p>a<br><br>b<br> <br>c</p>", [(P, "a"), (P, "b"), (P, "c")]),
        ("<p> <br> </p><p></p><p>* * *</p><p>a</p>", [(P, "a")]),
        ("<p>Tom &amp; Jerry &lt;b&gt;</p>", [(P, "Tom & Jerry <b>")]),
        # Text that stands in no paragraph
        ("a<br><br>b <i>c</i><br>d<p>e</p>f", [(P, "a"), (P, "b c d"), (P, "e"), (P, "f")]),
        ("<div>a</div><div>b<div>c</div>d</div>", [(P, "a"), (P, "b"), (P, "c"), (P, "d")]),
        ("<span>a</span> <a href=x>b</a><hr>c", [(P, "a b"), (P, "c")]),
        ("<font><center><p>a</p></center>b</font>", [(P, "a"), (P, "b")]),
        ("<section><h2>a</h2>b</section><address>c</address>", [(H, "a"), (P, "b"), (P, "c")]),
        ("<details><summary>a</summary>b</details>", [(P, "a"), (P, "b")]),
        ("<p>Sixth <nobr>fund</nobr> at -3<i>r</i>, and</p>", [(P, "Sixth fund at -3r, and")]),
        ("<dl><dt>a</dt><dd><p>b</p><p>c</p></dd></dl>", [(LI, "a"), (LI, "b c")]),
        # Tables of data, and those that lay out a page
        (
            "<table><caption>a</caption><tr><th>b<th>c<tr><td>d<td>1<tr><td><td>-</table>",
            [(C, "a"), (T, "b | c"), (T, "d | 1")],
        ),
        ("<figure><table><tr><td>a<td>1<tr><td>b<td>2</table></figure>", [(T, "a | 1"), (T, "b | 2")]),
        ("<table><tr><td><p>a</p><p>b</p><td>c</table>", [(P, "a"), (P, "b"), (P, "c")]),
        ("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", [(P, x) for x in "abcd"]),
        ("<table><tr><td>a</table>", [(P, "a")]),
        # What readers don't see
        ("<p>a<span style='color: red; display : NONE'>b</span></p><p hidden>c</p>", [(P, "a")]),
        ("<div style=visibility:hidden>a</div><p class=sr-only>b</p><p style='overflow:hidden'>c</p>", [(P, "c")]),
        ("<dialog>a</dialog><p hidden=until-found>b</p><p aria-hidden=true>c</p>", [(P, "b"), (P, "c")]),
        ("<div class=paywall hidden><p>a</p></div>", [(P, "a")]),
        ("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字</p>", [(P, "漢字")]),
        ("<div class=wp-caption><img><p class=wp-caption-text>a</p></div>b", [(P, "b")]),
        ("<template><p>a</p></template><p>b<!-- c --></p>", [(P, "b")]),
    ],
)
def test_blocks_follow_from_tags(html: str, expected: list[tuple[BlockType, str]]) -> None:
    assert blocks_of(f"<main>{html}</main>") == expected


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
def test_every_text_of_the_containers_is_read_once(
    html: str, body: str, blocks: str | None, expected: list[str]
) -> None:
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
