"""Daily Maverick, https://www.dailymaverick.co.za."""

from parsers.source.definition import Source

SOURCE = Source(
    name="dailymaverick",
    title="Daily Maverick",
    hosts=("dailymaverick.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
)
