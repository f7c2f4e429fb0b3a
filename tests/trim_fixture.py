"""A saved page as a fixture: `python -m tests.trim_fixture SOURCE CASE PAGE.html URL`.

The least of the page from which the source reads the same, every word replaced: what a fixture needs, and a person can
read. Writes `tests/fixtures/sources/SOURCE/CASE/`. Look at `expected.json` before you commit it.
"""

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from infra.authoring.cases import plain, write_case
from parsers.page.html import Tree
from parsers.parse import parse_as
from parsers.propose import disguise
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.registry import sources
from parsers.source.definition import Source
from tests.source_cases import FIXTURES

_LONGEST: Final = 180  # characters of a text: enough to be prose for the generic reader
_BLOCKS: Final = 5  # of the body that must stay, and of what is left out
_GAP: Final = re.compile(r">\s+<")  # indentation, which says nothing
_OF_THE_TEXT: Final = frozenset({"body", "text", "word_count", "content_digest", "completeness"})


def disguised_and_trimmed(capture: Capture, source: Source) -> Capture:
    """The page with every word replaced, and without all that changes neither facts, first blocks nor what is dropped.

    Takes a second or two: each element is taken away for a try.
    """
    page = disguise(capture, source)
    tree = Tree(page.body.decode())
    for node in list(tree.root.traverse(include_text=True)) if tree.root else ():
        text = node.text_content or ""
        if node.tag == "-text" and len(text) > _LONGEST and node.parent is not None and node.parent.tag != "script":
            node.replace_with(text[:_LONGEST].rpartition(" ")[0] + ".")
    html = _GAP.sub(">\n<", tree.html or "")
    page = replace(page, body=html.encode())
    wanted = _signature(page, source)
    size = len(page.body) + 1
    while len(page.body) < size:  # what is taken away may make more needless
        size = len(page.body)
        page = _without_needless(page, source, wanted)
    return page


def _without_needless(page: Capture, source: Source, wanted: object) -> Capture:
    place = 0
    while True:
        tree = Tree(page.body.decode())
        nodes = [node for node in tree.root.traverse() if node.tag not in ("html", "head", "body")] if tree.root else []
        if place >= len(nodes):
            return page
        nodes[place].decompose()
        less = replace(page, body=(tree.html or "").encode())
        if _signature(less, source) == wanted:
            page = less
        else:
            place += 1


def _signature(page: Capture, source: Source) -> tuple[Any, ...]:
    """What must stay: all facts, the first blocks, their kinds, and what stands there only if nothing is dropped."""
    undropped = replace(source, layouts=tuple(replace(layout, drop=None) for layout in source.layouts))
    found, more = plain(parse_as(page, source)), plain(parse_as(page, undropped))
    blocks, others = _blocks(found), _blocks(more)
    facts = {name: value for name, value in found.items() if name not in _OF_THE_TEXT}
    dropped = [block for block in others if block not in blocks]
    return facts, blocks[:_BLOCKS], {kind for kind, _ in blocks}, dropped[:_BLOCKS]


def _blocks(outcome: dict[str, Any]) -> list[tuple[str, str]]:
    return [(block["type"], block["text"]) for block in outcome.get("body", ())]


if __name__ == "__main__":
    name, case, file, url = sys.argv[1:]
    now = datetime.now(UTC).replace(microsecond=0)
    saved = Capture(Path(file).read_bytes(), MediaType.HTML, now, CapturedAtBasis.MTIME, url=url)
    write_case(FIXTURES / name / case, disguised_and_trimmed(saved, sources()[name]), sources()[name])
