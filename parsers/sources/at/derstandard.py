"""DER STANDARD, https://www.derstandard.at."""

from parsers.source.definition import Source

SOURCE = Source(
    name="derstandard",
    title="DER STANDARD",
    hosts=("derstandard.at", "derstandard.de"),
    language="de",
    timezone="Europe/Vienna",
)
