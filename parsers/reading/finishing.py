"""From a draft to an article: the rules for every source, HTML or text, and all derived fields."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any, Final

from parsers.fields.bylines import agency_of
from parsers.fields.characters import word_count
from parsers.fields.datelines import read_dateline
from parsers.fields.dates import Stamp
from parsers.fields.urls import canonical, host_of, is_home, on_hosts
from parsers.record.article import Article, Block, BlockType, Fidelity, article_id, content_digest, text_of
from parsers.record.capture import Capture
from parsers.record.draft import Draft, first_said
from parsers.record.outcome import Outcome, Parsed, Rejected, RejectReason
from parsers.source.definition import UNDETERMINED, Source

# Sites schedule stories a little ahead and clocks differ; a date more than two days ahead is wrong (P14).
MAX_AHEAD = timedelta(days=2)
# The longest article of 519 measured pages has a twentieth of that; live blogs of several days come near.
MAX_BODY_CHARACTERS = 1_000_000
# Of the text that the body's element shows. Of 750 pages of known and unknown sites, 99 in 100 keep 57 % or more; below
# half, the text is split among elements of which not all were taken.
MIN_COMPLETENESS = 0.5
_SPACES = " \n\t\r\xa0"
# Fields that an article takes over from its draft.
_AS_READ = (
    "authors", "byline", "modified_at", "dateline_city", "agency", "original_source", "section", "topics", "persons",
    "regions", "genre", "access", "images", "photo_credits", "related_titles", "related_urls", "updates",
    "fidelity", "completeness",
)  # fmt: skip


def finish(draft: Draft, source: Source, capture: Capture, layout: str, *, headline: bool = True) -> Outcome:
    """The article, or a rejection of a draft without a body, or without a title if the layout has a `headline`."""
    missing = _missing(draft, headline)
    if missing:
        return Rejected(*missing, source.name, layout, source.parser_version)
    body = tuple(draft.body)
    address = _canonical(draft, capture.url, source)
    text = "\n".join(block.text for block in body)
    if len(text) > MAX_BODY_CHARACTERS:
        draft.flags.append("oversized_body")
    published = _plausible_published(draft, capture)
    _read_dateline(draft)
    if draft.completeness is not None and draft.completeness < MIN_COMPLETENESS:  # no match for a whole article
        draft.flags.append(f"text_left_out:{100 - round(100 * draft.completeness)}%")
        draft.fidelity = Fidelity.PARTIAL
        draft.origins["fidelity"] = "most of the text that the body shows is left out"
    article = Article(
        **{name: getattr(draft, name) for name in _AS_READ},
        source=source.name,
        article_id=article_id(source.name, address, draft.title, body),
        url=capture.url,
        canonical_url=address,
        title=draft.title or None,
        lead=" ".join(block.text for block in body if block.type is BlockType.LEAD) or None,
        body=body,
        published_at=published.at if published else None,
        published_raw=published.raw if published else None,
        published_precision=published.precision if published else None,
        published_basis=published.basis if published else None,
        language=draft.language or _language(draft, source, body),
        word_count=word_count(text),
        content_digest=content_digest(draft.title, body),
        flags=tuple(draft.flags),
        parser=source.name,
        parser_version=source.parser_version,
        layout=layout,
    )
    return Parsed(article, draft.origins)


def _language(draft: Draft, source: Source, body: tuple[Block, ...]) -> str:
    found = language_of(text_of(body)) if source.language == UNDETERMINED else None
    if found:
        draft.origins["language"] = "words of the text"
    return found or source.language


def _missing(draft: Draft, headline: bool) -> tuple[RejectReason, str] | None:
    if headline and not draft.title:
        return RejectReason.MISSING_TITLE, "no headline found"
    if any(any(map(str.isalnum, block.text)) for block in draft.body if block.type is not BlockType.LEAD):
        return None
    return RejectReason.MISSING_BODY, "no body text found" + (" but the lead" if draft.body else "")


def _canonical(draft: Draft, asked: str | None, source: Source) -> str | None:
    stated, own = draft.canonical_url, canonical(asked)
    if stated == asked:
        return own
    address = canonical(stated, own)
    if address is None or not on_hosts(host_of(address), source.hosts) or is_home(address):
        draft.origins.pop("canonical_url", None)
        return own
    return address


def completeness(kept: Iterable[str], shown: Iterable[str]) -> float:
    """The share of the letters shown that is kept, 0 to 1, in hundredths rounded down."""
    total = _letters_in(shown)
    return min(100 * _letters_in(kept) // total, 100) / 100 if total else 1.0


def _letters_in(texts: Iterable[str]) -> int:
    joined = "".join(texts)
    # Looking first, since clean text has none but the space; splitting takes far longer.
    return len(joined) - sum(joined.count(space) for space in _SPACES if space in joined)


def _plausible_published(draft: Draft, capture: Capture) -> Stamp | None:
    """The publication time. Times after the capture are dropped and flagged, that of the last change too."""
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
    if draft.dateline_city or draft.agency:
        return
    opening = next((block.text for block in draft.body if block.type is BlockType.PARAGRAPH), "")
    dateline = read_dateline(opening)
    if dateline:
        origin = "dateline of the first paragraph"
        draft.dateline_city = first_said(draft, "dateline_city", [(dateline.city, origin)])
        draft.agency = first_said(draft, "agency", [(dateline.agency, origin)])
    if draft.agency is None:
        said = [(agency_of(draft.byline or ""), "byline"), (agency_of(", ".join(draft.authors)), "authors")]
        draft.agency = first_said(draft, "agency", said)


# The library takes the words of shorter texts for those of a small language now and then.
_SHORTEST: Final = 100
_LONGEST: Final = 2000  # characters that are looked at: more change nothing, and take longer
# Of 664 pages that state their language, those that it contradicts with this certainty are all labelled wrongly but for
# variants of a name (`no` for `nb`); short texts of languages with near relatives reach no more.
_CERTAIN: Final = 0.9


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language; None if it is not certain."""
    if len(text) < _SHORTEST:
        return None
    code, certainty = _identifier().classify(text[:_LONGEST])
    return str(code) if certainty >= _CERTAIN else None


@cache
def _identifier() -> Any:
    """py3langid: 97 languages, offline, 4.6 MB; lingua, which is as good, takes some hundred."""
    # Half a second to load, for pages of unknown sites without a label only.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
