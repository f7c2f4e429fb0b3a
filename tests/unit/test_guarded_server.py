"""What a page in an operator's browser can't ask of the server on 127.0.0.1, and what requests side by side can."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from flows.server.guarded_server import Guard, waiting
from tests.tables import table

if TYPE_CHECKING:
    from prefect.server.database.configurations import BaseDatabaseConfiguration

OWN_POLICY = "frame-ancestors 'self'"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        own = {"content-security-policy": OWN_POLICY} if scope["path"] == "/raw" else None
        await PlainTextResponse("answered", headers=own)(scope, receive, send)


def said(kind: str, headers: dict[str, str], path: str = "/") -> Message:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(Guard(application)({"type": kind, "headers": lines, "path": path}, receive, send))
    return sent[0]


def ask(headers: dict[str, str]) -> int:
    status: int = said("http", headers)["status"]
    return status


@pytest.mark.parametrize("host", ["127.0.0.1:4200", "localhost:4200", "localhost", "[::1]:4200", "127.0.0.1"])
def test_programs_and_pages_of_the_server_itself_are_answered(host: str) -> None:
    assert ask({"host": host}) == 200
    assert ask({"host": host, "origin": f"http://{host}"}) == 200


@pytest.mark.parametrize("host", ["evil.example:4200", "127.0.0.1.evil.example", "192.168.1.7:4200", "[:", ""])
def test_a_name_that_was_rebound_to_this_machine_is_refused(host: str) -> None:
    assert ask({"host": host}) == 403


@pytest.mark.parametrize("origin", table("refusals")["origins"])
def test_a_page_of_another_origin_is_refused(origin: str) -> None:
    assert ask({"host": "127.0.0.1:4200", "origin": origin}) == 403
    refused = said("websocket", {"host": "127.0.0.1:4200", "origin": origin})
    assert refused["type"] == "websocket.close"


def test_a_program_gets_its_websocket() -> None:
    assert said("websocket", {"host": "127.0.0.1:4200"})["type"] == "websocket.accept"


@pytest.mark.parametrize(("path", "policy"), [("/", "frame-ancestors 'none'"), ("/raw", OWN_POLICY)])
def test_no_page_of_another_site_shows_ours_in_a_frame(path: str, policy: str) -> None:
    headers = said("http", {"host": "127.0.0.1:4200"}, path)["headers"]
    assert [value for name, value in headers if name == b"content-security-policy"] == [policy.encode()]


async def count_side_by_side(database: "BaseDatabaseConfiguration") -> int:
    """Two requests at once that each read a number and write the next, as those of Prefect do with states."""
    engine = await database.engine()

    async def add_one() -> None:
        session = await database.session(engine)
        async with session, database.begin_transaction(session):
            number: int = (await session.execute(text("select number from counted"))).scalar_one()
            await asyncio.sleep(0.1)  # until the other has read, too
            await session.execute(text("update counted set number = :next"), {"next": number + 1})

    async with engine.begin() as connection:
        await connection.execute(text("create table counted as select 0 as number"))
    try:
        # Both to their end, so that both have given their connections back.
        for error in filter(None, await asyncio.gather(add_one(), add_one(), return_exceptions=True)):
            raise error
        async with engine.begin() as connection:
            return int((await connection.execute(text("select number from counted"))).scalar_one())
    finally:
        await engine.dispose()


def test_requests_that_come_to_write_at_once_wait_for_each_other(tmp_path: Path) -> None:
    from prefect.server.database.configurations import AioSqliteConfiguration  # half a second, in every worker

    ours, prefects = (AioSqliteConfiguration(f"sqlite+aiosqlite:///{tmp_path}/{name}.db") for name in ("a", "b"))
    assert asyncio.run(count_side_by_side(waiting(ours))) == 2
    with pytest.raises(OperationalError, match="database is locked"):  # else newslake need not mend it any more
        asyncio.run(count_side_by_side(prefects))
