"""The Namibian, https://www.namibian.com.na."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thenamibian",
    title="The Namibian",
    hosts=("namibian.com.na",),
    language="en",
    timezone="Africa/Windhoek",
)
