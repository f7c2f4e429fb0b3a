"""The services of docker-compose.yml as plain processes: their commands and settings, other ports and addresses."""

import os
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.demo_site.site import DemoSite
from tests.postgres import Postgres
from tests.prefect_server import PrefectApi
from tests.servers import S3Server, free_ports, wait_for

ROOT = Path(__file__).parents[1]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
PROGRAMS = Path(sys.executable).parent
AUTH = "admin:pass&word/more"  # ASCII: with any other character, every request gives a 500 of Prefect 3.8.8
START_SECONDS = 240.0  # a first start migrates the database: 30 s on two idle cores
STOP_SECONDS = 30.0
INTERVAL = "0.3"  # seconds between requests: a day takes some seconds, so that a run can be met in the middle of it


@dataclass
class Production(PrefectApi):
    """Server and workers; each can be killed and started again."""

    folder: Path
    postgres: Postgres
    s3: S3Server
    site: DemoSite
    port: int
    auth: str = AUTH
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{self.port}"

    def environment(self, service: str, home: str) -> dict[str, str]:
        """What compose would set for a service, on a machine of its own: no state is shared but over the network."""
        values = {
            "POSTGRES_PASSWORD": self.postgres.password,
            "PREFECT_AUTH": AUTH,
            "AWS_ACCESS_KEY_ID": self.s3.access_key,
            "AWS_SECRET_ACCESS_KEY": self.s3.secret_key,
            "NEWSLAKE_ORIGINS": self.site.origins,
        }
        here = {
            "PREFECT_SERVER_DATABASE_HOST": "127.0.0.1",
            "PREFECT_SERVER_DATABASE_PORT": str(self.postgres.port),
            "PREFECT_SERVER_UI_API_URL": f"{self.url}/api",
            "PREFECT_API_URL": f"{self.url}/api",
            "PREFECT_WORKER_WEBSERVER_PORT": str(free_ports(1)[0]),
            "PREFECT_WORKER_QUERY_SECONDS": "1",  # 10 by default: tests are short of time
            "AWS_ENDPOINT_URL_S3": self.s3.endpoint,
            "NEWSLAKE_LAKE": "s3://news/lake",
            "NEWSLAKE_SOURCES_PATH": str(self.folder),  # an empty volume in compose; no file here is a source
            "NEWSLAKE_WORKERS": "1",
            "NEWSLAKE_HOST_INTERVAL_SECONDS": INTERVAL,
            "NEWSLAKE_ARCHIVE_SECONDS": "2",  # so that there is something to lose, and something kept, in mid-run
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder / home),
            "PREFECT_HOME": str(self.folder / home / "prefect"),
            "PREFECT_PROFILES_PATH": str(self.folder / home / "profiles.toml"),
            "XDG_STATE_HOME": str(self.folder / home / "state"),
        }
        kept = {name: os.environ[name] for name in ("PATH", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")}
        declared = SERVICES[service]["environment"]
        given = {name: interpolated(value, values) for name, value in declared.items() if value is not None}
        return kept | given | {name: values[name] for name in declared if name in values} | here

    def launch(self, service: str, name: str, options: Mapping[str, str]) -> None:
        """Start a service as a process group of its own; its home and log bear its name."""
        (self.folder / name).mkdir(exist_ok=True)
        command = list(SERVICES[service]["command"])
        for option, value in options.items():
            if option in command:
                del command[command.index(option) : command.index(option) + 2]
            command += [option, value]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                # Whoever starts the tests in the background ignores SIGINT, and Prefect's worker ends by that.
                ["env", "--default-signal=INT", PROGRAMS / command[0], *command[1:]],
                env=self.environment(service, name),
                cwd=self.folder / name,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_server(self) -> None:
        self.launch("prefect", "prefect", {"--host": "127.0.0.1", "--port": str(self.port)})
        self.wait_for("the server", START_SECONDS, self._is_healthy)

    def start_worker(self, name: str) -> None:
        """Start a worker, and wait until the server knows that it is there."""
        self.launch("worker", name, {"--name": name, "--limit": "1"})  # so that two runs are on two machines
        self.wait_for(name, START_SECONDS, lambda: name in self._workers_online())

    def kill(self, name: str) -> None:
        """SIGKILL to a service and all that it started, as if its machine had lost its power."""
        process = self.processes.pop(name)
        for pid in (process.pid, *descendants(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def worker_of(self, run_id: str) -> str:
        """The worker whose child the process of a run is."""
        pid = self.process_of(run_id)
        return next(name for name, each in self.processes.items() if pid in descendants(each.pid))

    def process_of(self, run_id: str) -> int:
        return int(self.flow_run(run_id)["infrastructure_pid"].rpartition(":")[2])

    def end(self, name: str) -> int:
        """SIGTERM to a service alone; the exit code that it ends with."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        finally:
            process.kill()

    def newslake(self, *arguments: str, **changes: str) -> "subprocess.CompletedProcess[str]":
        return self.typed("newslake", *arguments, **changes)

    def typed(
        self, program: str, *arguments: str, home: str = "shell", **changes: str
    ) -> "subprocess.CompletedProcess[str]":
        """A command as a user types it; a change to an empty text takes a variable away."""
        (self.folder / home).mkdir(exist_ok=True)
        environment = self.environment("worker", home) | changes
        return subprocess.run(
            [PROGRAMS / program, *arguments],
            env={name: value for name, value in environment.items() if value},
            cwd=self.folder / home,
            capture_output=True,
            text=True,
            check=False,
        )

    def logs(self) -> str:
        return "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("*.log")))

    def wait_for(self, what: str, seconds: float, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; while the server is away, nothing is."""
        wait_for(what, seconds, is_so, self.logs)

    def _is_healthy(self) -> bool:
        if self.processes["prefect"].poll() is not None:
            raise RuntimeError(f"the server ended: {self.logs()[-3000:]}")
        self.api("/health")
        return True

    def _workers_online(self) -> set[str]:
        workers = self.api("/work_pools/newslake/workers/filter", {})
        return {worker["name"] for worker in workers if worker["status"] == "ONLINE"}


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """A value of the compose file with its variables replaced; KeyError where a required one is not given."""

    def value(found: re.Match[str]) -> str:
        name, operator, default = found["name"], found["operator"], found["default"]
        return values.get(name, default) if operator.endswith("-") else values[name]

    return re.sub(r"\$\{(?P<name>\w+)(?P<operator>:?[-?])(?P<default>[^}]*)\}", value, text)


@contextmanager
def production(folder: Path, postgres: Postgres, s3: S3Server, site: DemoSite) -> Iterator[Production]:
    """A server, everything deployed, and two workers; all are killed on leaving."""
    running = Production(folder, postgres, s3, site, free_ports(1)[0])
    try:
        running.start_server()
        deployed = running.newslake("deploy")
        if deployed.returncode:
            raise RuntimeError(deployed.stderr)
        for name in ("worker-1", "worker-2"):
            running.start_worker(name)
        yield running
    finally:
        for name in list(running.processes):
            running.kill(name)


def descendants(pid: int) -> list[int]:
    """Processes that a process has started, and those that they have started, and so on."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: defaultdict[int, list[int]] = defaultdict(list)
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children[parent].append(child)
    found = [pid]
    for each in found:  # grows meanwhile
        found += children[each]
    return found[1:]
