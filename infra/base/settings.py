"""Settings: `NEWSLAKE_*` variables and `.env`, read once into a frozen object.

`make docs` turns the descriptions into the table in docs/configuration.md.
S3 credentials, region and endpoint come from boto3's own `AWS_*` variables and profiles.
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
    """What users may set. The environment wins over `.env`, which wins over the defaults."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    lake: Annotated[str, Field(min_length=1, description="The lake: a folder, or `s3://bucket/prefix`.")] = "./lake"
    workers: Annotated[
        int,
        # 512 processes of about 100 MB each are more than one machine holds: a larger number is a slip.
        Field(ge=1, le=512, description="Number of processes that parse pages. Default: the number of processors."),
    ] = Field(default_factory=lambda: os.cpu_count() or 1)
    page_deadline_seconds: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Seconds that parsing one page may take. Then its worker is killed, and the page is "
            "quarantined as `timeout`. Real pages take milliseconds.",
        ),
    ] = 10.0  # the slowest real page measured took 7 ms, a hostile one 27 s
    max_page_bytes: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_BYTES,
            description="Largest page to parse, in bytes after decoding; larger ones are quarantined as `too_large`. "
            f"At most {MAX_BYTES}, the limit of the parsers.",
        ),
    ] = MAX_BYTES
    quarantine_limit: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="Share of captures, 0 to 1, that may be rejected before a command exits with 3 (done, but "
            "quarantine over the limit). Rejected captures stay in the lake either way.",
        ),
    ] = 0.05  # a broken layout rejects most pages of its source; a few odd pages a day are usual and no alarm
    contact: Annotated[
        str,
        Field(
            pattern=r"^[\x21-\x7e]*$",
            description="Your web or mail address, which the User-Agent shows so that publishers can reach you. Set "
            "it before you fetch from other people's sites.",
        ),
    ] = ""
    allowed_private_hosts: Annotated[
        str,
        Field(
            description="Hosts on private addresses that may be fetched from: `host:port`, separated by commas. "
            "All other private, loopback, link-local and metadata addresses are refused."
        ),
    ] = ""
    origins: Annotated[
        str,
        Field(
            description="`host=http://address:port`, separated by commas: sends requests for the host to the address "
            "instead, without TLS. For a mirror or the demo site; the address counts as allowed."
        ),
    ] = ""
    host_interval_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=3600,
            allow_inf_nan=False,
            description="Shortest time between two requests to a host. Sources and robots files may ask for longer.",
        ),
    ] = 1.0  # customary for crawlers of single sites; news-crawl, which visits everybody, takes 9
    max_crawl_delay_seconds: Annotated[
        float,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="Cap on the Crawl-delay of robots files; a longer one is logged.",
        ),
    ] = 120.0  # news-crawl's cap: above it a day of a source takes longer than a day
    request_deadline_seconds: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="Seconds that a request may take, from first byte to last."),
    ] = 30.0  # a news page takes less than one; drip-fed ones never end
    archive_seconds: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Seconds within which a fetched page is stored. A killed run loses at most this much and "
            "fetches it again.",
        ),
    ] = 30.0  # at a request a second, thirty pages are one write
    request_budget: Annotated[
        int,
        Field(ge=1, description="Requests that a run may send for a source and day, robots files and feeds included."),
    ] = 2_000  # the largest source here publishes some 300 a day
    cdx_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+)?$",
            description="CDX index to ask for captures before the source: `…/cdx/search/cdx` as the Wayback Machine "
            "has it, or `…/CC-MAIN-…-index` as Common Crawl has it. Empty: none.",
        ),
    ] = ""
    cdx_pages_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+)?$",
            description="Address of the index's captures: `https://web.archive.org/web/` or "
            "`https://data.commoncrawl.org/`. Empty: derived from the index's host.",
        ),
    ] = ""


def load_settings() -> Settings:
    """Read the environment and `.env`; a wrong value, misspelt variable or non-UTF-8 file is a UsageError."""
    try:
        _refuse_misspelt_names()
        return Settings()
    except ValidationError as error:
        raise _explained(error) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{ENV_FILE} is not UTF-8 text ({error.reason})", "Save it as UTF-8.") from error


def _refuse_misspelt_names() -> None:
    """Refuse what nearly names a setting: it would be ignored, and the default used, without a word."""
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
