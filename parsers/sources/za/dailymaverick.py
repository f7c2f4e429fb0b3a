"""Daily Maverick, https://www.dailymaverick.co.za. Layouts verified on saved pages from 2025-05 and 2026-01."""

from parsers.page.page import Page
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source


def _leave_authors(_: Page, draft: Draft) -> None:
    """Leave the authors out of the topics, among which the old pages have them."""
    draft.topics = tuple(name for name in draft.topics if name not in draft.authors)


SOURCE = Source(
    name="dailymaverick",
    title="Daily Maverick",
    hosts=("dailymaverick.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
    layouts=(
        Layout("2026-01", body=".article-contents", lead=".top-summary"),
        Layout("2025-05", body="#long-form .article-content", topics="[rel=tag]", refine=_leave_authors),
    ),
    generic=True,
)
