"""Who may read a page, and whether the capture is only the part that is free."""

import re
from collections.abc import Iterator, Mapping

from parsers.page.html import Tree
from parsers.page.metadata import Json, Metadata, as_text
from parsers.record.article import Access, Fidelity
from parsers.record.draft import Draft

_ACCESS = {
    "true": Access.FREE, "free": Access.FREE, "metered": Access.METERED, "false": Access.PAID, "locked": Access.PAID,
}  # fmt: skip
# "The .class selector only" (Google, structured data for paywalled content). Nothing else of a page becomes a selector.
_CLASS = re.compile(r"\.[A-Za-z_][\w-]{0,99}")
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…)[\])\"”’»]*$")


def access_of(stated: str) -> Access | None:
    """The meaning of a page's statement: `False`, `http://schema.org/False`, `locked`; None if it has none."""
    return _ACCESS.get(stated.lower().rsplit("/", 1)[-1])


def access_of_parts(metadata: Metadata) -> Access | None:
    """Paid, if JSON-LD says that a part of the article is not free."""
    return Access.PAID if any(_is_paid(part) for part in _parts(metadata)) else None


def missing_part(metadata: Metadata, tree: Tree) -> str | None:
    """The class of the paid part if the page leaves that out; None if the page is complete.

    JSON-LD must say both that the article is not free and which class the paid part has: of 21 such pages 17 have the
    part, and of the other 4, 3 are stubs. If the article itself is not said to be paid, sites name parts that no page
    has.
    """
    if not _is_paid(metadata.article):
        return None
    named = [part.get("cssSelector") for part in _parts(metadata) if _is_paid(part)]
    classes = [name for name in named if isinstance(name, str) and _CLASS.fullmatch(name)]
    return classes[0] if classes and all(tree.css_first(name) is None for name in classes) else None


def mark_stub(draft: Draft) -> None:
    """Mark an article that is not free as partial if its text breaks off: `The company said that…`."""
    if draft.access in (Access.PAID, Access.METERED) and draft.body and _BROKEN_OFF.search(draft.body[-1].text):
        draft.fidelity = Fidelity.PARTIAL
        draft.origins["fidelity"] = "not free, and the text breaks off"


def _parts(metadata: Metadata) -> Iterator[Json]:
    return (part for part in metadata.resolved("hasPart") if isinstance(part, Mapping))


def _is_paid(found: Json) -> bool:
    stated = found.get("isAccessibleForFree")
    return stated is not None and access_of(as_text(stated) or "") is Access.PAID
