import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.page.html import Tree
from parsers.page.jsonld import MAX_JSONLD_CHARACTERS, MAX_MENDED_CHARACTERS, load_jsonld
from parsers.page.metadata import Metadata, as_text, as_texts, keywords, read_metadata
from parsers.parse import parse
from parsers.reading.readings import MAX_TITLE, without_site
from parsers.record.outcome import Parsed
from tests.sample_pages import capture
from tests.tables import table

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["name", "@type", "@graph", "url", "@value"]), inner)
    ),
)


def page(*blocks: str, head: str = "") -> Metadata:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return read_metadata(Tree(f"<head>{head}{scripts}</head>"))[0]


def article(**fields: Any) -> str:
    return json.dumps({"@type": "NewsArticle", "headline": "A", "datePublished": "2024-05-03", **fields})


@given(st.text() | st.from_regex(r'[]\[{}":,1 <!>/*CDAT;\-]*', fullmatch=True))
def test_p13_no_block_makes_loading_raise(block: str) -> None:
    load_jsonld(block)
    metadata = Metadata({}, None, (block,))
    assert metadata.jsonld("headline") is None or metadata.article


@given(JSON)
def test_p13_no_value_makes_reading_raise(value: Any) -> None:
    metadata = Metadata({}, None, (json.dumps([value, {"@type": value, "headline": value}]),))
    for read in (as_text, as_texts, keywords):
        read(value)
        read(metadata.article.get("headline"))


@pytest.mark.parametrize(
    "block",
    [
        "",
        "not json",
        '{"a": ' + "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a": ' + "9" * 5_000 + ", }",
        '{"a ' + " " * 500_000 + "x}",  # quadratic, if a pattern looked for white space before a wrapper's end
        '"' + "a" * MAX_JSONLD_CHARACTERS + '"',
    ],
    ids=lambda block: block[:12],
)
def test_p13_blocks_that_nobody_can_read_give_nothing_and_at_once(block: str) -> None:
    began = time.process_time()
    assert load_jsonld(block) is None
    assert time.process_time() - began < 1


def test_p13_article_is_found_in_lists_and_graphs_and_wrappers() -> None:
    inner = article(headline="Found")
    for block in (f"[[{inner}]]", f'{{"@graph": [{{"@type": "Person"}}, {inner}]}}', f'{{"mainEntity": {inner}}}'):
        assert page("{broken", block).jsonld("headline") == "Found"
    assert page("[" * 5 + inner + "]" * 5).jsonld("headline") == "Found"
    assert page("[" * 50 + inner + "]" * 50).objects == ()  # given up


def test_p13_of_two_articles_the_first_whole_one_wins() -> None:
    teaser = json.dumps({"@type": "NewsArticle", "headline": "Teaser"})
    assert page(teaser, article(headline="Story"), article(headline="Other")).jsonld("headline") == "Story"
    assert page(teaser).jsonld("headline") == "Teaser"
    assert page('{"@type": "WebPage", "headline": "No"}').article == {}


@pytest.mark.parametrize(
    "stated",
    ["NewsArticle", "https://schema.org/NewsArticle", "schema:NewsArticle", ["WebPage", "NewsArticle"], [5, "Article"]],
)
def test_p13_type_is_read_in_every_spelling(stated: Any) -> None:
    assert page(json.dumps({"@type": stated, "headline": "a"})).jsonld("headline") == "a"
    assert page(json.dumps({"@type": {"a": stated}, "headline": "a"})).article == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("  a\n b ", "a b"),
        ("&lt;b&gt;a&lt;/b&gt; &amp;amp; b", "a & b"),
        ("a\ud83db", "ab"),
        (5, "5"),
        (True, "true"),
        (float("nan"), None),
        ([None, "", {"x": 1}, "a"], "a"),
        ({"name": "a"}, "a"),
        ({"name": {"@value": "a", "@language": "en"}}, "a"),
        ({"url": "https://example.com/"}, "https://example.com/"),
        ({"name": {}}, None),
        (load_jsonld('{"name":' * 1_000 + '"x"' + "}" * 1_000), None),  # given up
    ],
)
def test_p13_values_become_text(value: Any, expected: str | None) -> None:
    assert as_text(value) == expected


def test_lists_become_texts_and_keywords_may_be_one_text_with_commas() -> None:
    people = [{"@type": "Person", "name": "Jane Doe"}, {"name": "AP"}, "John Roe", 5, None, "AP"]
    assert as_texts(people) == ("Jane Doe", "AP", "John Roe", "5")
    assert (as_texts("Jane Doe"), as_texts(None)) == (("Jane Doe",), ())
    assert keywords("a, b,,a") == keywords(["a, b"]) == ("a", "b")
    assert keywords("甲、乙，丙") == ("甲", "乙", "丙")
    assert (keywords("أ، ب"), keywords("a; b")) == (("أ", "ب"), ("a", "b"))
    assert keywords("漁港 フェリー\u3000時刻表") == ("漁港", "フェリー", "時刻表")
    assert (keywords("the night ferry"), keywords("夜の Ferry")) == (("the night ferry",), ("夜の Ferry",))
    assert keywords(["a, b", "c"]) == ("a, b", "c")
    assert (keywords({"name": "a"}), keywords(None)) == (("a",), ())


def test_meta_elements_by_property_name_or_itemprop_in_any_case() -> None:
    head = (
        '<meta property="og:Title" content=" Tom &amp;amp; Jerry "><meta name=author content="">'
        "<meta name=author content=A><meta itemprop=author content=B>"
        "<meta content=nameless><meta name=empty content><meta charset=utf-8>"
    )
    metadata = page(head=head)
    assert metadata.first("missing", "og:title") == "Tom & Jerry"
    assert metadata.all("author") == ["A", "B"]
    assert (metadata.first("empty"), metadata.first()) == (None, None)


# JSON-LD that a strict parser refuses, read nevertheless.


GOOD = {"@type": "NewsArticle", "headline": "Mill closes", "datePublished": "2024-05-01", "author": {"name": "Al Ro"}}
BLOCK = json.dumps(GOOD, separators=(",", ":"))


@pytest.mark.parametrize(
    "block",
    [
        f"{BLOCK};",
        f"\ufeff{BLOCK}",
        f"x{BLOCK}",
        f"// <![CDATA[\n{BLOCK}\n// ]]&gt;",
        BLOCK.replace('"', "&quot;"),  # escaped as HTML
        BLOCK.replace('"', '\\"'),
        json.dumps(BLOCK),  # encoded twice
        BLOCK.replace('"', "'"),
        BLOCK.replace('"headline"', "headline"),
        BLOCK.replace(',"datePublished"', '"datePublished"'),  # a comma is missing
        BLOCK.replace('closes"', "closes"),  # a quotation mark is missing
        BLOCK.replace('"Mill', "Mill"),
        BLOCK.replace('closes"', 'closes"x'),
        BLOCK.replace('closes",', 'closes"},'),  # a bracket too many
        BLOCK.replace("}}", ",},}"),
        BLOCK[:-1],  # cut short
        BLOCK.replace('"author":', '"author":/* of the text */'),
        BLOCK.replace("{", '{"image":undefined,', 1),
        BLOCK.replace(',"', ',\u00a0"'),  # white space that JSON does not know
        BLOCK.replace('"headline":"Mill closes"', "“headline”:“Mill closes”"),
        BLOCK.replace('"', "&amp;quot;"),
        f"Notice: Undefined index: x in /srv/page.php on line 3\n{BLOCK}",
    ],
)
def test_one_fault_does_not_cost_the_block(block: str) -> None:
    found = load_jsonld(block)
    assert isinstance(found, dict)
    assert {name: found.get(name) for name in GOOD} == GOOD


@pytest.mark.parametrize(("headline", "read"), table("what_pages_write")["quotation_marks"])
def test_quotation_marks_inside_a_text_are_of_the_text(headline: str, read: str) -> None:
    assert load_jsonld(BLOCK.replace("Mill closes", headline)) == {**GOOD, "headline": read}


def test_values_one_after_another_are_a_list() -> None:
    assert load_jsonld(f"{BLOCK}\n{BLOCK},{BLOCK}") == [GOOD] * 3


def test_mending_is_given_up_in_time() -> None:
    began = time.process_time()
    assert load_jsonld('{"a":"' + '"x ' * (MAX_MENDED_CHARACTERS // 4)) is None
    assert time.process_time() - began < 1


# Heads that are made to take long: each is read in a time that grows with its size.


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
    assert without_site(title, {"theissue"}) == "Ferry sails"
    assert without_site("x" * MAX_TITLE + title, {"theissue"}) == "x" * MAX_TITLE + title


@pytest.mark.parametrize("value", [True, [False], {"name": True}])
def test_a_truth_value_names_nobody(value: Any) -> None:
    assert as_texts(value) == ()
