"""Die Presse, https://www.diepresse.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="diepresse",
    title="Die Presse",
    hosts=("diepresse.com",),
    language="de",
    timezone="Europe/Vienna",
)
