"""Klasse Gegen Klasse, https://www.klassegegenklasse.org."""

from parsers.source.definition import Source

SOURCE = Source(
    name="klassegegenklasse",
    title="Klasse Gegen Klasse",
    hosts=("klassegegenklasse.org",),
    language="de",
    timezone="Europe/Berlin",
)
