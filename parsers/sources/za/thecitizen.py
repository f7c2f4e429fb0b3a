"""The Citizen, https://www.citizen.co.za."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thecitizen",
    title="The Citizen",
    hosts=("citizen.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
)
