"""The entry point: a capture in, an article or a rejection out. Pure; no page makes it raise."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.fields.urls import host_of
from parsers.generic.reader import WEB, read_generically, source_of
from parsers.page.content import problem_of
from parsers.page.decode import REPLACEMENT, Decoded, decode, is_whole_utf8, usable_as_utf8
from parsers.page.html import LayoutError, Node, Tree, select
from parsers.page.page import Page
from parsers.page.text import TextPage
from parsers.reading.finishing import finish
from parsers.reading.page_kinds import kind_despite_layout, kind_of_page, may_be_notice, notice_of_unknown_site
from parsers.reading.reading import read_page
from parsers.record.article import Fidelity
from parsers.record.capture import Capture, MediaType
from parsers.record.draft import Draft, note_text_layout
from parsers.record.outcome import Outcome, Rejected, RejectReason
from parsers.registry import broken, by_content, by_host, by_name
from parsers.source.definition import GENERIC, Layout, Source, TextLayout

# Mediacloud's limit ("> 99.99 % of pages fit"); the largest of 519 measured pages has 2.2 MB.
MAX_BYTES = 10 * 1024 * 1024
# Protection services send challenges with these statuses.
CHALLENGE_STATUSES = frozenset({401, 403, 429, 503})
# Why a page that a layout matches does not have the structure of that layout.
_NOT_AS_LAYOUT = frozenset({RejectReason.LAYOUT, RejectReason.MISSING_TITLE, RejectReason.MISSING_BODY})
# Fields of a layout that do not depend on where the text stands.
_FACTS = (
    *("title", "byline", "published", "modified", "section", "language", "genre", "access", "authors", "topics"),
    *("persons", "regions", "paywall", "notes"),
)
OK = 200  # the only status that means "here is the page" (RFC 9110, 15.3.1)


def parse(capture: Capture, *, generic: bool = False) -> Outcome:
    """Read a capture by the source that it names, else of its host, else of its content; `generic`: else by `web`."""
    if capture.source == WEB:
        return _parse_source(capture, None, None, generic=True)
    host = None if capture.source else host_of(capture.url)
    source = by_name(capture.source) if capture.source else by_host(host)
    return _parse_source(capture, source, host, generic=generic)


def parse_as(capture: Capture, source: Source) -> Outcome:
    """Read a capture as one of that source, which need not be registered."""
    return _parse_source(replace(capture, source=source.name), source, None, generic=False)


def _parse_source(capture: Capture, source: Source | None, host: str | None, *, generic: bool) -> Outcome:
    unusable = _unusable(capture)
    if unusable:
        return replace(unusable, source=source.name if source else None)
    generic = generic and capture.media_type is MediaType.HTML and capture.source in (None, WEB)
    if source is None and (host or capture.source) and not generic:
        notice = None if capture.source else _notice(capture)
        return notice or Rejected(RejectReason.UNKNOWN_SOURCE, _unknown(capture.source, host))
    if capture.media_type is MediaType.HTML and usable_as_utf8(capture.body, capture.http_charset):
        # The HTML parser takes UTF-8 directly. If the label lied, the article shows it, and the page is decoded.
        outcome = _parse_html(capture, source, capture.body, generic=generic)
        if not _garbled(outcome, capture.body):
            return outcome
    decoded = decode(capture.body, capture.http_charset)
    if not decoded.trustworthy:
        detail = f"{decoded.replaced:,} undecodable characters of {len(decoded.text):,} as {decoded.encoding}"
        return Rejected(RejectReason.ENCODING, detail, source.name if source else None)
    if capture.media_type is MediaType.TEXT:
        return _parse_text(capture, source, decoded)
    return _parse_html(capture, source, decoded.text, _flags_of(decoded), generic=generic)


def _garbled(outcome: Outcome, body: bytes) -> bool:
    """Whether an article holds replacement characters, or may be none for them: its bytes are not UTF-8."""
    if isinstance(outcome, Rejected):
        return not is_whole_utf8(body)
    return REPLACEMENT in (outcome.article.title or "") or REPLACEMENT in outcome.article.text


def _unusable(capture: Capture) -> Rejected | None:
    large = len(capture.body) > MAX_BYTES
    problem = None if large else problem_of(capture.body)
    if capture.http_status not in (None, OK):
        may_be_challenge = capture.http_status in CHALLENGE_STATUSES and not (large or problem)
        notice = _notice(capture) if may_be_challenge else None
        if notice and notice.reason is RejectReason.CHALLENGE:
            return replace(notice, detail=f"status {capture.http_status}, {notice.detail}")
        return Rejected(RejectReason.HTTP_STATUS, f"answered with status {capture.http_status}")
    if large:
        return Rejected(RejectReason.TOO_LARGE, f"{len(capture.body):,} bytes, limit {MAX_BYTES:,}")
    return Rejected(problem.reason, problem.detail) if problem else None


def _notice(capture: Capture) -> Rejected | None:
    """The kind of notice that a page without a source is; most pages need no parsing to tell that they are none."""
    if capture.media_type is not MediaType.HTML or not may_be_notice(capture.body):
        return None
    is_utf8 = usable_as_utf8(capture.body, capture.http_charset)
    document = capture.body if is_utf8 else decode(capture.body, capture.http_charset).text
    return notice_of_unknown_site(Page.of(capture, Tree(document), "UTC"))


def _unknown(name: str | None, host: str | None) -> str:
    if name is None:
        return f"no source for host {host}"
    fault = broken().get(name)
    return f"source {name} can't be loaded: {fault.error}" if fault else f"there is no source {name!r}"


def _parse_html(
    capture: Capture, source: Source | None, document: bytes | str, flags: Sequence[str] = (), *, generic: bool
) -> Outcome:
    page = Page.of(capture, Tree(document), source.timezone if source else "UTC")
    if source is None and capture.source != WEB:
        source = by_host(host_of(page.url))
        page = replace(page, timezone=source.timezone) if source else page
    if source:
        outcome = _read_html(page, source, flags)
        if isinstance(outcome, Rejected) and outcome.reason in _NOT_AS_LAYOUT and outcome.layout and source.generic:
            page = Page.of(capture, Tree(document), source.timezone)  # anew: reading by the layout has changed the tree
            again = _read_generically(page, source, _facts_of(source), flags)
            return outcome if isinstance(again, Rejected) else again
        return outcome
    if generic:
        outcome = _read_generically(page, source_of(host_of(page.url)), GENERIC, flags)
        # What gives no article is of no source.
        return replace(outcome, source=None, parser_version=None) if isinstance(outcome, Rejected) else outcome
    named = f"the page names no known host ({page.url or 'no address'})"
    return notice_of_unknown_site(page) or Rejected(RejectReason.UNKNOWN_SOURCE, named)


def _read_html(page: Page, source: Source, flags: Sequence[str]) -> Outcome:
    layout, containers = _match(page.tree, source)
    if layout is None:
        kind = kind_of_page(page)
        if kind:
            return replace(kind, source=source.name, parser_version=source.parser_version)
        return _no_layout(source, "HTML", source.layouts)
    if layout.body is None:
        return _read_generically(page, source, layout, flags)
    kind = kind_despite_layout(page)
    if kind:
        return replace(kind, source=source.name, layout=layout.name, parser_version=source.parser_version)
    try:
        draft = read_page(page, layout, containers)
    except LayoutError as error:
        return Rejected(RejectReason.LAYOUT, str(error), source.name, layout.name, source.parser_version)
    return _finish(draft, source, page.capture, layout, flags)


def _match(tree: Tree, source: Source) -> tuple[Layout | None, list[Node]]:
    matches: dict[str, list[Node]] = {}  # layouts of a source often share a selector
    for layout in source.layouts:
        if layout.body and layout.body not in matches:
            matches[layout.body] = select(tree, layout.body)
        containers = matches[layout.body] if layout.body else []
        if (containers or not layout.body) and (not layout.when or tree.css_first(layout.when) is not None):
            return layout, containers
    return _facts_of(source) if source.reads_generically else None, []


def _facts_of(source: Source) -> Layout:
    """How a page that no layout matches is read: the newest says where all but text and pictures may still be."""
    if not source.layouts:
        return GENERIC
    newest = source.layouts[0]
    return replace(GENERIC, **{name: getattr(newest, name) for name in _FACTS})


def _read_generically(page: Page, source: Source, layout: Layout, flags: Sequence[str]) -> Outcome:
    try:
        draft = read_generically(page, layout, zoned=source.name != WEB)
    except LayoutError as error:
        if layout.name == GENERIC.name and layout is not GENERIC:  # the newest layout's facts are not of this page
            return _read_generically(page, source, GENERIC, flags)
        return Rejected(RejectReason.LAYOUT, str(error), source.name, layout.name, source.parser_version)
    if isinstance(draft, Rejected):
        return replace(draft, source=source.name, layout=layout.name, parser_version=source.parser_version)
    return _finish(draft, source, page.capture, layout, flags)


def _parse_text(capture: Capture, source: Source | None, decoded: Decoded) -> Outcome:
    source = source or by_content(decoded.text)
    if source is None:
        return Rejected(RejectReason.UNKNOWN_SOURCE, "no source recognises this text, and it has no address")
    page = TextPage(capture, decoded.text, source.timezone)
    for layout in source.text_layouts:
        if not layout.matches(page):
            continue
        try:
            draft = layout.read(page)
            note_text_layout(draft, layout.name)
        except LayoutError as error:
            return Rejected(RejectReason.LAYOUT, str(error), source.name, layout.name, source.parser_version)
        return _finish(draft, source, capture, layout, _flags_of(decoded))
    return _no_layout(source, "text", source.text_layouts)


def _flags_of(decoded: Decoded) -> list[str]:
    flags = [f"replaced_characters:{decoded.replaced}"] if decoded.replaced else []
    return [*flags, f"charset_guessed:{decoded.encoding}"] if decoded.guessed else flags


def _no_layout(source: Source, kind: str, layouts: Sequence[Layout | TextLayout]) -> Rejected:
    tried = ", ".join(layout.name for layout in layouts) or "none"
    detail = f"no {kind} layout of {source.name} matches (tried: {tried})"
    return Rejected(RejectReason.LAYOUT, detail, source.name, None, source.parser_version)


def _finish(
    draft: Draft, source: Source, capture: Capture, layout: Layout | TextLayout, flags: Sequence[str]
) -> Outcome:
    draft.flags += flags
    headline = not isinstance(layout, TextLayout) or layout.headline
    if capture.truncated:
        draft.flags.append("truncated")
    if capture.truncated or not headline:
        draft.fidelity = Fidelity.PARTIAL
        draft.origins["fidelity"] = "the capture is cut short" if capture.truncated else "it has lost its headline"
    if capture.source:
        draft.origins["source"] = "named with the capture"
    elif capture.url is None and capture.media_type is MediaType.TEXT:
        draft.origins["source"] = "what the text says"
    outcome = finish(draft, source, capture, layout.name, headline=headline)
    if isinstance(outcome, Rejected) and capture.truncated:
        return replace(outcome, reason=RejectReason.TRUNCATED)
    return outcome
