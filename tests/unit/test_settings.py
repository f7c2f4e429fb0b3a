"""Settings: where they come from, and what is said about wrong ones."""

import os
import pickle
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("NEWSLAKE_WORKER", "NEWSLAKE_WORKERS"),
        ("NEWSLAKE_DEBUGG", "NEWSLAKE_DEBUG"),
        ("NEWSLAKE_DEBUG", None),
        ("NEWSLAKE_S3_IMAGE", None),
        ("WORKER", None),
    ],
)
@pytest.mark.parametrize("in_file", [True, False])
def test_only_a_misspelt_setting_is_refused(
    name: str, meant: str | None, in_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if in_file:
        (tmp_path / ".env").write_text(f"{name}=4\n", "utf-8")
    else:
        monkeypatch.setenv(name, "4")
    if meant is None:
        assert load_settings() == Settings()
        return
    with pytest.raises(UsageError, match=rf"{name} is not a setting\. Did you mean {meant}\?"):
        load_settings()


def test_env_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"NEWSLAKE_LAKE=\xff\xfe\n")

    with pytest.raises(UsageError, match=r"\.env is not UTF-8"):
        load_settings()


def test_error_is_one_line_and_survives_pickling() -> None:
    error = UsageError("The file\nx.warc is empty.", "Give  another\none.")

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is UsageError
    assert isinstance(copy, NewslakeError)
    assert (str(copy), copy.exit_code) == ("The file x.warc is empty. Give another one.", 2)
    assert NewslakeError("a", "b").exit_code == 1
