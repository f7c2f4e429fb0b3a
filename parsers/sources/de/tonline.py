"""t-online, https://www.t-online.de. Layouts verified on saved pages from 2026-01 and 2026-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="tonline",
    title="t-online",
    hosts=("t-online.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2026-01",
            body='[data-testid="ArticleBody.StreamLayout"]',
            blocks='[data-testid="StageLayout.StreamItem"] > :is(p, h3, ul, ol, blockquote)',
            lead='[data-testid="StageLayout.StreamItem"] > p.font-bold',
            drop="ul:has(> li > strong:first-child + a:last-child)",  # other stories
        ),
    ),
    generic=True,
)
