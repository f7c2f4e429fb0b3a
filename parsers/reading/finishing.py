"""A draft to an article: the rules that hold for every source, HTML or text, and everything that is derived."""

from datetime import timedelta

from parsers.fields.characters import word_count
from parsers.fields.datelines import read_dateline
from parsers.fields.dates import Stamp
from parsers.fields.urls import canonical, host_of, is_home, on_hosts
from parsers.record.article import Article, BlockType, article_id, content_digest, text_of
from parsers.record.capture import Capture
from parsers.record.draft import Draft
from parsers.record.origins import packed
from parsers.record.outcome import Outcome, Parsed, Rejected, RejectReason
from parsers.source.definition import Source

# Sites schedule stories a little ahead and clocks differ; two days (table of bad inputs, P14) is a wrong date.
MAX_AHEAD = timedelta(days=2)
# The longest article of 519 measured pages has a twentieth of that; live blogs of days come near.
MAX_BODY_CHARACTERS = 1_000_000


def finish(draft: Draft, source: Source, capture: Capture, layout: str, *, headline: bool = True) -> Outcome:
    """The article, or a rejection where the draft has no body, or no title although the layout has a `headline`."""
    missing = _missing(draft, headline)
    if missing:
        return Rejected(*missing, source.name, layout, source.version)
    body = tuple(draft.body)
    address = _canonical(draft, capture.url, source)
    text = text_of(body)
    if len(text) > MAX_BODY_CHARACTERS:
        draft.flags.append("oversized_body")
    published = _plausible_published(draft, capture)
    _read_dateline(draft)
    article = Article(
        source=source.name,
        article_id=article_id(source.name, address, draft.title, body),
        url=capture.url,
        canonical_url=address,
        title=draft.title or None,
        lead=" ".join(block.text for block in body if block.type is BlockType.LEAD) or None,
        body=body,
        authors=draft.authors,
        byline=draft.byline,
        published_at=published.at if published else None,
        published_raw=published.raw if published else None,
        published_precision=published.precision if published else None,
        published_basis=published.basis if published else None,
        modified_at=draft.modified_at,
        dateline_city=draft.dateline_city,
        agency=draft.agency,
        original_source=draft.original_source,
        section=draft.section,
        topics=draft.topics,
        persons=draft.persons,
        regions=draft.regions,
        language=draft.language or source.language,
        genre=draft.genre,
        access=draft.access,
        images=draft.images,
        photo_credits=draft.photo_credits,
        related_titles=draft.related_titles,
        related_urls=draft.related_urls,
        word_count=word_count(text),
        content_digest=content_digest(draft.title, body),
        fidelity=draft.fidelity,
        flags=tuple(draft.flags),
        parser=source.name,
        parser_version=source.version,
        layout=layout,
    )
    return Parsed(article, packed(draft.origins))


def _missing(draft: Draft, headline: bool) -> tuple[RejectReason, str] | None:
    if headline and not draft.title:
        return RejectReason.MISSING_TITLE, "no headline found"
    if any(any(map(str.isalnum, block.text)) for block in draft.body if block.type is not BlockType.LEAD):
        return None
    return RejectReason.MISSING_BODY, "the body element holds no text" + (" but the lead" if draft.body else "")


def _canonical(draft: Draft, asked: str | None, source: Source) -> str | None:
    """The address that the page gives itself, if it is of the same source and no home page; else the one asked for."""
    stated, own = draft.canonical_url, canonical(asked)
    if stated == asked:
        return own
    address = canonical(stated, own)
    if address is None or not on_hosts(host_of(address), source.hosts) or is_home(address):
        draft.origins.pop("canonical_url", None)
        return own
    return address


def _plausible_published(draft: Draft, capture: Capture) -> Stamp | None:
    """The publication time; without its instant, and flagged, where that lies after the capture; as is the change."""
    latest = capture.captured_at + MAX_AHEAD if capture.captured_at_basis.trusted else None
    if latest and draft.modified_at and draft.modified_at > latest:
        draft.flags.append("modified_after_capture")
        draft.modified_at = None
    published = draft.published
    if published is None or published.at is None:
        return published
    if latest and published.at > latest:
        draft.flags.append("published_after_capture")
        return Stamp(None, published.raw, None, None)
    if draft.modified_at and draft.modified_at < published.at:
        draft.flags.append("modified_before_published")
    return published


def _read_dateline(draft: Draft) -> None:
    """City and agency from the first paragraph, where the layout has not said them."""
    if draft.dateline_city or draft.agency:
        return
    opening = next((block.text for block in draft.body if block.type is BlockType.PARAGRAPH), "")
    dateline = read_dateline(opening)
    if dateline:
        draft.dateline_city, draft.agency = dateline.city, dateline.agency
        draft.origins["dateline_city"] = draft.origins["agency"] = "dateline of the first paragraph"
