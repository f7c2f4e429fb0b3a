"""GameStar, https://www.gamestar.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="gamestar",
    title="GameStar",
    hosts=("gamestar.de",),
    language="de",
    timezone="Europe/Berlin",
)
