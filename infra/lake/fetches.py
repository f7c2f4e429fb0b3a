# ruff: noqa: RUF009 - `column` makes dataclass fields
"""The account's record: an address that a list named for a day, and what came of asking for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsers.record.article import column, optional


class FetchOutcome(StrEnum):
    """What became of an address, the only four kinds: listed = landed + final + refused + pending."""

    LANDED = "landed"  # an article, and it is in the lake
    FINAL = "final"  # there is no article, or none that may be had: not asked again
    REFUSED = "refused"  # the site's robots file does not allow it
    PENDING = "pending"  # not asked yet, or what came may pass: asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One address of the account of a day."""

    source: str = column("Name of the source; partition column, so not in the file.")
    url: str = column("Address, as the list named it; once in a day, however it is written.")
    list_url: str | None = optional("List (feed, sitemap, listing) that named it first; null: a web archive.")
    hint: datetime | None = optional("Time that the list gave it, UTC.")
    listed_at: datetime = column("When a run first saw it in a list, UTC.")
    first_asked_at: datetime | None = optional("When it was first asked for, UTC.")
    last_asked_at: datetime | None = optional("When it was last asked for, UTC.")
    times_asked: int = column("By how many runs it was asked for.", default=0)
    fetched_at: datetime | None = optional("When the page came that the outcome is of, UTC; null: none came.")
    outcome: str = column("`landed`, `final`, `refused` or `pending`.", default=FetchOutcome.PENDING)
    reason: str | None = optional(
        "Why there is no article: a reason of `newslake fetch` or of the table `rejects`; `duplicate` where another"
        " address gave the same article; `lost` where it landed and is not in the lake any more; `not_asked`."
        " Null where it landed."
    )
    detail: str | None = optional("What exactly, for a person.")
    http_status: int | None = optional("Status code of the last answer.")
    since: datetime | None = optional("Since when the outcome and the reason are as they are, UTC.")
    due_at: datetime | None = optional("When it may be asked again, UTC; null: not again.")
    article_id: str | None = optional("The article, in `articles` under the same source and date.")
