"""Settings: where they come from, and what is said about wrong ones."""

import os
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import Settings, load_settings
from parsers.parse import MAX_BYTES


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("NEWSLAKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = load_settings()

    assert settings.lake == "./lake"
    assert settings.workers == os.cpu_count()
    assert settings.page_deadline_seconds == 10
    assert settings.max_page_bytes == 10 * 1024 * 1024
    assert settings.quarantine_limit == 0.05


def test_environment_wins_over_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("NEWSLAKE_LAKE=s3://file/lake\nNEWSLAKE_WORKERS=3\nAWS_REGION=eu\n", "utf-8")
    monkeypatch.setenv("NEWSLAKE_LAKE", "s3://environment/lake")

    settings = load_settings()
    assert (settings.lake, settings.workers) == ("s3://environment/lake", 3)


def test_a_page_limit_above_that_of_the_parsers_is_refused_since_it_would_have_no_effect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSLAKE_MAX_PAGE_BYTES", str(MAX_BYTES))
    assert load_settings().max_page_bytes == MAX_BYTES
    monkeypatch.setenv("NEWSLAKE_MAX_PAGE_BYTES", str(2 * MAX_BYTES))
    with pytest.raises(UsageError, match=f"less than or equal to {MAX_BYTES}.*the limit of the parsers"):
        load_settings()


def test_the_switch_for_tracebacks_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLAKE_DEBUG", "1")
    assert load_settings() == Settings()
    monkeypatch.setenv("NEWSLAKE_DEBUGG", "1")
    with pytest.raises(UsageError, match="Did you mean NEWSLAKE_DEBUG"):
        load_settings()


def test_settings_are_frozen() -> None:
    settings = load_settings()

    with pytest.raises(ValidationError, match="frozen"):
        settings.lake = "elsewhere"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSLAKE_LAKE", ""),
        ("NEWSLAKE_WORKERS", "0"),
        ("NEWSLAKE_WORKERS", "many"),
        ("NEWSLAKE_WORKERS", "1.5"),
        ("NEWSLAKE_WORKERS", "100000"),
        ("NEWSLAKE_PAGE_DEADLINE_SECONDS", "0"),
        ("NEWSLAKE_PAGE_DEADLINE_SECONDS", "nan"),
        ("NEWSLAKE_PAGE_DEADLINE_SECONDS", "inf"),
        ("NEWSLAKE_MAX_PAGE_BYTES", "10 MB"),
        ("NEWSLAKE_MAX_PAGE_BYTES", str(MAX_BYTES + 1)),
        ("NEWSLAKE_QUARANTINE_LIMIT", "5"),
        ("NEWSLAKE_QUARANTINE_LIMIT", "-0.1"),
    ],
)
def test_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(UsageError) as caught:
        load_settings()
    assert caught.value.what.startswith(f"{name}={value!r} is not valid: ")
    assert caught.value.remedy.startswith("Set it to a valid value or remove it")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("where", ["environment", "file"])
def test_misspelt_variable_is_not_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    if where == "environment":
        monkeypatch.setenv("NEWSLAKE_WORKER", "4")
    else:
        (tmp_path / ".env").write_text("NEWSLAKE_WORKER=4\n", "utf-8")

    with pytest.raises(UsageError, match=r"NEWSLAKE_WORKER is not a setting\. Did you mean NEWSLAKE_WORKERS\?"):
        load_settings()


def test_variables_of_others_are_no_business_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLAKE_S3_IMAGE", "seaweedfs")
    monkeypatch.setenv("WORKER", "4")

    assert load_settings() == Settings()


def test_env_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"NEWSLAKE_LAKE=\xff\xfe\n")

    with pytest.raises(UsageError, match=r"\.env is not UTF-8"):
        load_settings()


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_error_is_one_line_and_survives_pickling() -> None:
    error = UsageError("The file\nx.warc is empty.", "Give  another\none.")

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is UsageError
    assert isinstance(copy, NewslakeError)
    assert (str(copy), copy.exit_code) == ("The file x.warc is empty. Give another one.", 2)
    assert NewslakeError("a", "b").exit_code == 1
