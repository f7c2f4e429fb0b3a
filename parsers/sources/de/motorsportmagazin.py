"""Motorsport-Magazin.com, https://www.motorsport-magazin.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="motorsportmagazin",
    title="Motorsport-Magazin.com",
    hosts=("motorsport-magazin.com",),
    language="de",
    timezone="Europe/Berlin",
)
