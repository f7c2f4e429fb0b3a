"""Malay Mail, https://www.malaymail.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="malaymail",
    title="Malay Mail",
    hosts=("malaymail.com",),
    language="en",
    timezone="Asia/Kuala_Lumpur",
)
