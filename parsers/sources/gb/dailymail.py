"""Daily Mail, https://www.dailymail.co.uk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="dailymail",
    title="Daily Mail",
    hosts=("dailymail.co.uk",),
    language="en",
    timezone="Europe/London",
)
