"""The record: one dataclass field is one column. Types, order and docs come from here only.

`infra/lake/schema.py` turns the annotations into the Arrow schema; `docs/data-dictionary.md` is generated from the
`doc` of each field. To add a column, add a field with a default, raise `SCHEMA_VERSION`, name that version in the
field's `since`, and run `make docs`.
"""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from parsers.fields.urls import identity

SCHEMA_VERSION = 5  # in every footer; a reader refuses a higher one instead of dropping columns
# Partition of the articles without a date. Every reader takes it for a date, and nobody for that of an article; pandas
# and pyarrow fail on Hive's own name for "no value" (docs/reading.md).
NULL_PARTITION = "0001-01-01"


class BlockType(StrEnum):
    """Kinds of body blocks, in the words of HTML rather than of any site."""

    LEAD = "lead"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    CAPTION = "caption"
    TABLE = "table"
    CODE = "code"


class Access(StrEnum):
    """Who may read the page, as the page states it."""

    FREE = "free"
    METERED = "metered"
    PAID = "paid"


class Fidelity(StrEnum):
    """How complete the capture is; a row of higher rank is never replaced by one of lower rank."""

    HTML = "html"  # a complete HTML page
    TEXT = "text"  # a complete plain-text capture: structure and metadata are lost
    PARTIAL = "partial"  # a paywalled stub or a truncated body

    @property
    def rank(self) -> int:
        """Greater is better; the first key of the merge order (docs/architecture.md, landing)."""
        return {"html": 3, "text": 2, "partial": 1}[self.value]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the body, in reading order. `text` is NFC, white space folded, no markup."""

    type: BlockType
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A block as the files hold it: where its text stands in `text`, in characters (code points); `end` is left out."""

    type: BlockType
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article. `url` is absolute."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A post of a live blog. `start` is where it begins in `text`, in characters; None where `body` leaves it out."""

    posted_at: datetime | None
    title: str | None
    start: int | None


def column(doc: str, *, since: int = 1, **options: Any) -> Any:
    """A dataclass field that carries its line of the data dictionary, and the schema version that brought it."""
    return dataclasses.field(metadata={"doc": doc, "since": since}, **options)


def optional(doc: str, since: int = 1) -> Any:
    """A column that is null where nothing is known."""
    return column(doc, since=since, default=None)


def _list(doc: str) -> Any:
    return column(doc, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a parser read from a page. Text is NFC with white space folded; times are aware UTC."""

    source: str = column("Name of the source; partition column, so in the path and not in the file.")
    article_id: str = column(
        "128-bit hex digest of source and canonical URL; of source, title and body where there is no URL."
    )
    url: str | None = optional("Address the capture was asked for at.")
    canonical_url: str | None = optional(
        "Address the page gives itself if it is of the same site, else `url`; tracking parameters and fragment removed."
    )
    title: str | None = column(
        "Headline, as shown to readers. Null only where a text capture has lost it; such a row is `partial`."
    )
    lead: str | None = optional("Standfirst or summary under the headline.")
    body: tuple[Block, ...] = column(
        "Typed blocks in reading order, the lead among them where the page shows it; the headline is no block. A table "
        "is a block a row, its cells parted by ` | `, an empty one between two of them. In the files a block says "
        "where it stands in `text`, in characters (code points): from `start`, `end` left out."
    )
    text: str = column(  # of `body`, so that neither can say what the other does not
        "The body as one string: blocks joined by a blank line, items of one list by a line break.",
        since=3,
        default="",
        init=False,
    )
    authors: tuple[str, ...] = _list("Names of people or desks, in the order of the byline.")
    byline: str | None = optional("The byline as the page shows it.")
    published_at: datetime | None = optional("First publication, UTC. Null if the page does not say; never a guess.")
    published_raw: str | None = optional("The text that `published_at` was read from, also where it is null.")
    published_precision: str | None = optional("Finest unit stated: `second`, `minute` or `day`.")
    published_basis: str | None = optional(
        "Where `published_at` comes from: `jsonld`, `meta`, `time_element`, `visible_text`, `url`; with "
        "`+capture_year` or `+header_year` where the page leaves the year out and the capture supplied it."
    )
    modified_at: datetime | None = optional("Last change that the page states, UTC.")
    dateline_city: str | None = optional("City of the dateline, in title case.")
    agency: str | None = optional("News agency that the dateline, the byline or the authors name.")
    original_source: str | None = optional("Publication that the text was taken over from, where the page names it.")
    section: str | None = optional("Section or category, as the page names it.")
    topics: tuple[str, ...] = _list("Tags or keywords, in page order.")
    persons: tuple[str, ...] = _list("Persons that the page lists as tags of their own kind.")
    regions: tuple[str, ...] = _list("Regions that the page lists as tags of their own kind.")
    language: str | None = optional(
        "BCP 47 tag that the page states, else that of the source; without a source, that of the words, or `und`."
    )
    genre: str | None = optional(
        "Kind of text: `news`, `opinion`, `analysis`, `review`, `live`, where the page says it."
    )
    access: str | None = optional("`free`, `metered` or `paid`, where the page says it.")
    images: tuple[Image, ...] = _list("Pictures of the article, the leading one first.")
    photo_credits: tuple[str, ...] = _list("Credits of the pictures, each once.")
    related_titles: tuple[str, ...] = _list("Headlines that the page offers inside the text to read next.")
    related_urls: tuple[str, ...] = _list("Addresses of those headlines, where the page links them.")
    updates: tuple[Update, ...] = column(
        "Posts of a live blog that the page states, in its order: when each was posted, UTC (null if without a zone), "
        "its headline, and where it begins in `text`, in characters (null where `body` leaves it out).",
        since=5,
        default=(),
    )
    word_count: int = column("Words in the body; every CJK character counts as one.")
    content_digest: str = column("`sha256:` of title and body blocks: equal for equal text.")
    fidelity: str = column("`html` > `text` > `partial`: a row is never replaced by one of lower fidelity.")
    completeness: float | None = optional(
        "Share of the text that the body's element shows which is in `body`, 0 to 1; below 0.5 the row is `partial`. "
        "Null for text captures.",
        since=4,
    )
    flags: tuple[str, ...] = _list(
        "What was odd and repaired, e.g. `replaced_characters:3`, `modified_before_published`."
    )
    parser: str = column("Parser that made the row: the module of the source.")
    parser_version: int = column("Version of that parser; raised whenever its output changes.")
    layout: str = column("Layout of the source that matched, recognised by content.")

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", text_of(self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a row comes from. Filled by landing, never by a parser."""

    captured_at: datetime = column("When the bytes were got, UTC.")
    captured_at_basis: str = column(
        "How that is known: `live`, `warc`, `manifest`, `table` (a column), `saved` (the saved page says so), "
        "`option`, `mtime` (file time)."
    )
    first_captured_at: datetime = column("Earliest capture of the same article seen by this lake, UTC.")
    capture_uri: str = column("Object in the lake, relative to its root, that holds the raw bytes.")
    capture_offset: int = column("Where the WARC record begins in that object, bytes.")
    capture_length: int = column("Length of the compressed WARC record, bytes; one ranged GET returns it.")
    capture_digest: str = column("`sha256:` of the raw payload.")
    http_status: int | None = optional("Status code of the capture, null where there was no HTTP exchange.")
    mode: str = column("How the row came in: `live`, `ingest` or `reparse`.")
    run_id: str = column("Run that first landed the row; sorts by time.")


def lay_out(blocks: Iterable[tuple[str, str]]) -> tuple[str, list[tuple[int, int]]]:
    """The one string that (type, text) blocks give, and where in it each of them begins and ends."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    at, before = 0, None
    for kind, text in blocks:
        if before is not None:
            pieces.append("\n" if before == kind == BlockType.LIST_ITEM else "\n\n")
            at += len(pieces[-1])
        pieces.append(text)
        places.append((at, at + len(text)))
        at, before = at + len(text), kind
    return "".join(pieces), places


def text_of(body: tuple[Block, ...]) -> str:
    """The body as one string: blocks joined by a blank line, items of one list by a line break."""
    return lay_out((block.type, block.text) for block in body)[0]


def spans_of(body: tuple[Block, ...]) -> tuple[Span, ...]:
    """Where each block stands in the text of the body."""
    _, places = lay_out((block.type, block.text) for block in body)
    return tuple(Span(block.type, *place) for block, place in zip(body, places, strict=True))


def content_digest(title: str | None, body: tuple[Block, ...]) -> str:
    """`sha256:<hex>` of title and typed blocks, separated by control characters, which clean text cannot contain."""
    content = "\x1e".join([title or "", *("\x1f".join((block.type, block.text)) for block in body)])
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def article_id(source: str, canonical_url: str | None, title: str | None, body: tuple[Block, ...]) -> str:
    """Identity of an article, 32 hex characters: from its address (from `urls.canonical`), or else from its text."""
    if canonical_url:
        said = identity(canonical_url)
    else:  # not by `text_of`: how a list is joined must not give an article another name
        said = f"{title or ''}\x1e" + "\n\n".join(block.text for block in body)
    return hashlib.sha256(f"{source}\x1d{said}".encode()).hexdigest()[:32]


def partition_date(published_at: datetime | None) -> str:
    """Partition value of an article: its UTC publication day as YYYY-MM-DD, or `NULL_PARTITION`."""
    return published_at.date().isoformat() if published_at else NULL_PARTITION
