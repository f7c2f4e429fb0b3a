"""Fixtures shared by all tests: servers, started once a session and only if asked for, and a clean environment."""

import gc
import os
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Event

import pytest
from botocore import loaders

from infra.base.stop import STOPPING
from tests import servers
from tests.servers import BUCKET, S3Server, forget_s3_client

gc.disable()  # until all is imported: nothing of that is to be let go

# What botocore reads of its own files for each client takes 100 ms: once is enough.
CREATE_LOADER = cache(loaders.create_loader)

pytest_plugins = [
    "tests.environment",
    "tests.commands",
    "tests.prefect_server",
    "tests.refusing_site",
    "tests.dask_cluster",
]
pytest.register_assert_rewrite("tests.object_store_contract")


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before pytest-xdist reads the groups, and after all have shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark the long proofs and the tests that share Moto; begin with the longest, else one is left alone at the end."""
    for item in items:
        if "soak" in item.path.parts:
            item.add_marker(pytest.mark.soak)
        if "moto" in getattr(item, "fixturenames", ()):  # it takes longer to start than any test of it
            item.add_marker(pytest.mark.xdist_group("moto"))
    yield
    items.sort(key=_seconds_at_most, reverse=True)


def pytest_collection_finish() -> None:
    """Let the collector pass over what was imported: to look through it again and again took an eighth of the time."""
    gc.freeze()
    gc.enable()


def _seconds_at_most(item: pytest.Item) -> tuple[int, bool]:
    """What a test may take, which only long ones state; of the others groups and those with servers are the longest."""
    stated, group = (item.get_closest_marker(name) for name in ("timeout", "xdist_group"))
    return stated.args[0] if stated else 0, bool(group or {"smoke", "soak"}.intersection(item.path.parts))


@pytest.fixture(scope="session")
def seaweedfs() -> Iterator[S3Server]:
    """SeaweedFS: an S3 server whose conditional writes are atomic."""
    with servers.seaweedfs() as server:
        yield server


@pytest.fixture(scope="session")
def moto() -> Iterator[S3Server]:
    """Moto: starts at once, honours conditions, is not atomic."""
    with servers.moto_server() as server:
        yield server


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run commands in, with one worker, a wide terminal, and no other setting and no server."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("NEWSLAKE_", "PREFECT_API")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NEWSLAKE_WORKERS", "1")
    return tmp_path


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure, a site is asked again at once."""
    for name in ("FIRST_BACKOFF", "MAX_RETRY_AFTER", "LEAST_SLOW_INTERVAL"):
        monkeypatch.setattr(f"infra.intake.web.polite_client.{name}", 0.001)


@pytest.fixture
def stopping() -> Iterator[Event]:
    """Set, it says that this process is to stop; it is not, after the test."""
    yield STOPPING
    STOPPING.clear()


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """For variables of a test (tests/environment.py has removed all others): a new S3 client before and afterwards."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("botocore.session.create_loader", CREATE_LOADER)
    forget_s3_client()
    yield monkeypatch
    forget_s3_client()


@pytest.fixture
def moto_lake(moto: S3Server, aws_environment: pytest.MonkeyPatch) -> str:
    """Address of an empty lake on Moto, with the environment that reaches it."""
    return _empty_lake(moto, aws_environment)


@pytest.fixture
def seaweedfs_lake(seaweedfs: S3Server, aws_environment: pytest.MonkeyPatch) -> str:
    """Address of an empty lake on SeaweedFS, with the environment that reaches it."""
    return _empty_lake(seaweedfs, aws_environment)


def _empty_lake(server: S3Server, environment: pytest.MonkeyPatch) -> str:
    for name, value in server.environment.items():
        environment.setenv(name, value)
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"
