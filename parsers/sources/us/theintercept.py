"""The Intercept, https://theintercept.com. Layouts verified on saved pages from 2023-04 and 2024-02."""

from dataclasses import replace

from parsers.page.metadata import as_texts
from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _topics(page: Page) -> list[str]:
    """Of keywords with labels, such as `Day: Friday`, the subjects."""
    labelled = (name.partition(": ") for name in as_texts(page.metadata.article.get("keywords")))
    return [name for label, _, name in labelled if label == "Subject"]


_2024 = Layout(
    "2024-02",
    body=".entry-content__content",
    drop=".newsletter-embed, .most-read, .promote-related-post, .pull-right",
    lead=".post__excerpt",
    topics=_topics,
)

SOURCE = Source(
    name="theintercept",
    title="The Intercept",
    hosts=("theintercept.com",),
    language="en",
    timezone="America/New_York",
    layouts=(
        _2024,
        replace(
            _2024,
            name="2023-04",
            body=".PostContent",
            drop=".Pullquote, .NewsletterEmbed-container, .PromoteRelatedPost-promo",
            lead=".Post-excerpt",
        ),
    ),
    generic=True,
)
