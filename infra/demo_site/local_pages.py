"""What a person sees who opens the server in a browser: what it is, and all sites below it, their links rewritten."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Final

from infra.demo_site.documents import HTML, TEXT, Document, SiteDocuments

LOCAL_HEALTH: Final = "/_health"
_STYLE: Final = """\
body{margin:0;font:17px/1.6 system-ui,sans-serif;color:#222;background:#faf8f4}
main{max-width:880px;margin:48px auto;padding:0 24px}h1{font:bold 40px/1.2 Georgia,serif;margin:0 0 8px}
.sites{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:20px;margin:32px 0}
.site{display:block;border-radius:8px;padding:20px;color:#fff;text-decoration:none}.site b{font:bold 24px Georgia,serif}
.site span{display:block;font-size:14px;opacity:.85}ul.more{padding-left:20px;font-size:15px}
pre{background:#222;color:#f3efe4;border-radius:8px;padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}
"""


def local_document(target: str, sites: Mapping[str, SiteDocuments], origins: str) -> Document:
    """What stands at a path of the server itself.

    Args:
        target: path and query.
        sites: by host.
        origins: what leads newslake here.
    """
    path = target.partition("?")[0]
    if path == "/":
        return Document(200, _index(sites, origins).encode(), HTML)
    if path == LOCAL_HEALTH:
        return Document(200, b"ok\n", TEXT)
    host, _, rest = path[1:].partition("/")
    if host in sites:
        return _below(host, sites[host].document(f"/{rest}"))
    return Document(404, b"<!DOCTYPE html><title>Not found</title><p>Nothing here. <a href='/'>To the start</a>", HTML)


def _below(host: str, document: Document) -> Document:
    """The document with its links leading to where the site is shown to people."""
    headers = tuple((name, value.replace(f"https://{host}/", f"/{host}/")) for name, value in document.headers)
    if document.media_type != HTML:
        return replace(document, headers=headers)
    html = document.body.decode()
    for attribute in ("href", "src", "action"):
        for start in (f"https://{host}/", f"//{host}/", "/"):
            html = html.replace(f'{attribute}="{start}', f'{attribute}="\0{host}/')
    return replace(document, body=html.replace("\0", "/").encode(), headers=headers)


def _index(sites: Mapping[str, SiteDocuments], origins: str) -> str:
    cards = "\n".join(
        f'<a class="site" style="background:{site.masthead.colour}" href="/{host}/"><b>{site.masthead.title}</b>'
        f"<span>{host}</span><span>{len(site.archive.stories)} stories</span>"
        f"<span>{site.archive.first_day} to {site.archive.today}</span></a>"
        for host, site in sites.items()
    )
    feeds = "\n".join(
        f'<li>{host}: <a href="/{host}{site.masthead.feed}">feed</a>, <a href="/{host}/robots.txt">robots.txt</a></li>'
        for host, site in sites.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The demo site of newslake</title><style>{_STYLE}</style></head>
<body><main><h1>The demo site of newslake</h1>
<p>Made-up local news in the page layouts of three sites, for trying out newslake without asking anybody's server.
Nothing here is real, and nothing was written by the sites that are played.</p>
<div class="sites">
{cards}
</div>
<ul class="more">
{feeds}
</ul>
<p>To let newslake fetch from here instead of from the real sites:</p>
<pre>export NEWSLAKE_ORIGINS={escape(origins)}
newslake run tass</pre>
</main></body></html>
"""
