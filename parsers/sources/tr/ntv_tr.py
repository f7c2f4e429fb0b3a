"""NTV, https://www.ntv.com.tr."""

from parsers.source.definition import Source

SOURCE = Source(
    name="ntv_tr",
    title="NTV",
    hosts=("ntv.com.tr",),
    language="tr",
    timezone="Europe/Istanbul",
)
