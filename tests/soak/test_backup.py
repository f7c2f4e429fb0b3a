"""Backup, restore and upgrade: the commands of docs/operations.md, run as they stand there."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.cli import run as run_cli
from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.postgres import Postgres, postgres, require_postgres
from tests.programs import require

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
UPGRADE = "prefect server database upgrade --yes"
ADDED = "insert into flow (id, name, tags) values ('6d1b0a52-2a0c-4f5e-8d83-0d1f4a1f0a01', 'kept', '[]')"


def block(begins: str) -> str:
    """The listing of the document that begins with a line."""
    (found,) = [each for each in BLOCKS if each.startswith(begins)]
    return str(found)


def ran(script: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """A script as people paste it, with the programs of `folder/bin` first on the PATH, then of this environment."""
    path = os.pathsep.join((str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
    home = {"PREFECT_HOME": str(folder), "PREFECT_PROFILES_PATH": str(folder / "profiles.toml"), "PATH": path}
    return subprocess.run(
        ["sh", "-uc", script], cwd=ROOT, env=os.environ | home | variables, capture_output=True, text=True, check=False
    )


def shell(script: str, folder: Path, **variables: str) -> str:
    """What a script prints."""
    done = ran(script, folder, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def program(folder: Path, name: str, script: str) -> None:
    """A program in the place of another."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def real(name: str) -> str:
    """How a shell goes on as a program that another stands in for; Debian's aws knows no AWS_ENDPOINT_URL_S3."""
    endpoint = '--endpoint-url "$AWS_ENDPOINT_URL_S3" ' if name == "aws" else ""
    return f'exec {require(name, "awscli")} {endpoint}"$@"'


def ingest(folder: Path, lake: str, count: int) -> None:
    assert run_cli(["ingest", str(pages.write_folder(folder, count)), "--lake", lake]) == 0


@pytest.fixture(params=["in a folder", "on S3"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """The commands for a lake in a folder or on S3, and where lake and backup are."""
    root = str(tmp_path)
    if request.param == "on S3":
        root = request.getfixturevalue("seaweedfs_lake")
        program(tmp_path, "aws", real("aws"))
    return block(f"# backup of a lake {request.param}"), {"LAKE": f"{root}/lake", "BACKUP": f"{root}/copy"}


def test_a_lake_that_is_copied_while_it_is_written_to_is_whole(
    places: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    backup, at = places
    ingest(tmp_path / "first", at["LAKE"], 2)
    rows_first, pages_last = re.split(r"&&\n(?=.*\$LAKE/raw)", backup)
    shell(rows_first, tmp_path, **at)
    ingest(tmp_path / "second", at["LAKE"], 4)  # a run lands between the two
    shell(pages_last, tmp_path, **at)
    assert run_cli(["status", "--lake", at["BACKUP"]]) == 0  # makes an index of the backup as it is

    back = at["BACKUP"].replace("copy", "back")
    shell(backup, tmp_path, **at)  # brings the rest
    shell(backup, tmp_path, LAKE=at["BACKUP"], BACKUP=back)  # the restore
    for place in (at["BACKUP"], back):
        assert not list(open_store(place).list("_catalog/"))
        for layer in ("articles/", "raw/"):
            assert objects(place, layer) == objects(at["LAKE"], layer)


def test_a_backup_ends_where_a_copy_fails(places: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    backup, at = places
    ingest(tmp_path / "in", at["LAKE"], 2)
    program(tmp_path, "newslake", "echo verified")
    name, calls = ("aws", 3) if at["LAKE"].startswith("s3://") else ("cp", 2)
    count = tmp_path / "count"
    for failing in range(1, calls + 2):
        count.unlink(missing_ok=True)
        program(tmp_path, name, f"echo >> {count}; test $(wc -l < {count}) -ne {failing} && {real(name)}")
        done = ran(backup, tmp_path, **at)
        assert (done.returncode == 0) == ("verified" in done.stdout) == (failing > calls)


def objects(lake: str, layer: str) -> dict[str, bytes]:
    store = open_store(lake)
    found = {info.key: stored.body for info in store.list(layer) if (stored := store.get(info.key))}
    assert found
    return found


@pytest.fixture
def database() -> Iterator[tuple[Postgres, Path]]:
    programs = require_postgres()
    with postgres(programs) as server:
        yield server, programs


def test_prefects_postgres_is_made_backed_up_and_restored(database: tuple[Postgres, Path], tmp_path: Path) -> None:
    server, programs = database
    admin = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": server.user, "PGPASSWORD": server.password}
    # The cluster of the test has an administrator by the name that the examples give to Prefect.
    statements = tmp_path / "made.sql"
    text = (ROOT / "infra/deployment/prefect.sql").read_text("utf-8")
    statements.write_text(re.sub(r"(ROLE|DATABASE|OWNER) prefect\b", r"\1 kept", text))
    make = block("psql ").replace("infra/deployment/prefect.sql", str(statements))
    password = "it's a p@ss"
    shell(make, tmp_path, POSTGRES_PASSWORD=password, **admin)

    parts = {"HOST": "127.0.0.1", "PORT": str(server.port), "NAME": "kept", "USER": "kept", "PASSWORD": password}
    settings = {f"PREFECT_SERVER_DATABASE_{name}": value for name, value in parts.items()}
    settings |= {"PREFECT_SERVER_DATABASE_DRIVER": "postgresql+asyncpg", "PGPASSWORD": password}
    settings |= {"BACKUP": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:{programs}:{os.environ['PATH']}"}
    address = f"postgresql://kept@127.0.0.1:{server.port}/kept"

    def said(script: str) -> str:
        return shell(
            script.replace("postgresql://prefect@127.0.0.1:5432/prefect", address), tmp_path, **settings
        ).strip()

    ask = f"psql --tuples-only --no-align {address} --command"
    said(f'{UPGRADE}\n{ask} "{ADDED}"')
    said(block("# backup of Prefect's database"))
    shell('psql postgres -c "DROP DATABASE kept" -c "DROP ROLE kept"', tmp_path, **admin)
    shell(make, tmp_path, POSTGRES_PASSWORD=password, **admin)
    said(block("# restore of Prefect's database"))
    assert "|kept|" in said(f"{ask} 'table flow'")


def test_the_database_of_newslake_up_is_backed_up_while_it_is_in_use(tmp_path: Path) -> None:
    require("sqlite3", "sqlite3")
    home, copy = tmp_path / "newslake" / "prefect", tmp_path / "copy"
    home.mkdir(parents=True)
    copy.mkdir()
    shell(UPGRADE, home)
    with sqlite3.connect(home / "prefect.db") as connection:
        connection.execute(ADDED)
    backup = block("# backup of the database of newslake up")
    connection.execute("begin immediate")  # as a server that writes
    shell(backup, home, XDG_STATE_HOME=str(tmp_path), BACKUP=str(copy))
    connection.close()
    for path in home.glob("prefect.db*"):
        path.unlink()
    shutil.copy(copy / "prefect.db", home)
    shell(UPGRADE, home)
    with sqlite3.connect(home / "prefect.db") as restored:
        assert restored.execute("select name from flow").fetchall() == [("kept",)]
    restored.close()
