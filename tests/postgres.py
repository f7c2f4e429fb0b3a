"""A PostgreSQL server of Debian's packages as a child process, on loopback, with an empty cluster of its own."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.programs import missing
from tests.servers import free_ports

START_SECONDS = 60.0  # ready within a second on an idle machine
_DEBIAN = "/usr/lib/postgresql"  # Debian keeps the server's programs beside the PATH, a folder a release


@dataclass(frozen=True)
class Postgres:
    port: int
    password: str
    user: str = "prefect"
    database: str = "prefect"

    def drop_database(self) -> None:
        """Throw the database away, and make an empty one of the same name; nobody may be connected."""
        asyncio.run(self._execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)"))
        asyncio.run(self._execute(f"CREATE DATABASE {self.database}"))

    async def _execute(self, statement: str) -> None:
        import asyncpg

        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=self.user, password=self.password, database="postgres"
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def require_postgres() -> Path:
    """The folder of the server's programs. Skips the test where there is none, and fails it in CI."""
    releases = sorted(Path(_DEBIAN).glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        releases.append(Path(on_path).resolve().parent)
    for folder in releases:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    return missing("PostgreSQL server", "postgresql")


@contextmanager
def postgres(programs: Path) -> Iterator[Postgres]:
    """Start a server that asks for a password; ended, and its cluster deleted, on leaving."""
    (port,) = free_ports(1)
    server = Postgres(port, "a p@ss:word/with %everything")  # as compose passes it: in parts, no URL
    # PostgreSQL refuses to run as root; Debian's package has made the user.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="newslake-postgres-") as folder:
        password = Path(folder, "password")
        password.write_text(server.password)
        if user:
            for path in (Path(folder), password):
                os.chown(path, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        cluster = f"{folder}/cluster"
        subprocess.run(
            [programs / "initdb", "-D", cluster, "-U", server.user, "--auth=scram-sha-256", f"--pwfile={password}"],
            check=True, capture_output=True, user=user, cwd=folder,
        )  # fmt: skip
        options = [f"-p{port}", "-clisten_addresses=127.0.0.1", "-cunix_socket_directories=", "-cfsync=off"]
        with Path(folder, "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", cluster, *options], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            _wait_until_ready(server, process, Path(folder, "log"))
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # "fast": whoever is still connected is cut off
            process.wait(START_SECONDS)


def _wait_until_ready(server: Postgres, process: "subprocess.Popen[bytes]", log: Path) -> None:
    from asyncpg import PostgresError

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.drop_database()
        except (OSError, PostgresError) as error:  # nobody listens yet; "the database system is starting up"
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.1)
        else:
            return
