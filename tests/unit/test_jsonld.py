"""JSON-LD that a strict parser refuses, read nevertheless."""

import json
import time

import pytest

from parsers.page.jsonld import MAX_MENDED_CHARACTERS, load_jsonld
from tests.tables import table

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
