"""A real HTTP server with made-up news in the layouts of several sources, and switches for what can go wrong.

For `make demo`, the tests, and people who want to try things: `python -m infra.demo_site --port 8700`.
"""

from infra.demo_site.article_pages import Redesign
from infra.demo_site.faults import FAULTS, Fault
from infra.demo_site.server import Request
from infra.demo_site.site import DemoSite, ExpectedArticle, ExpectedRejection

__all__ = ["FAULTS", "DemoSite", "ExpectedArticle", "ExpectedRejection", "Fault", "Redesign", "Request"]
