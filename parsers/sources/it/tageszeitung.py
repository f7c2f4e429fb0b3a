"""Die Neue Südtiroler Tageszeitung, https://www.tageszeitung.it."""

from parsers.source.definition import Source

SOURCE = Source(
    name="tageszeitung",
    title="Die Neue Südtiroler Tageszeitung",
    hosts=("tageszeitung.it",),
    language="de",
    timezone="Europe/Rome",
)
