"""Business Insider Deutschland, https://www.businessinsider.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="businessinsider_de",
    title="Business Insider Deutschland",
    hosts=("businessinsider.de",),
    language="de",
    timezone="Europe/Berlin",
)
