"""infra/deployment: what systemd, Kubernetes and the image are told exists, and is what docker-compose.yml says."""

import re
import subprocess
from pathlib import Path
from typing import Any

import prefect.settings
import pytest
import yaml

from infra.base.settings import PREFIX, Settings
from tests.programs import require

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "infra/deployment"
ENTRYPOINT = FOLDER / "entrypoint.sh"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
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


def test_kubernetes_sets_what_compose_sets_for_the_server() -> None:
    declared = {name for name in SERVICES["prefect"]["environment"] if name.startswith("PREFECT_SERVER_")}
    of_image = {
        "PREFECT_SERVER_ANALYTICS_ENABLED",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT",
    }  # and a matter of taste
    assert {name.removesuffix("_FILE") for name in MAPS["prefect"]} == declared - of_image


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
