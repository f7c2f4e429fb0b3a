"""Mexico News Daily, https://mexiconewsdaily.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mexiconewsdaily",
    title="Mexico News Daily",
    hosts=("mexiconewsdaily.com",),
    language="en",
    timezone="America/Mexico_City",
)
