"""What surrounds an article on every page of a site: head, navigation, latest stories, comments, scripts."""

import json
from collections.abc import Iterable
from html import escape
from typing import Final

from infra.demo_site.mastheads import Masthead
from infra.demo_site.stories import Story, slug_of
from infra.demo_site.words import TOWNS

_SECTIONS: Final = ("society", "economy", "science", "culture", "sports")
NOTICE: Final = (
    "This page is made up. It belongs to the demo site of newslake; nothing on it is real, nor from the site it plays."
)

_STYLE: Final = """\
*{box-sizing:border-box}body{margin:0;font:17px/1.6 Georgia,"Times New Roman",serif;color:#222;background:#faf8f4}
a{color:inherit}header.site{background:%(colour)s;color:#fff;padding:14px 24px}
header.site a{color:#fff;text-decoration:none}header.site .name{font-size:30px;font-weight:bold;letter-spacing:.02em}
.notice{background:#fff3c4;border-bottom:1px solid #e5d28a;padding:6px 24px;font:13px/1.5 system-ui,sans-serif}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0 0;padding:0;
font:14px system-ui,sans-serif}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 320px;gap:40px;max-width:1120px;margin:28px auto;
padding:0 24px}
h1{font-size:38px;line-height:1.15;margin:0 0 12px}h2{line-height:1.25}figure{margin:20px 0}
figure img{width:100%%;height:auto;display:block;border-radius:4px}figcaption,.credit,.meta,time{color:#666;
font:13px/1.5 system-ui,sans-serif}.lead{font-size:21px;color:#444;margin-bottom:16px}
blockquote{border-left:4px solid %(colour)s;margin:24px 0;padding:2px 20px;font-style:italic}
.latest{font:14px/1.45 system-ui,sans-serif}.latest ul{list-style:none;padding:0}.latest li{padding:8px 0;
border-top:1px solid #e4dfd4}.comments,.newsletter{background:#f1ede3;border-radius:4px;padding:16px 20px;margin:24px 0;
font:14px/1.5 system-ui,sans-serif}.comments textarea{width:100%%;height:80px}footer.site{background:#222;color:#bbb;
font:13px/1.7 system-ui,sans-serif;padding:24px}@media(max-width:800px){.columns{display:block}h1{font-size:30px}}
"""
_SCRIPT: Final = """\
(function () {
  "use strict";
  var queue = window.demoQueue = window.demoQueue || [];
  function measure(name, value) { queue.push({ name: name, value: value, at: 0 }); }
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[data-measure]") : null;
    if (link) { measure("click", link.getAttribute("data-measure")); }
  });
  measure("view", document.title);
})();
"""


def full_page(masthead: Masthead, *, title: str, head: str, main: str, latest: Iterable[Story]) -> str:
    """A whole HTML document.

    Args:
        masthead: the site.
        title: of the window.
        head: more elements of the head, as HTML.
        main: what the page is about, as HTML.
        latest: stories for the column beside it.
    """
    stories = list(latest)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
{head}
<link rel="alternate" type="application/rss+xml" href="{masthead.base}{masthead.feed}">
<style>{_STYLE % {"colour": masthead.colour}}</style>
<script>{_SCRIPT}</script>
</head>
<body>
{_top(masthead)}
<div class="columns">
<main>
{main}
{_comments()}
</main>
{_latest(stories)}
</div>
{_bottom(masthead)}
<script>window.demoState = {_state(stories)};</script>
</body>
</html>
"""


def _top(masthead: Masthead) -> str:
    links = "".join(f'<li><a href="/{section}/">{section.title()}</a></li>' for section in _SECTIONS)
    towns = "".join(
        f'<li><a href="{escape(masthead.tag.format(slug=slug_of(town)))}">{escape(town)}</a></li>' for town in TOWNS
    )
    return f"""<header class="site"><a class="name" href="/">{masthead.title}</a>
<nav aria-label="Sections"><ul>{links}</ul></nav>
<nav aria-label="Towns"><ul>{towns}</ul></nav>
<form action="/search"><input name="q" aria-label="Search"><button>Search</button></form></header>
<div class="notice">{NOTICE}</div>"""


def _comments() -> str:
    return """<section class="comments" id="comments"><h2>Comments</h2>
<p>Comments are open until the kettle boils. Please be kind; the author may be your neighbour.</p>
<form method="post" action="/comments"><label>Your comment<textarea name="comment"></textarea></label>
<button>Send</button></form></section>
<section class="newsletter"><h2>The Sunday letter</h2><p>All that happened, and some that did not, once a week.</p>
<form method="post" action="/newsletter"><input type="email" name="mail" aria-label="Mail address">
<button>Subscribe</button></form></section>"""


def _latest(stories: Iterable[Story]) -> str:
    entries = "\n".join(
        f'<li><a data-measure="latest-{number}" href="{escape(story.path)}">{escape(story.headline)}</a>'
        f"<br><span>{story.published_at:%d %B, %H:%M}, {escape(story.town)}</span></li>"
        for number, story in enumerate(stories, 1)
    )
    return f'<aside class="latest"><h2>Also in the county</h2>\n<ul>\n{entries}\n</ul></aside>'


def _state(stories: Iterable[Story]) -> str:
    """What the scripts of real pages carry along: the teasers once more, as JSON."""
    teasers = [
        {
            "id": story.number,
            "title": story.headline,
            "lead": story.lead,
            "url": story.url,
            "published": story.published_at.isoformat(),
            "authors": story.authors,
            "image": {"url": story.picture, "caption": story.caption},
        }
        for story in stories
    ]
    return json_in_html({"teasers": teasers, "experiments": {"larger-type": False, "quieter-adverts": True}})


def _bottom(masthead: Masthead) -> str:
    links = " · ".join(
        f'<a href="/{slug_of(name)}/">{name}</a>' for name in ("About", "Contact", "Corrections", "Privacy", "Archive")
    )
    return f'<footer class="site"><p>{masthead.title}. {NOTICE}</p><p>{links}</p></footer>'


def json_in_html(value: object) -> str:
    """JSON that can stand in a script element: no `</script>` within."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
