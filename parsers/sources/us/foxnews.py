"""Fox News, https://www.foxnews.com. Layouts verified on saved pages from 2023-04 and 2024-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="foxnews",
    title="Fox News",
    hosts=("foxnews.com",),
    language="en",
    timezone="America/New_York",
    layouts=(
        Layout(
            "2023-04",
            body=".article-body",
            drop=".ad-container, .featured-video, .image-ct, .article-gating, .article-meta",
            related="p > a:only-child:has(> strong:only-child)",
            lead=".article-header .sub-headline",
            topics="meta[name=classification-tags]",
        ),
    ),
    generic=True,
)
