"""Business Insider, https://www.businessinsider.com. Layouts verified on saved pages from 2024-02 and 2025-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="businessinsider",
    title="Business Insider",
    hosts=("businessinsider.com",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://feeds.businessinsider.com/custom/all"), OwnLists()),
    verified="feed named on saved pages from 2024-02",
    layouts=(
        Layout(
            "2025-04",
            body=".post-body-content",
            drop=".related-posts, .inline-newsletter-signup",
            lead=".post-summary-bullets li",
            title="h1",
        ),
        Layout(
            "2024-02",
            body=".slideshow-container",
            drop=".inline-newsletter-signup",
            lead=".summary-list li",
            title="h1",
        ),
    ),
    generic=True,
)
