"""Global Research, https://www.globalresearch.ca, a WordPress site.

Text layout verified on one real capture from 2017-05. No saved HTML page was available: the HTML layout follows what
WordPress puts into every page (article:published_time, .entry-content) and the structure of the text capture. Discovery
follows the plugins of WordPress sites and has not been tried against the live site.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from parsers.fields.bylines import split_names, strip_prefix
from parsers.fields.characters import unique
from parsers.page.html import LayoutError
from parsers.page.text import TextPage, prose
from parsers.record.article import Fidelity
from parsers.record.draft import Draft
from parsers.source.definition import WORDPRESS, Source, TextLayout
from parsers.source.discovery import WHOLE_HISTORY, Feed, Sitemap

_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")  # of Markdown, in which the capture keeps links
_PUBLISHED = re.compile(r"^Global Research, [A-Z][a-z]+ \d{1,2}, \d{4}$")
_LABELLED = re.compile(r"^(?P<label>Region|Theme|In-depth Report|First published\w*): ?(?P<value>.+)$")
# The original publication: its linked name and the date it appeared there.
_ORIGIN = re.compile(r"^\[[^\]]+\]\([^)]*\) \d{1,2} [A-Z][a-z]+ \d{4}$")
# The first of these lines ends the body; appeals and legal text follow.
_END = re.compile(
    r"^(\[Comment on Global Research|\[Become a Member|Articles by:|The original source of this article is|"
    r"Copyright ©|Disclaimer: The contents of this article)"
)


def _plain(line: str) -> str:
    """The line with Markdown links replaced by their texts."""
    return _LINK.sub(r"\1", line)


def _linked(line: str) -> tuple[str, ...]:
    """The texts of all Markdown links of a line."""
    return tuple(_LINK.findall(line))


def _names(value: str) -> tuple[str, ...]:
    return _linked(value) or unique(part.strip() for part in value.split(","))


def _read_text(page: TextPage) -> Draft:
    """Headline, byline, publication line, origin, regions and topics, then the body."""
    lines = [line for line in page.lines if line]
    dated = next((n for n, line in enumerate(lines) if _PUBLISHED.match(_plain(line))), None)
    if not dated:
        raise LayoutError("no line 'Global Research, <date>' under a headline")
    draft = Draft(Fidelity.TEXT, title=_plain(lines[0]))
    byline = next((line for line in lines[1:dated] if line.startswith("By ")), None)
    if byline:
        draft.byline = _plain(byline)
        draft.authors = unique(map(strip_prefix, _linked(byline))) or split_names(byline)
    draft.published = page.published(_plain(lines[dated]))
    start = _read_labels(lines, dated + 1, draft)
    end = next((n for n in range(start, len(lines)) if _END.match(lines[n])), len(lines))
    draft.body = prose(map(_plain, lines[start:end]))
    draft.original_source = draft.original_source or _stated_origin(lines[end:])
    return draft


def _read_labels(lines: list[str], start: int, draft: Draft) -> int:
    """Read origin, regions and topics from the lines under the date; returns the first line of the body."""
    for n in range(start, len(lines)):
        labelled = _LABELLED.match(lines[n])
        if _ORIGIN.match(lines[n]):
            draft.original_source = _linked(lines[n])[0]
        elif labelled and labelled["label"] == "Region":
            draft.regions = _names(labelled["value"])
        elif labelled and labelled["label"] in ("Theme", "In-depth Report"):
            draft.topics = unique((*draft.topics, *_names(labelled["value"])))
        elif not labelled:
            return n
    return len(lines)


def _stated_origin(lines: Iterable[str]) -> str | None:
    """The publication that `The original source of this article is [Name](#)` names, unless that is the site itself."""
    text = " ".join(lines)
    match = re.search(r"The original source of this article is \[([^\]]+)\]", text)
    return match[1] if match and match[1] != "Global Research" else None


SOURCE = Source(
    name="globalresearch",
    title="Global Research",
    hosts=("globalresearch.ca",),
    language="en",
    timezone="America/Toronto",  # the Centre for Research on Globalization is in Montreal
    version=3,
    discovery=(
        Feed("https://www.globalresearch.ca/feed"),
        Sitemap(
            "https://www.globalresearch.ca/sitemap.xml",
            children=re.compile(r"/(post-sitemap|sitemap-pt-post)"),  # not those of pages, tags and authors
            dated=re.compile(r"-(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.xml"),  # post-sitemap-2017-05.xml
        ),
    ),
    article_url=re.compile(r"^/[^/?]+/\d+/?(\?|$)"),  # /its-headline/5589435
    horizon_days=WHOLE_HISTORY,
    layouts=(replace(WORDPRESS, drop=f"{WORDPRESS.drop}, hr ~ p"),),
    text_layouts=(
        TextLayout(
            "text-2017",
            matches=lambda page: any(_PUBLISHED.match(_plain(line)) for line in page.lines),
            read=_read_text,
        ),
    ),
    signature=(re.compile(r"(?ms)^Global Research, [A-Z][a-z]+ \d{1,2}, \d{4}\s*$.*globalresearch\.ca"),),
)
