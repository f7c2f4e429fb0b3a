"""A Prefect server that answers this machine only, and no page of another site in a browser on it.

Prefect lets every web page call its API (CORS `*`) and believes any host name: a page that an operator looks at could
start runs with paths of its own choice, directly, by DNS rebinding or by clicks in a frame. Programs send no `Origin`.
Requests that write to its database wait for each other; Prefect lets them fail.
"""

import ipaddress
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

if TYPE_CHECKING:
    from prefect.server.database.configurations import BaseDatabaseConfiguration
    from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

HOST: Final = "127.0.0.1"  # the server has no authentication: it must not be reachable from elsewhere
KEEP_ALIVE_SECONDS: Final = 5  # Prefect's own
REFUSED: Final = "newslake up answers only requests to 127.0.0.1 or localhost, from its own pages and from programs."
UNFRAMED: Final = (b"content-security-policy", b"frame-ancestors 'none'")


class Guard:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to what others ask, and hand on all else."""
        if scope["type"] == "lifespan" or is_own(scope["headers"]):
            await self._app(scope, receive, partial(_send_unframed, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the client gets a 403
        else:
            await PlainTextResponse(REFUSED, 403)(scope, receive, send)


async def _send_unframed(send: Send, message: Message) -> None:
    if message["type"] == "http.response.start" and UNFRAMED[0] not in dict(message["headers"]):  # browse has its own
        message = {**message, "headers": [*message["headers"], UNFRAMED]}
    await send(message)


def is_own(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request names this machine as its host and comes from a page of that address, or from a program."""
    hosts, origins = (
        [value.decode("latin-1") for name, value in headers if name == key] for key in (b"host", b"origin")
    )
    return len(hosts) == 1 and _is_here(hosts[0]) and set(origins) <= {f"http://{hosts[0]}"}


def _is_here(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def main(port: int) -> None:
    """Run the server until it gets a signal, as `prefect server start` does."""
    from prefect.server.api.server import create_app
    from prefect.server.database.dependencies import provide_database_interface, temporary_database_config

    app = Guard(create_app(final=True))
    with temporary_database_config(waiting(provide_database_interface().database_config)):
        uvicorn.run(app, host=HOST, port=port, timeout_keep_alive=KEEP_ALIVE_SECONDS, log_level="info")


def waiting(database: "BaseDatabaseConfiguration") -> "BaseDatabaseConfiguration":
    """The same database, of which transactions take SQLite's write lock as they begin, and wait for it if need be.

    Prefect begins most of them as readers. One that comes to write when another has written meanwhile fails at once:
    with 150 runs due, `database is locked` came a thousand times in two minutes, mostly where runs are marked as late.
    """
    from prefect.server.database.configurations import AioSqliteConfiguration

    class Waiting(AioSqliteConfiguration):
        @override
        @asynccontextmanager
        async def begin_transaction(
            self, session: "AsyncSession", with_for_update: bool = False
        ) -> AsyncGenerator["AsyncSessionTransaction"]:
            async with super().begin_transaction(session, with_for_update=True) as transaction:
                yield transaction

    is_sqlite = isinstance(database, AioSqliteConfiguration)
    return Waiting(connection_url=database.connection_url) if is_sqlite else database


if __name__ == "__main__":
    main(int(sys.argv[1]))
