"""The smallest source that reads some pages of a site, by the generic reader."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from parsers.explain import Explanation, explain
from parsers.fields.urls import host_of
from parsers.page.decode import decode
from parsers.page.html import Tree
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.parse import parse_as
from parsers.record.article import Article
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed, Rejected
from parsers.source.definition import UNDETERMINED, Source

NO_ZONE: Final = "UTC"
_OTHER_ZONE: Final = "Asia/Tokyo"  # a time that differs when it is read there states no zone
_PROSE: Final = 80  # letters of a text that may belong to the story; shorter ones are labels
_LOST: Final = 0.1  # of the text: less that is left out is adverts and notes
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
        return _as_code(self.source, f"{max(capture.captured_at for capture in self.captures):%Y-%m}")


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
    pages = list(map(_page, captures))
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
    return replace(capture, url=_page(capture).url)


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
    """What the source makes of the pages. No layout is proposed: of 143 sites none lost half its text without."""
    read = tuple(explain(capture, source) for capture in captures)
    return Proposal(source, tuple(captures), read, tuple(_open_points(source, read)))


def _lost_share(explanation: Explanation, article: Article) -> float:
    lost = (len(each.text) for each in explanation.left_out if each.inside and each.field is None)
    left_out = sum(size for size in lost if size >= _PROSE)
    return left_out / (len(article.text) + left_out)


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
        elif (share := _lost_share(each, each.outcome.article)) > _LOST:
            yield f"page {number}: {share:.0%} of the text is left out; look at it above"
    if source.timezone == NO_ZONE:
        yield "timezone: all times of these pages state their zone; UTC is for those that may not"
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
    said = {name: getattr(source, name) for name in ("name", "title", "hosts", "language", "timezone")}
    fields = "".join(f"    {name}={_literal(value)},\n" for name, value in said.items())
    title = re.sub(r'["\\]', "'", source.title)  # a page chose it: it must not end the docstring
    return (
        f'"""{title}, https://{source.hosts[0]}. Verified on pages of {month}."""\n\n'
        f"from parsers.source.definition import Source\n\nSOURCE = Source(\n{fields})\n"
    )


def _literal(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"({', '.join(map(_literal, value))}{',' * (len(value) == 1)})"


def _page(capture: Capture) -> Page:
    return Page.of(capture, Tree(decode(capture.body, capture.http_charset).text), NO_ZONE)


def _most_common(values: Iterable[str | None]) -> str | None:
    found = Counter(filter(None, values)).most_common(1)
    return found[0][0] if found else None
