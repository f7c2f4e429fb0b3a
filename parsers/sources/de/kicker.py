"""kicker, https://www.kicker.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="kicker",
    title="kicker",
    hosts=("kicker.de",),
    language="de",
    timezone="Europe/Berlin",
)
