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


def test_all_has_a_default_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.lake, settings.workers, settings.max_page_bytes) == ("./lake", os.cpu_count(), MAX_BYTES)
    lines = ("NEWSLAKE_LAKE=s3://file/lake", "newslake_workers=3", "NEWSLAKE_CONTACT", "AWS_REGION=eu")
    (tmp_path / ".env").write_text("\n".join(lines), "utf-8")
    monkeypatch.setenv("NEWSLAKE_LAKE", "s3://environment/lake")
    settings = load_settings()
    assert (settings.lake, settings.workers, settings.contact) == ("s3://environment/lake", 3, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSLAKE_LAKE", ""),
        ("NEWSLAKE_WORKERS", "many"),
        ("NEWSLAKE_PAGE_DEADLINE_SECONDS", "0"),
        ("NEWSLAKE_PAGE_DEADLINE_SECONDS", "nan"),
        ("NEWSLAKE_MAX_PAGE_BYTES", "10 MB"),
        ("NEWSLAKE_MAX_PAGE_BYTES", str(MAX_BYTES + 1)),
        ("NEWSLAKE_QUARANTINE_LIMIT", "5"),
        ("NEWSLAKE_SOURCES_PATH", "no-such-folder"),
        ("NEWSLAKE_SOURCES_PATH", f".:{__file__}"),  # a file
        ("NEWSLAKE_CONTACT", "me"),
        ("NEWSLAKE_CONTACT", "me@localhost"),
        ("NEWSLAKE_CONTACT", "https://"),
        ("NEWSLAKE_CONTACT", "ftp://lake.example"),
        ("NEWSLAKE_CONTACT", "me@lake.example or so"),
    ],
)
def test_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert caught.value.what.startswith(f"{name}={value!r} is not valid: ")
    assert caught.value.remedy.startswith("Set it to a valid value or remove it")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("contact", ["me+bot@lake.example", "https://lake.example", "http://lake.example/@me?a=b"])
def test_a_contact_is_a_mail_address_or_a_web_address(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("NEWSLAKE_CONTACT", contact)
    assert load_settings().contact == contact


@pytest.mark.parametrize("in_file", [True, False])
def test_only_a_misspelt_setting_is_refused(in_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def put(*names: str) -> None:
        if in_file:
            (tmp_path / ".env").write_text("".join(f"{name}=4\n" for name in names), "utf-8")
            return
        for name in names:
            monkeypatch.setenv(name, "4")

    put("NEWSLAKE_DEBUG", "NEWSLAKE_S3_IMAGE", "WORKER")
    assert load_settings() == Settings()
    put("NEWSLAKE_WORKER")
    with pytest.raises(UsageError, match=r"NEWSLAKE_WORKER is not a setting\. Did you mean NEWSLAKE_WORKERS\?"):
        load_settings()


def test_env_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"NEWSLAKE_LAKE=\xff\xfe\n")
    with pytest.raises(UsageError, match=r"\.env is not UTF-8"):
        load_settings()


def test_error_is_one_line_and_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(UsageError("The file\nx.warc is empty.", "Give  another\none.")))  # noqa: S301
    assert (type(copy), str(copy)) == (UsageError, "The file x.warc is empty. Give another one.")
    assert (copy.exit_code, NewslakeError("a", "b").exit_code) == (2, 1)
