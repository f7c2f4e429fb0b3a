"""stern, https://www.stern.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="stern",
    title="stern",
    hosts=("stern.de",),
    language="de",
    timezone="Europe/Berlin",
)
