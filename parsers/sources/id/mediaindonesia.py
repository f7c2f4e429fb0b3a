"""Media Indonesia, https://mediaindonesia.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mediaindonesia",
    title="Media Indonesia",
    hosts=("mediaindonesia.com",),
    language="id",
    timezone="Asia/Jakarta",
)
