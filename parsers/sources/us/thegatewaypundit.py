"""The Gateway Pundit, https://www.thegatewaypundit.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thegatewaypundit",
    title="The Gateway Pundit",
    hosts=("thegatewaypundit.com",),
    language="en",
    timezone="America/Chicago",
)
