"""TimesLIVE, https://www.timeslive.co.za. Layouts verified on saved pages from 2025-05 and 2025-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="timeslive",
    title="TimesLIVE",
    hosts=("timeslive.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
    layouts=(
        Layout("2025-11", body=".b-article-body", drop=".b-article-body__pullquote"),
        Layout(
            "2025-05",
            body=".article-widgets",
            drop=".article-widget-image",
            related=".article-widget-related_articles",
            lead=".tertiary-title",
        ),
    ),
    generic=True,
)
