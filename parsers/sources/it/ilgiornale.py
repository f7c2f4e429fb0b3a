"""il Giornale, https://www.ilgiornale.it."""

from parsers.source.definition import Source

SOURCE = Source(
    name="ilgiornale",
    title="il Giornale",
    hosts=("ilgiornale.it",),
    language="it",
    timezone="Europe/Rome",
)
