"""A source that is not part of newslake, and its site."""

from datetime import datetime

PAPER = """
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed

SOURCE = Source(
    name="mypaper",
    title="My Paper",
    hosts=("mypaper.example",),
    language="en",
    timezone="UTC",
    version=1,
    discovery=(Feed("https://mypaper.example/feed"),),
    layouts=(Layout("2026-05", body=".story"),),
)
"""
URL = "https://mypaper.example/bridge"


def feed(published: datetime) -> str:
    item = f"<item><link>{URL}</link><pubDate>{published:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
    return f"<rss version='2.0'><channel>{item}</channel></rss>"


def page(published: datetime) -> str:
    times = f"<meta property=article:published_time content='{published.isoformat()}'>"
    head = f"<meta property=og:title content='The bridge is open'><link rel=canonical href={URL}>{times}"
    return f"<html><head>{head}</head><body><div class=story><p>People cross the bridge again.</p></div></body></html>"
