"""TimesLIVE, https://www.timeslive.co.za."""

from parsers.source.definition import Source

SOURCE = Source(
    name="timeslive",
    title="TimesLIVE",
    hosts=("timeslive.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
)
