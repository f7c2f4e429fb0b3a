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


def shell(script: str, folder: Path, **variables: str) -> str:
    """What a script prints, with the programs of this environment first on the PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"PREFECT_HOME": str(folder), "PREFECT_PROFILES_PATH": str(folder / "profiles.toml"), "PATH": path}
    done = subprocess.run(
        ["sh", "-euc", script], cwd=ROOT, env=os.environ | home | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ingest(folder: Path, lake: Path, count: int) -> None:
    assert run_cli(["ingest", str(pages.write_folder(folder, count)), "--lake", str(lake)]) == 0


def test_a_lake_that_is_copied_while_it_is_written_to_is_whole(tmp_path: Path) -> None:
    lake, copy, back = (tmp_path / name for name in ("lake", "copy", "back"))
    ingest(tmp_path / "first", lake, 2)
    rows_first, pages_last = block("# backup of a lake in a folder").split('cp --archive --update "$LAKE/raw"')
    shell(rows_first, tmp_path, LAKE=str(lake), BACKUP=str(copy))
    ingest(tmp_path / "second", lake, 4)  # a run lands between the two
    shell(f'cp --archive --update "$LAKE/raw"{pages_last}', tmp_path, LAKE=str(lake), BACKUP=str(copy))

    shell(block("# backup of a lake in a folder"), tmp_path, LAKE=str(lake), BACKUP=str(copy))  # brings the rest
    shell(block("# backup of a lake in a folder"), tmp_path, LAKE=str(copy), BACKUP=str(back))  # the restore
    assert files(back, "articles") == files(lake, "articles")
    assert files(back, "raw") == files(lake, "raw")


def files(lake: Path, layer: str) -> dict[str, bytes]:
    found = {str(path.relative_to(lake)): path.read_bytes() for path in (lake / layer).rglob("*") if path.is_file()}
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
