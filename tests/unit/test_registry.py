from collections.abc import Iterator
from pathlib import Path

import pytest

import parsers.sources
from parsers import registry
from parsers.source.definition import Source

GOOD = """
import re
from parsers.source.definition import Source
SOURCE = Source(name="{name}", title="T", hosts={hosts}, language="en", timezone="UTC", version=1,
                signature=(re.compile("From {name}"), re.compile("By {name}")))
"""


def forget() -> None:
    registry._load.cache_clear()
    registry._hosts.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is looked for sources instead of the package's own."""
    monkeypatch.setattr(parsers.sources, "__path__", [str(tmp_path)])
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def write(folder: Path, name: str, *hosts: str) -> None:
    (folder / f"{name}.py").write_text(GOOD.format(name=name, hosts=hosts))


def test_source_is_found_by_name_and_by_the_closest_host(folder: Path) -> None:
    write(folder, "zza", "example.com")
    write(folder, "zzb", "live.example.com")
    assert registry.by_name("zza") is registry.sources()["zza"]
    assert (registry.by_name("zzz"), registry.by_name(None)) == (None, None)
    hosts = ("example.com", "www.example.com", "a.live.example.com", "badexample.com", "com", "", None)
    found = [registry.by_host(host) for host in hosts]
    assert [source and source.name for source in found] == ["zza", "zza", "zzb", None, None, None, None]


def test_country_is_that_of_the_folder_whatever_its_sources_are_called(folder: Path) -> None:
    for country in ("is", "fr"):
        (folder / country).mkdir()
    write(folder / "is", "zza", "a.example")  # a keyword
    write(folder, "fr", "f.example")
    write(folder / "fr", "is", "i.example")
    write(folder, "zzb", "b.example")
    (folder / "zzb.py").write_text((folder / "zzb.py").read_text().replace("version=1", 'version=1, country="no"'))
    (folder / "zzpack").mkdir()
    (folder / "zzpack" / "__init__.py").write_text(
        "from parsers.sources.zzpack.hosts import HOSTS" + GOOD.format(name="zzpack", hosts="HOSTS")
    )
    (folder / "zzpack" / "hosts.py").write_text("HOSTS = ('p.example',)")
    assert {name: source.country for name, source in registry.sources().items()} == {
        "zza": "is", "fr": None, "is": "fr", "zzb": "no", "zzpack": None
    }  # fmt: skip
    assert registry.by_host("p.example") is registry.sources()["zzpack"]
    assert registry.broken() == {}


def test_country_that_is_not_that_of_its_folder_is_refused(folder: Path) -> None:
    (folder / "is").mkdir()
    write(folder / "is", "zza")
    (folder / "is" / "zza.py").write_text(GOOD.format(name="zza", hosts=()).replace("version=1", 'country="no"'))
    assert registry.broken()["zza"].error == "ValueError: country='no' is not that of its folder, is"


def test_source_is_found_by_content_unless_two_claim_it(folder: Path) -> None:
    write(folder, "zza")
    write(folder, "zzb")
    found = [registry.by_content(text) for text in ("From zza", "By zza", "From zzc", "From zza. By zzb")]
    assert [source and source.name for source in found] == ["zza", "zza", None, None]


@pytest.mark.parametrize(
    ("name", "zone", "error"),
    [
        *((name, "UTC", "must match") for name in ("", "_x", "A", "a-b", "../a", "ä")),
        *(
            ("a", zone, "is no IANA time zone")
            for zone in ("", "Mars/Base", "../etc/passwd", "/etc/localtime", "Europe")
        ),
    ],
)
def test_l06_name_that_is_no_partition_value_or_zone_that_is_none_is_refused(name: str, zone: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        Source(name=name, title="T", hosts=(), language="en", timezone=zone, version=1)
