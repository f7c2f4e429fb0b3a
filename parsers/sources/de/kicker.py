"""kicker, https://www.kicker.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

_2024_04 = Layout(
    "2024-04",
    body=".kick__article__content",
    lead=".kick__article__teaser",
    title="article header h2",
    drop=".kick__article__picture, .kick__article__detail, .kick__bonus-stat__mask, .kick__article__bq__per",
)

SOURCE = Source(
    name="kicker",
    title="kicker",
    hosts=("kicker.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2024_04,),
    generic=True,
)
