"""Settings: `NEWSLAKE_*` variables and `.env`, read once into a frozen object.

The descriptions are the documentation: `make docs` prints them as the table in docs/configuration.md.
S3 credentials, region and endpoint are no settings of ours: boto3's own `AWS_*` variables and profiles hold.
"""

import difflib
import os
from typing import Annotated, Final

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.base.errors import DEBUG_VARIABLE, UsageError
from parsers.parse import MAX_BYTES

PREFIX: Final = "NEWSLAKE_"
ENV_FILE: Final = ".env"  # in the working directory, as docker compose reads it


class Settings(BaseSettings):
    """What a user may set. Frozen; the environment wins over `.env`, which wins over the defaults."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    lake: Annotated[str, Field(min_length=1, description="Where the lake is: a folder, or `s3://bucket/prefix`.")] = (
        "./lake"
    )
    workers: Annotated[
        int,
        # 512 processes of some 100 MB each are beyond any one machine this is meant for: a larger number is a slip.
        Field(ge=1, le=512, description="Processes that parse pages. Default: the processors of this machine."),
    ] = Field(default_factory=lambda: os.cpu_count() or 1)
    page_deadline_seconds: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Seconds a page may take to parse before its worker is killed and the page is quarantined as "
            "`timeout`. Real pages take milliseconds.",
        ),
    ] = 10.0  # the slowest real page measured took 7 ms, a hostile one 27 s
    max_page_bytes: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_BYTES,
            description="Largest page that is parsed, bytes after decoding; larger ones become `too_large`. At most "
            f"{MAX_BYTES}, the limit of the parsers themselves.",
        ),
    ] = MAX_BYTES
    quarantine_limit: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="Share of captures, 0 to 1, that may be rejected before a command exits with 3 (done, with "
            "quarantine over the limit). Nothing is lost either way: rejected captures stay in the lake.",
        ),
    ] = 0.05  # a broken layout rejects most pages of its source; a few odd pages a day are usual and no alarm
    contact: Annotated[
        str,
        Field(
            pattern=r"^[\x21-\x7e]*$",
            description="Web or mail address that is part of the User-Agent, so that a publisher can reach you. Set it "
            "before you fetch from sites that are not yours.",
        ),
    ] = ""
    allowed_private_hosts: Annotated[
        str,
        Field(
            description="`host:port` of hosts on private addresses that may be fetched from, separated by commas. "
            "All other private, loopback, link-local and metadata addresses are refused."
        ),
    ] = ""
    origins: Annotated[
        str,
        Field(
            description="`host=http://address:port`, separated by commas: requests for the host go there instead, "
            "without TLS. For a mirror or the demo site; the address counts as allowed."
        ),
    ] = ""
    host_interval_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=3600,
            allow_inf_nan=False,
            description="Least time between two requests to one host. A source or a robots file may ask for more.",
        ),
    ] = 1.0  # what crawlers of single sites do by custom; news-crawl, which visits everybody, takes 9
    max_crawl_delay_seconds: Annotated[
        float,
        Field(ge=0, allow_inf_nan=False, description="Cap on the Crawl-delay of robots files; cutting one is logged."),
    ] = 120.0  # news-crawl's cap: above it a day of a source takes longer than a day
    request_deadline_seconds: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="Seconds a request may take from its first byte to its last."),
    ] = 30.0  # a news page takes below one; drip-fed ones never end
    archive_seconds: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Seconds after which a fetched page is stored at the latest: a killed run asks for it again.",
        ),
    ] = 30.0  # at a request a second, thirty pages are one write
    request_budget: Annotated[
        int,
        Field(ge=1, description="Requests that a run may send for one source and day, robots and feeds included."),
    ] = 2_000  # the largest source here publishes some 300 a day
    cdx_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+)?$",
            description="CDX index that is asked for captures before the network: `…/cdx/search/cdx` of the Wayback "
            "Machine's kind, or `…/CC-MAIN-…-index` of Common Crawl's. Empty: none.",
        ),
    ] = ""
    cdx_pages_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+)?$",
            description="Where the captures of the CDX index are: `https://web.archive.org/web/` or "
            "`https://data.commoncrawl.org/`. Empty: as the index's own host has it.",
        ),
    ] = ""


def load_settings() -> Settings:
    """Read the environment and `.env`.

    Returns:
        The settings, checked.

    Raises:
        UsageError: a value is wrong, a variable is misspelt, or `.env` is not UTF-8; names the variable.
    """
    try:
        _refuse_misspelt_names()
        return Settings()
    except ValidationError as error:
        raise _explained(error) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{ENV_FILE} is not UTF-8 text ({error.reason})", "Save it as UTF-8.") from error


def _refuse_misspelt_names() -> None:
    """A variable that nearly names a setting would be ignored, and the default used, without a word."""
    known = [DEBUG_VARIABLE, *(PREFIX + field.upper() for field in Settings.model_fields)]
    for name in {*dotenv_values(ENV_FILE, encoding="utf-8"), *os.environ}:
        if not name.upper().startswith(PREFIX) or name.upper() in known:
            continue
        if near := difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.9):
            raise UsageError(f"{name} is not a setting", f"Did you mean {near[0]}?")


def _explained(error: ValidationError) -> UsageError:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    hint = Settings.model_fields[field].description or ""
    return UsageError(
        f"{PREFIX}{field.upper()}={first['input']!r} is not valid: {first['msg']}",
        f"Set it to a valid value or remove it to use the default. {hint}",
    )
