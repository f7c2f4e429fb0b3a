"""Papers of Schibsted, whose server fills islands in the text with pictures, summaries and adverts."""

import re
from typing import Final

from parsers.source.definition import Layout

SCHIBSTED: Final = Layout(
    "schibsted",
    body="section.article-body",
    lead="header.article-intro p",
    drop="astro-island",
    figures="article figure",
    credit=re.compile(r"Foto: (.+?)(?:Vis(?:a)? mer)?$"),  # a button follows long captions
)
