"""WinFuture, https://winfuture.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="winfuture",
    title="WinFuture",
    hosts=("winfuture.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(Layout("2024-04", body="#news_content", lead=".teaser_text", drop=".metadata, .hmedia"),),
    generic=True,
)
