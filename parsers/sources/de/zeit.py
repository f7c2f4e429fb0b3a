"""DIE ZEIT, https://www.zeit.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="zeit",
    title="DIE ZEIT",
    hosts=("zeit.de",),
    language="de",
    timezone="Europe/Berlin",
)
