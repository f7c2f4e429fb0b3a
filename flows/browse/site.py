"""`newslake browse`: plain HTML by Starlette and Jinja, which Prefect brings along; raw pages are in a sandbox."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from flows.reports.grid import LOOKS
from flows.reports.report import funnel_rows, partial_lines, suspect_lines
from flows.reports.text import counted, lines_of
from infra.archive.raw_archive import RawArchive
from infra.base.days import Days, parse_day
from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import Settings
from infra.lake.day_states import Day, State, day_grid
from infra.lake.lake import Lake
from infra.lake.partition import date_of
from infra.lake.quarantine import grouped, rejects_in
from infra.lake.query import Selection, quoted, run_query
from infra.store.object_store import ObjectStore
from infra.upkeep.find_record import Record, find_record, parse_today
from parsers.page.decode import decode
from parsers.record.article import NULL_PARTITION
from parsers.record.capture import MediaType

HERE: Final = Path(__file__).parent
WEEKS: Final = 5  # that the grid shows at a time
MOST: Final = 200  # articles, rejections or hits on a page
BEFORE, AFTER = 80, 200  # characters around a hit
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Of a raw page: no script, form or frame, and no request but for pictures that it holds itself.
RAW: Final = HEADERS | {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "X-DNS-Prefetch-Control": "off",  # no policy is about names that browsers look up before a click
}
# Chromium connects to the host of a frame before it asks the policy (measured), and links may ask it to (`preconnect`).
CONNECTING: Final = re.compile(r"<(?:link|i?frame)\b", re.IGNORECASE)
Page = tuple[str, dict[str, Any]]  # a template, and what it shows


class Site:
    """The pages; each reads the lake anew, in a thread of its own."""

    def __init__(self, store: ObjectStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.globals |= {"looks": LOOKS, "counted": counted, "lake": store.uri, "most": MOST}

    def application(self) -> Starlette:
        """All addresses; GET only."""
        pages = {
            "/": self.grid,
            "/day/{source}/{day}": self.day,
            "/article/{source}/{identity}": self.record,
            "/search": self.search,
            "/rejects": self.rejects,
        }
        routes = [Route(path, self._answered(page)) for path, page in pages.items()]
        routes += [Route("/raw/{source}/{identity}", self.raw), Route("/style.css", style)]
        return Starlette(routes=routes)

    def _answered(self, page: Any) -> Any:
        async def answer(request: Request) -> Response:
            try:
                name, shown = await run_in_threadpool(page, request)
                code = 200
            except NewslakeError as error:  # a wrong address, or a lake that can't be read
                name, shown, code = "error", {"error": str(error)}, 400 if isinstance(error, UsageError) else 500
            return HTMLResponse(self._templates.get_template(f"{name}.html").render(shown), code, HEADERS)

        return answer

    def grid(self, request: Request) -> Page:
        """Sources and days of which something is known: the last weeks, or those before `end`."""
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        end = parse_day(request.query_params.get("end") or tomorrow.isoformat(), "end")
        start = end - timedelta(weeks=WEEKS)
        rows: defaultdict[str, dict[str, Day]] = defaultdict(dict)
        for day in day_grid(self._store, start, end):
            if day.state is not State.MISSING:
                rows[day.source][day.date] = day
        # Where there is nothing, a link leads to the newest day with articles.
        names = [] if rows else [name for _, name, _ in Lake(self._store).partitions()]
        dated = {date_of(name) for name in names} - {NULL_PARTITION}
        newest = date.fromisoformat(max(dated)) + timedelta(days=1) if dated else None
        later = end + timedelta(weeks=WEEKS) if end < tomorrow else None
        days = list(Days(start, end))
        return "grid", {"days": days, "rows": rows, "older": start, "newer": later, "newest": newest}

    def day(self, request: Request) -> Page:
        """One day of one source: how far its addresses came, what to look at, its articles, its rejections."""
        source, day = request.path_params["source"], parse_day(request.path_params["day"], "day")
        end = day + timedelta(days=1)
        found = day_grid(self._store, day, end, [source])
        listed = "SELECT article_id, published_at, title, authors FROM articles ORDER BY published_at, article_id"
        selection = Selection(source, day, end)
        return "day", {
            "source": source,
            "date": day,
            "state": found[0] if found else None,
            "funnel": funnel_rows(each for each in found if each.account),
            "told": [*partial_lines(found), *suspect_lines(found)],
            "articles": run_query(self._store, f"{listed} LIMIT {MOST}", selection).to_pylist(),
            "rejected": list(islice(rejects_in(self._store, selection), MOST)),
        }

    def record(self, request: Request) -> Page:
        """An article or a rejection beside its raw page: each field with its origin, and what today's parser says."""
        record = self._found(**request.path_params)
        today = parse_today(self._store, record, self._settings)
        changed = {change.field for change in today.changes}
        fields = [
            (name, lines_of(name, value), today.origins.get(name, ""), name in changed)
            for name, value in record.row.items()
            if name not in ("body", "text") and lines_of(name, value)
        ]
        blocks = record.row.get("body") or []
        said = today.unknown or (f"today's parser rejects it: {today.rejected.detail}" if today.rejected else "")
        shown = {"record": record, "fields": fields, "blocks": blocks, "said": said, "origins": today.origins}
        return "article", shown

    def search(self, request: Request) -> Page:
        """Articles whose headline or text has the words next to each other, the newest first."""
        asked = {name: request.query_params.get(name, "").strip() for name in ("q", "source", "start", "end")}
        start, end = (parse_day(asked[name], name) if asked[name] else None for name in ("start", "end"))
        wanted = quoted(asked["q"])
        around = f"substring(text, greatest(1, place - {BEFORE}), {BEFORE + AFTER})"
        sql = f"""
            SELECT source, date, article_id, title, {around} AS around
            FROM (SELECT *, instr(lower(text), lower({wanted})) AS place FROM articles)
            WHERE place > 0 OR contains(lower(title), lower({wanted}))
            ORDER BY published_at DESC NULLS LAST, article_id LIMIT {MOST}"""  # noqa: S608 - quoted, or numbers of ours
        selection = Selection(asked["source"] or None, start, end)
        found = run_query(self._store, sql, selection).to_pylist() if asked["q"] else None
        return "search", {"asked": asked, "found": found}

    def rejects(self, request: Request) -> Page:
        """Open rejections by source and reason, with samples."""
        asked = Selection(request.query_params.get("source") or None)
        return "rejects", {"groups": grouped(rejects_in(self._store, asked))}

    async def raw(self, request: Request) -> Response:
        """The archived page as newslake reads it, in a sandbox."""
        try:
            record = await run_in_threadpool(self._found, **request.path_params)
            capture = await run_in_threadpool(RawArchive(self._store).read, record.pointer)
        except NewslakeError as error:
            return PlainTextResponse(str(error), 404, RAW)
        text = decode(capture.body, capture.http_charset).text
        if capture.media_type is MediaType.HTML:
            return HTMLResponse(CONNECTING.sub("<meta", text), headers=RAW)
        return PlainTextResponse(text, headers=RAW)

    def _found(self, source: str, identity: str) -> Record:
        if len(identity) != 32:  # noqa: PLR2004 - hex digits of an id: addresses are asked for by `newslake show`
            raise UsageError(f"{identity[:80]!r} is no id of a record", "Ids have 32 hex digits.")
        return find_record(self._store, identity, source)


def style(_: Request) -> Response:
    """The style sheet."""
    return Response((HERE / "style.css").read_bytes(), 200, HEADERS | {"Content-Type": "text/css; charset=utf-8"})
