"""The smallest source that reads some pages of a site."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from parsers.explain import explain
from parsers.fields.urls import host_of
from parsers.page.decode import decode
from parsers.page.html import Tree, select
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.parse import parse_as
from parsers.record.article import Article
from parsers.record.capture import Capture
from parsers.record.explanation import Explanation
from parsers.record.outcome import Outcome, Parsed, Rejected
from parsers.source.definition import UNDETERMINED, Layout, Source

NO_ZONE: Final = "UTC"
_OTHER_ZONE: Final = "Asia/Tokyo"  # a time that differs when it is read there states no zone
_PROSE: Final = 80  # letters of a text that may belong to the story; shorter ones are labels
_LOST: Final = 0.1  # of the text: less that is left out is adverts and notes
# Of the text: from there on a layout is worth it. Tried with less on 36 sites: what layouts added was mostly adverts.
_MOST: Final = 0.5
_FIELDS: Final = ("published_at", "authors", "section")  # that most news sites state; a title every article has


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source, what it makes of the pages that it was made from, and what a person has to look at."""

    source: Source
    captures: tuple[Capture, ...]
    explanations: tuple[Explanation, ...]
    open_points: tuple[str, ...]

    @property
    def records(self) -> list[tuple[str, Explanation]]:
        """The address or number of each page, and what came of it."""
        pages = zip(self.captures, self.explanations, strict=True)
        return [(capture.url or f"page {number}", each) for number, (capture, each) in enumerate(pages, 1)]

    @property
    def code(self) -> str:
        """The source's file."""
        return _as_code(self.source, _month_of(self.captures))


def draft_of(
    name: str,
    captures: Sequence[Capture],
    *,
    hosts: Iterable[str] = (),
    title: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
) -> Source:
    """A source without layouts, with what is not given as most of the pages say it; ValueError where it can't be."""
    pages = [Page.of(capture, Tree(_text(capture)), NO_ZONE) for capture in captures]
    stated = [host_of(page.url) for page in pages]
    found = tuple(dict.fromkeys(host.removeprefix("www.") for host in (*hosts, *stated) if host))
    titles = [page.metadata.first("og:site_name") or as_text(page.metadata.article.get("publisher")) for page in pages]
    title = title or _most_common(titles) or (found[0] if found else name)
    draft = Source(name=name, title=title, hosts=found, language=language or UNDETERMINED, timezone=timezone or NO_ZONE)
    if language:
        return draft
    outcomes = [parse_as(capture, draft) for capture in captures]
    languages = [outcome.article.language for outcome in outcomes if isinstance(outcome, Parsed)]
    known = _most_common(each for each in languages if each != UNDETERMINED)
    return replace(draft, language=known or UNDETERMINED)


def with_address(capture: Capture) -> Capture:
    """A saved page as if it had been asked for at the address that it states."""
    return replace(capture, url=Page.of(capture, Tree(_text(capture)), NO_ZONE).url)


def needs_zone(source: Source, captures: Sequence[Capture]) -> bool:
    """Whether a page states a time without its zone, so that somebody has to say which one it is."""
    for capture in captures:
        here, there = (parse_as(capture, replace(source, timezone=zone)) for zone in (NO_ZONE, _OTHER_ZONE))
        if isinstance(here, Parsed) and isinstance(there, Parsed):
            times = [(each.article.published_at, each.article.modified_at) for each in (here, there)]
            if times[0] != times[1]:
                return True
    return False


def propose(source: Source, captures: Sequence[Capture]) -> Proposal:
    """The source as it is if it reads the pages, else with the layout that keeps what it loses."""
    best = [explain(capture, source) for capture in captures]
    for body in _bodies(best, captures):
        other = replace(source, layouts=(Layout(_month_of(captures), body=body),))
        found = [explain(capture, other) for capture in captures]
        if _loss(found) <= _loss(best) - _MOST:
            source, best = other, found
    return Proposal(source, tuple(captures), tuple(best), tuple(_open_points(source, best)))


def _loss(explanations: Sequence[Explanation]) -> float:
    """By how many pages' worth of text a reading falls short."""
    return sum(_lost_share(each) for each in explanations)


def _lost_share(explanation: Explanation) -> float:
    if not isinstance(explanation.outcome, Parsed):
        return 1.0 if any(story.chosen for story in explanation.stories) else 0.0
    kept = len(explanation.outcome.article.text)
    lost = sum(len(each.text) for each in explanation.left_out if _is_lost(each.text, each.field, inside=each.inside))
    return lost / (kept + lost)


def _is_lost(text: str, field: str | None, *, inside: bool) -> bool:
    return inside and field is None and len(text) >= _PROSE


def _bodies(explanations: Sequence[Explanation], captures: Sequence[Capture]) -> list[str]:
    """Selectors that may find the body: of the elements that the texts are in, found once in each page."""
    if max(map(_lost_share, explanations)) < _MOST:
        return []
    parts = [part for each in explanations for part in each.container.split(" > ")[-2:] if "." in part]
    trees = [Tree(_text(capture)) for capture in captures]
    candidates = dict.fromkeys(["[itemprop=articleBody]", *reversed(parts), "article"])
    return [body for body in candidates if all(len(select(tree, body)) == 1 for tree in trees)]


def _open_points(source: Source, explanations: Sequence[Explanation]) -> Iterable[str]:
    parsed = [each.outcome.article for each in explanations if isinstance(each.outcome, Parsed)]
    if source.language == UNDETERMINED:
        yield "language: no page states one; say it with --language"
    for field in _FIELDS:
        lacking = sum(not getattr(article, field) for article in parsed)
        if lacking:
            yield f"{field}: none on {lacking} of {len(parsed)} pages; if they show it, write a selector into a Layout"
    for number, each in enumerate(explanations, 1):
        if not isinstance(each.outcome, Parsed):
            yield f"page {number}: rejected as {each.outcome.reason.value} ({each.outcome.detail}); is that right?"
        elif _lost_share(each) > _LOST:
            yield f"page {number}: {_lost_share(each):.0%} of the text is left out; look at it above"
    if source.timezone == NO_ZONE:
        yield "timezone: all times of these pages state their zone; UTC is for those that may not"
    if source.layouts:
        yield f"the body is taken by {source.layouts[0].body!r}: look whether adverts and boxes are in it (Layout.drop)"
    if len(parsed) < 3:  # noqa: PLR2004 - a site has two or three kinds of pages
        yield f"articles read: {len(parsed)}; other kinds of pages may look otherwise"


def unlike(one: Outcome, other: Outcome) -> list[str]:
    """The fields of which only one of two records has a value, and `body` where its blocks are of other types."""
    if not (isinstance(one, Parsed) and isinstance(other, Parsed)):
        same = isinstance(one, Rejected) and isinstance(other, Rejected) and one.reason is other.reason
        return [] if same else ["outcome"]
    names = [field.name for field in fields(Article)]
    found = [name for name in names if bool(getattr(one.article, name)) != bool(getattr(other.article, name))]
    kinds, others = ([block.type for block in each.article.body] for each in (one, other))
    return found if kinds == others else [*found, "body"]


def _as_code(source: Source, month: str) -> str:
    hosts = ", ".join(map(_quoted, source.hosts)) + ("," if len(source.hosts) == 1 else "")
    imported, layouts = "Source", ""
    if source.layouts:
        imported = "Layout, Source"
        layout = source.layouts[0]
        layouts = f"    layouts=(Layout({_quoted(layout.name)}, body={_quoted(layout.body or '')}),),\n"
    return (
        f'"""{source.title}, https://{source.hosts[0]}. Verified on pages of {month}."""\n\n'
        f"from parsers.source.definition import {imported}\n\n"
        f"SOURCE = Source(\n    name={_quoted(source.name)},\n    title={_quoted(source.title)},\n"
        f"    hosts=({hosts}),\n"
        f"    language={_quoted(source.language)},\n    timezone={_quoted(source.timezone)},\n{layouts})\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _month_of(captures: Sequence[Capture]) -> str:
    return f"{max(capture.captured_at for capture in captures):%Y-%m}"


def _text(capture: Capture) -> str:
    return decode(capture.body, capture.http_charset).text


def _most_common(values: Iterable[str | None]) -> str | None:
    found = Counter(filter(None, values)).most_common(1)
    return found[0][0] if found else None
