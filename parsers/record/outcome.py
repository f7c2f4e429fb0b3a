"""The result of parsing a capture: an article, or a rejection with a reason from a closed list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from parsers.record.article import Article
from parsers.record.draft import origins_of


class Reason(StrEnum):
    """A word of a closed list that carries its own explanation. `transient` ones may go away."""

    meaning: str
    transient: bool

    def __new__(cls, value: str, meaning: str, transient: bool = False) -> Self:
        """Make a member."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        member.transient = transient
        return member


class RejectReason(Reason):
    """Why a capture gave no article: a metric label, a column and a log field; the data dictionary lists them."""

    UNKNOWN_SOURCE = "unknown_source", "no source claims the host, and no source recognises the content"
    HTTP_STATUS = "http_status", "the archived answer was not 200: an error page or a redirect"
    EMPTY = "empty", "no bytes, white space only, or nothing but scripts"
    NOT_HTML = "not_html", "binary content (image, PDF, archive) under a text name"
    ENCODING = "encoding", "too many undecodable characters to trust the text"
    TOO_LARGE = "too_large", "larger than any real article page"
    TRUNCATED = "truncated", "the bytes are cut short and what is left holds no complete article"
    LAYOUT = "layout", "no layout of the source matches: the site has changed, or this is another kind of page"
    MISSING_TITLE = "missing_title", "a layout matched, but there is no headline"
    MISSING_BODY = "missing_body", "a layout matched, but it gave no body text"
    NOT_ARTICLE = "not_article", "a tag page, gallery, video or home page, or a live blog in an unknown layout"
    CHALLENGE = "challenge", "a bot challenge or captcha instead of the page"
    CONSENT = "consent", "a consent wall instead of the page"
    SOFT_ERROR = "soft_error", "an error, maintenance or login page sent with status 200"
    TIMEOUT = "timeout", "parsing passed its deadline and was killed"
    PARSER_CRASH = "parser_crash", "the worker process died while it parsed this page"
    PARSER_ERROR = "parser_error", "the parser raised an unexpected exception: a bug, please report"
    ARCHIVE_DAMAGED = "archive_damaged", "the record could not be read whole from its archive"
    INVALID_RECORD = "invalid_record", "the parsed record does not fit the schema"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A capture that gave an article; `notes` are the origins of the draft's fields."""

    article: Article
    notes: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def origins(self) -> dict[str, str]:
        """Field -> where its value comes from, in words; fields without a value are left out."""
        return origins_of(self.article, self.notes)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A capture that gave no article."""

    reason: RejectReason
    detail: str  # for people: the selector that did not match, the title of the notice
    source: str | None = None  # None if unknown
    layout: str | None = None  # the layout tried last
    parser_version: int | None = None


Outcome = Parsed | Rejected
