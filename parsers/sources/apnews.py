"""AP News, https://apnews.com. Layouts verified on saved pages of 2023-04 (2021) and 2024-02 to 2024-09 (2023-07)."""

from parsers.source import Layout, Source

SOURCE = Source(
    name="apnews",
    title="AP News",
    hosts=("apnews.com",),
    language="en",
    timezone="America/New_York",
    version=1,
    layouts=(
        Layout(
            "2023-07",
            body="div.RichTextStoryBody",
            byline="div.Page-authors",
            drop=".Advertisement, .PageListEnhancementGeneric, .HTMLModuleEnhancement, .Infobox",
        ),
        Layout("2021", body="div.Article[data-key=article]", byline='[data-key="card-headline"] [class*="byline"]'),
    ),
)
