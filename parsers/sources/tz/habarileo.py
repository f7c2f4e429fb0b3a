"""HabariLeo, https://habarileo.co.tz."""

from parsers.source.definition import Source

SOURCE = Source(
    name="habarileo",
    title="HabariLeo",
    hosts=("habarileo.co.tz",),
    language="sw",
    timezone="Africa/Dar_es_Salaam",
)
