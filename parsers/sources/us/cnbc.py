"""CNBC, https://www.cnbc.com. Layouts verified on saved pages from 2023-04 and 2024-03."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="cnbc",
    title="CNBC",
    hosts=("cnbc.com",),
    language="en",
    timezone="America/New_York",
    layouts=(
        Layout(
            "2023-04",
            body=".ArticleBody-articleBody",
            drop="[class^=RelatedContent], [class^=RelatedQuotes], [class^=InlineImage],"
            " [class^=Pullquote], .PlaceHolder-wrapper",
            lead=".RenderKeyPoints-list li",
            figures=".InlineImage-imageEmbed",
            caption=".InlineImage-imageEmbedCaption",
            credit=".InlineImage-imageEmbedCredit",
            topics="meta[name=news_keywords]",
        ),
    ),
    generic=True,
)
