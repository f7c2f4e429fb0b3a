"""HabariLeo, https://habarileo.co.tz. Layout verified on a saved page from 2024-12."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="habarileo",
    title="HabariLeo",
    hosts=("habarileo.co.tz",),
    language="sw",
    timezone="Africa/Dar_es_Salaam",
    layouts=(
        Layout(
            "2024-12", body=".cs-entry__content-wrap .entry-content", drop=".cs-banner-entry, .pk-share-buttons-wrap"
        ),
    ),
    generic=True,
)
