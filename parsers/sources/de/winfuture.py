"""WinFuture, https://winfuture.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="winfuture",
    title="WinFuture",
    hosts=("winfuture.de",),
    language="de",
    timezone="Europe/Berlin",
)
