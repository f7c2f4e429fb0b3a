"""hessenschau, https://www.hessenschau.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="hessenschau",
    title="hessenschau",
    hosts=("hessenschau.de",),
    language="de",
    timezone="Europe/Berlin",
)
