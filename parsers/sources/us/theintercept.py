"""The Intercept, https://theintercept.com. Layouts verified on saved pages from 2023-04 and 2024-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="theintercept",
    title="The Intercept",
    hosts=("theintercept.com",),
    language="en",
    timezone="America/New_York",
    layouts=(
        Layout(
            "2024-02",
            body=".entry-content__content",
            drop=".newsletter-embed, .most-read, .promote-related-post, .pull-right",
            lead=".post__excerpt",
        ),
        Layout(
            "2023-04",
            body=".PostContent",
            drop=".Pullquote, .NewsletterEmbed-container, .PromoteRelatedPost-promo",
            lead=".Post-excerpt",
        ),
    ),
    generic=True,
)
