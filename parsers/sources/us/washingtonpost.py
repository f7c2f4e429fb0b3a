"""The Washington Post, https://www.washingtonpost.com. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="washingtonpost",
    title="The Washington Post",
    hosts=("washingtonpost.com",),
    language="en",
    timezone="America/New_York",
    layouts=(Layout("2024-04", body="[data-qa=article-body]:not([class*=LayoutAd])", lead="[data-qa=subheadline]"),),
    generic=True,
)
