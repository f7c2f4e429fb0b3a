"""What parsing a capture gives: an article, or a rejection with a reason from one closed list."""

from dataclasses import dataclass, field
from enum import StrEnum

from parsers.record.article import Article
from parsers.record.origins import origins_of


class RejectReason(StrEnum):
    """Why a capture gave no article. Closed: it is a metric label, a column and a log field.

    The text of each reason is generated into docs/data-dictionary.md from `meaning`.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "RejectReason":
        """Make a member that carries its own explanation."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

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
    NOT_ARTICLE = "not_article", "a tag page, live blog, gallery, video or home page"
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
    """A capture that gave an article.

    Attributes:
        article: the record.
        notes: where fields come from, as noted while they were read (`origins.packed`); no part of what is equal.
    """

    article: Article
    notes: str = field(default="", compare=False)

    @property
    def origins(self) -> dict[str, str]:
        """By field that has a value: where it comes from, in words."""
        return origins_of(self.article, self.notes)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A capture that gave no article.

    Attributes:
        reason: from the closed list.
        detail: what exactly, for a person: the selector that did not match, the count that was too low.
        source: name of the source, None when it is not known.
        layout: the layout that was tried last, None when none was.
        parser_version: version of the source's parser, None when no source was found.
    """

    reason: RejectReason
    detail: str
    source: str | None = None
    layout: str | None = None
    parser_version: int | None = None


Outcome = Parsed | Rejected
