"""The Times of India, https://timesofindia.indiatimes.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="timesofindia",
    title="The Times of India",
    hosts=("timesofindia.indiatimes.com",),
    language="en",
    timezone="Asia/Kolkata",
)
