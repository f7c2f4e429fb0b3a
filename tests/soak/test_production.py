"""Production: the services of docker-compose.yml as processes; two workers on one lake, and what is killed of it all.

One lake on S3 is filled by three backfills: the process of the first is killed, then the machine of the second, then
the server under the third. Then the same three again. No lock but the lake's own is shared between the workers.
"""

import gzip
import os
import re
import signal
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import orjson
import pytest

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.upkeep.verify import verify
from parsers.registry import sources
from tests.demo_site.faults import slow
from tests.demo_site.site import DemoSite
from tests.live_lake import today, work
from tests.postgres import postgres, require_postgres
from tests.production import AUTH, INTERVAL, Production, production
from tests.servers import S3Server

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("production")]

MIDDLE_SECONDS = 240.0  # until a run is in the middle of its work: a process that imports Prefect, and a day's pages
KILLED = {"tass": "its process", "globalresearch": "its machine", "theissue": "the server"}
KEPT = ("article_id", "title", "published_at", "content_digest")  # what does not depend on when a page was fetched
LAKE = "s3://news/killed"
LATE_SECONDS = 0.1  # a busy machine passes one request on later than the next
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(today(), days=8, per_day=8) as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, seaweedfs: S3Server, site: DemoSite) -> Iterator[Production]:
    with (
        postgres(require_postgres()) as database,
        production(tmp_path_factory.mktemp("production"), database, seaweedfs, site) as running,
    ):
        yield running


def range_of(source: str) -> Days:
    """Days of a source that take some seconds; tass lists no more than the last two."""
    return Days(today() - timedelta(days=1 if source == "tass" else 3), today() + timedelta(days=source == "tass"))


def backfill(stack: Production, source: str, lake: str) -> str:
    days = range_of(source)
    return stack.start("backfill", sources=[source], start=f"{days.start}", end=f"{days.end}", lake=lake, reason="test")


@pytest.fixture
def s3_environment(aws_environment: pytest.MonkeyPatch, seaweedfs: S3Server) -> None:
    for name, value in seaweedfs.environment.items():
        aws_environment.setenv(name, value)


def rows_of(store: ObjectStore, source: str) -> Rows:
    lake = Lake(store)
    return {
        day: sorted(tuple(row[name] for name in KEPT) for row in lake.read_partition(source, day).to_pylist())
        for _, day, _ in lake.partitions(source)
    }


@pytest.fixture(scope="module")
def undisturbed(site: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """What the lake holds after runs that nothing happened to."""
    rows = {}
    for source in KILLED:
        folder = tmp_path_factory.mktemp(source)
        work(site, folder, source, range_of(source))
        rows[source] = rows_of(open_store(str(folder)), source)
    return rows


def objects(stack: Production, lake: str, layer: str, suffix: str) -> list[bytes]:
    client = stack.s3.client()
    try:
        prefix = f"{lake.removeprefix('s3://news/')}/{layer}/"
        listed = client.list_objects_v2(Bucket="news", Prefix=prefix).get("Contents", [])
        keys = [each["Key"] for each in listed if each["Key"].endswith(suffix)]
        return [client.get_object(Bucket="news", Key=key)["Body"].read() for key in keys]
    finally:
        client.close()


def kept_urls(stack: Production, lake: str) -> set[str]:
    """Addresses of which the raw archive or the staging area has a capture."""
    indexes = objects(stack, lake, "raw", ".cdxj")
    archived = {orjson.loads(line.split(b" ", 2)[2])["url"] for body in indexes for line in body.splitlines()}
    staged = b"".join(map(gzip.decompress, objects(stack, lake, "staging", ".warc.gz")))
    return archived | {url.decode() for url in re.findall(rb"WARC-Target-URI: <?([^>\s]+)", staged)}


def in_the_middle(stack: Production, source: str, lake: str) -> None:
    """Wait until pages of a source are kept and it is asked for more."""
    host = sources()[source].hosts[0]

    def archived() -> bool:
        return any(host in url for url in kept_urls(stack, lake))

    def asked() -> int:
        return sum(host in each.host for each in stack.site.requests)

    stack.wait_for(f"pages of {source}", MIDDLE_SECONDS, archived)
    before = asked()
    stack.wait_for(f"more of {source}", MIDDLE_SECONDS, lambda: asked() > before + 1)


@dataclass
class Aftermath:
    """What the kills left, and what running the same again made of it."""

    first: dict[str, str]
    second: dict[str, str]
    workers: set[str]
    archived: set[str]
    again: list[str]


@pytest.fixture(scope="module")
def aftermath(stack: Production, site: DemoSite) -> Aftermath:
    first = {source: backfill(stack, source, LAKE) for source in ("tass", "globalresearch")}
    for source in first:
        in_the_middle(stack, source, LAKE)
    workers = {stack.worker_of(run_id) for run_id in first.values()}
    os.kill(stack.process_of(first["tass"]), signal.SIGKILL)
    stack.kill(stack.worker_of(first["globalresearch"]))
    stack.start_worker("worker-3")
    first["theissue"] = backfill(stack, "theissue", LAKE)
    in_the_middle(stack, "theissue", LAKE)
    stack.kill("prefect")
    archived = kept_urls(stack, LAKE)
    site.forget_requests()
    stack.start_server()
    second = {source: backfill(stack, source, LAKE) for source in first}
    ends = [{source: str(stack.ended(run)["type"]) for source, run in runs.items()} for runs in (second, first)]
    again = [f"https://{each.host}{each.path}" for each in site.requests]
    return Aftermath(ends[1], ends[0], workers, archived, again)


def test_o02_two_workers_that_share_nothing_but_the_lake_work_side_by_side(aftermath: Aftermath) -> None:
    assert len(aftermath.workers) == 2


@pytest.mark.parametrize("source", KILLED, ids=KILLED.values())
def test_o02_after_a_kill_the_same_backfill_makes_the_lake_of_an_undisturbed_run(
    source: str, aftermath: Aftermath, undisturbed: dict[str, Rows], s3_environment: None
) -> None:
    assert aftermath.second[source] == "COMPLETED"
    assert undisturbed[source]
    assert rows_of(open_store(LAKE), source) == undisturbed[source]


def test_o02_after_kills_every_row_leads_to_its_page(aftermath: Aftermath, s3_environment: None) -> None:
    store = open_store(LAKE)
    assert list(verify(store, RawArchive(store))) == []


def test_o02_no_page_that_was_archived_before_a_kill_is_fetched_again(aftermath: Aftermath) -> None:
    assert aftermath.archived
    assert aftermath.archived & set(aftermath.again) == set()


def test_o02_a_run_whose_process_or_machine_died_is_marked_as_crashed(aftermath: Aftermath) -> None:
    assert aftermath.first["tass"] == aftermath.first["globalresearch"] == "CRASHED"


def test_o08_the_api_answers_nobody_without_the_password(stack: Production) -> None:
    for auth in ("", AUTH + "x"):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            stack.api("/flows/filter", {}, auth=auth)
    refused = stack.newslake("deploy", PREFECT_API_AUTH_STRING="")
    assert refused.returncode == 1
    assert refused.stderr.replace("\n", " ").startswith("error: the Prefect server refused us (401)")


def test_o07_no_secret_is_in_a_log_or_in_what_the_server_knows(stack: Production, aftermath: Aftermath) -> None:
    kinds = ("flow_runs", "artifacts", "logs", "deployments")
    known = [stack.logs(), *(repr(stack.api(f"/{kind}/filter", {"limit": 200})) for kind in kinds)]
    for secret in (AUTH.partition(":")[2], stack.postgres.password, stack.s3.secret_key):
        assert [len(text) for text in known if secret in text] == []


def test_o02_a_run_that_is_cancelled_gives_its_slot_back_and_the_same_goes_on(
    stack: Production, undisturbed: dict[str, Rows], s3_environment: None, aftermath: Aftermath, site: DemoSite
) -> None:
    lake = "s3://news/cancelled"
    run_id = backfill(stack, "globalresearch", lake)
    in_the_middle(stack, "globalresearch", lake)
    site.set_fault(sources()["globalresearch"].hosts[0], slow(3))  # else it may end while Prefect's commands load
    assert run_id in stack.typed("prefect", "flow-run", "ls", "--state", "Running", COLUMNS="200").stdout
    assert stack.typed("prefect", "flow-run", "cancel", run_id).returncode == 0
    assert stack.ended(run_id)["type"] == "CANCELLED"
    site.clear_faults()
    _follow_the_runbook(stack, "source-globalresearch")
    assert stack.ended(backfill(stack, "globalresearch", lake))["type"] == "COMPLETED"
    assert rows_of(open_store(lake), "globalresearch") == undisturbed["globalresearch"]


def _follow_the_runbook(stack: Production, slot: str) -> None:
    """What it asks of Prefect about a slot that nobody gave back."""

    def said(*arguments: str) -> str:
        done = stack.typed("prefect", *arguments, COLUMNS="200")
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert slot in said("gcl", "ls")
    said("gcl", "update", slot, "--active-slots", "0")
    assert "process" in said("work-pool", "inspect", "newslake")


def test_o05_a_run_and_a_backfill_share_an_interval(stack: Production, site: DemoSite, aftermath: Aftermath) -> None:
    """On two machines, which share no lock of a file: the slot of the source keeps one waiting for the other."""
    lake, host = "s3://news/together", "globalresearch"
    site.forget_requests()
    runs = [
        backfill(stack, "globalresearch", lake),
        stack.start("run", source="globalresearch", day=f"{today() - timedelta(days=5)}", lake=lake),
    ]
    assert [stack.ended(run_id)["type"] for run_id in runs] == ["COMPLETED"] * 2
    first, second = (stack.flow_run(run_id) for run_id in runs)
    assert max(first["start_time"], second["start_time"]) < min(first["end_time"], second["end_time"])
    times = [request.at for request in site.requests if host in request.host]
    assert len(times) > 30  # articles of four days, lists, robots files
    assert min(later - earlier for earlier, later in pairwise(times)) >= float(INTERVAL) - LATE_SECONDS


def test_o02_a_lost_prefect_database_takes_nothing_of_the_lake(
    stack: Production, s3_environment: None, undisturbed: dict[str, Rows], aftermath: Aftermath
) -> None:
    status = stack.newslake("status", "--json", NEWSLAKE_LAKE=LAKE)
    assert '"source":"globalresearch"' in status.stdout, status.stderr  # it exits with 1 while old days are partial
    stack.kill("prefect")
    stack.postgres.drop_database()
    stack.start_server()
    assert stack.newslake("deploy").returncode == 0
    assert stack.newslake("status", "--json", NEWSLAKE_LAKE=LAKE).stdout == status.stdout
    for name in [name for name in stack.processes if name.startswith("worker")]:
        stack.kill(name)  # `docs/operations.md` says to restart the workers
        stack.start_worker(name)
    lake = "s3://news/anew"
    assert stack.ended(backfill(stack, "globalresearch", lake))["type"] == "COMPLETED"
    assert rows_of(open_store(lake), "globalresearch") == undisturbed["globalresearch"]
