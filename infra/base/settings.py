"""Settings: `NEWSLAKE_*` variables and `.env`. Those of S3 are boto3's own `AWS_*` variables and profiles.

`make docs` turns the texts below the fields into the table in docs/configuration.md.
"""

import difflib
import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from infra.base.choices import MAX_PROCESSES
from infra.base.errors import DEBUG_VARIABLE, UsageError
from parsers.parse import MAX_BYTES
from parsers.registry import look_in

PREFIX: Final = "NEWSLAKE_"
ENTRY_POINTS: Final = "newslake.sources"  # group in which packages offer sources
ENV_FILE: Final = ".env"  # in the working directory, as docker compose reads it
# Printable ASCII, as headers are: a mail address, or a web address with a host.
CONTACT: Final = re.compile(r"(?:mailto:)?[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+|https?://[!-.0-~]+\.[!-~]+")


class Settings(BaseModel):
    """What users may set."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)

    lake: str = Field(default="./lake", min_length=1)
    """The lake: a folder, or `s3://bucket/prefix`."""

    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=MAX_PROCESSES)
    """Number of processes that parse pages. Default: the number of processors. `ingest --processes` wins."""

    page_deadline_seconds: float = Field(default=10.0, gt=0)  # the slowest real page took 7 ms, a hostile one 27 s
    """Seconds that parsing one page may take. Then its worker is killed, and the page is quarantined as `timeout`. Real
    pages take milliseconds."""

    max_page_bytes: int = Field(default=MAX_BYTES, ge=1, le=MAX_BYTES)
    """Largest page to parse, in bytes after decoding; larger ones are quarantined as `too_large`. At most the
    default, which is the limit of the parsers."""

    # A broken layout rejects most pages of its source; a few odd pages a day are usual and no alarm.
    quarantine_limit: float = Field(default=0.05, ge=0, le=1)
    """Share of captures, 0 to 1, that may be rejected before a command exits with 3 (done, but quarantine over the
    limit). Rejected captures stay in the lake either way."""

    contact: str = ""
    """Your web or mail address, which the User-Agent shows so that publishers can reach you. Without it, no public site
    or archive is asked."""

    sources: str = ""
    """Names of the sources that `newslake up` and `newslake deploy` switch on, separated by commas. None: all schedules
    stay as they are, off at first. `--source` wins."""

    alerts: str = ""
    """Who hears when a source, a run or the disk needs a person: a web address (Slack, Mattermost, or one of yours that
    takes JSON), or a notification block of Prefect by type and name, such as `sendgrid-email/ops`. `newslake up` also
    writes each alert to a file."""

    sources_path: str = ""
    """Folders with source files of your own, separated by colons. Each `.py` file in them runs as code and is a source.
    `docs/adding-a-source.md` shows one."""

    log_format: Literal["text", "json"] = "text"
    """How commands and runs log on stderr: `json` is one object a line. `--log-format` wins."""

    allowed_private_hosts: str = ""
    """Hosts on private addresses that may be fetched from: `host:port`, separated by commas. All other private,
    loopback, link-local and metadata addresses are refused."""

    origins: str = ""
    """`host=http://address:port`, separated by commas: sends requests for the host to the address instead, without TLS.
    For a mirror or the demo site; the address counts as allowed."""

    # Customary for crawlers of single sites; news-crawl, which visits everybody, takes 9.
    host_interval_seconds: float = Field(default=1.0, ge=0, le=3600)
    """Shortest time between two requests to a host. Sources and robots files may ask for longer."""

    request_deadline_seconds: float = Field(default=30.0, gt=0)  # a page takes less than one; drip-fed ones never end
    """Seconds that a request may take, from first byte to last."""

    archive_seconds: float = Field(default=30.0, gt=0)  # at a request a second, thirty pages are one write
    """Seconds within which a fetched page is stored. A killed run loses at most this much and fetches it again."""

    request_budget: int = Field(default=2_000, ge=1)  # the largest source here publishes some 300 a day
    """Requests that a run may send for a source and day, robots files and feeds included."""

    generic: bool = False
    """Read pages of hosts without a source as well, by the generic reader. Their articles land as source `web`. Off:
    they are archived and quarantined as `unknown_source`."""

    requester_pays: bool = False
    """Read inputs from S3 buckets that make the reader pay, at your cost (`RequestPayer=requester`)."""

    cdx_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """CDX index to ask for captures before the source: `…/cdx/search/cdx`, as the Wayback Machine has it, which gives
    them at `/web/` of its host. Empty: none."""

    common_crawl_url: str = Field(default="https://data.commoncrawl.org", pattern=r"^https?://\S+$")
    """Where `newslake ingest --cc-news` finds the lists and files of CC-NEWS: Common Crawl, or a mirror of it."""

    @field_validator("contact")
    @classmethod
    def _is_reachable(cls, contact: str) -> str:
        if contact and not CONTACT.fullmatch(contact):
            raise ValueError("neither a mail address nor a web address that begins with http:// or https://")
        return contact

    @field_validator("sources_path")
    @classmethod
    def _are_folders(cls, folders: str) -> str:
        """The folders, once each and absolute: runs of Prefect's workers have other working directories."""
        found = [Path(folder).expanduser().absolute() for folder in folders.split(os.pathsep) if folder]
        for folder in found:
            try:
                any(folder.iterdir())
            except OSError as error:
                raise ValueError(f"{folder} is no folder that can be read ({error.strerror})") from error
        return os.pathsep.join(dict.fromkeys(map(str, found)))


def load_settings() -> Settings:
    """Read the environment, which wins, and `.env`; from then on, sources outside of this package are known."""
    try:
        settings = Settings.model_validate(_given({**dotenv_values(ENV_FILE, encoding="utf-8"), **os.environ}))
    except ValidationError as error:
        raise _explained(error) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{ENV_FILE} is not UTF-8 text ({error.reason})", "Save it as UTF-8.") from error
    folders = settings.sources_path.split(os.pathsep) if settings.sources_path else []
    look_in(tuple(folders), _offers(tuple(sys.path)))
    return settings


@cache  # looking takes 20 ms, and a command reads its settings several times
def _offers(_path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Name and module of each source that packages on the path offer."""
    return tuple(sorted((each.name, each.value) for each in metadata.entry_points(group=ENTRY_POINTS)))


def _given(variables: Mapping[str, str | None]) -> dict[str, str]:
    """The settings among variables, by field; what nearly names one is refused, not ignored without a word."""
    given = {}
    known = {PREFIX + field.upper(): field for field in Settings.model_fields}
    for name, value in variables.items():
        upper = name.upper()
        if upper in known:
            if value is not None:  # a line of `.env` without `=`
                given[known[upper]] = value
        elif upper.startswith(PREFIX) and upper != DEBUG_VARIABLE:
            near = difflib.get_close_matches(upper, [*known, DEBUG_VARIABLE], n=1, cutoff=0.9)
            if near:
                raise UsageError(f"{name} is not a setting", f"Did you mean {near[0]}?")
    return given


def _explained(error: ValidationError) -> UsageError:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    hint = Settings.model_fields[field].description or ""
    return UsageError(
        f"{PREFIX}{field.upper()}={first['input']!r} is not valid: {first['msg'].removeprefix('Value error, ')}",
        f"Set it to a valid value or remove it to use the default. {hint}",
    )
