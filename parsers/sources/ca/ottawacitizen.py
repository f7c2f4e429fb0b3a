"""Ottawa Citizen, https://ottawacitizen.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="ottawacitizen",
    title="Ottawa Citizen",
    hosts=("ottawacitizen.com",),
    language="en",
    timezone="America/Toronto",
)
