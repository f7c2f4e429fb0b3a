"""AFP Faktencheck, https://faktencheck.afp.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="afpfaktencheck",
    title="AFP Faktencheck",
    hosts=("faktencheck.afp.com",),
    language="de",
    timezone="Europe/Berlin",
)
