"""What every test stands on: no telemetry, and no settings, state or credentials of the person who runs the tests."""

import os
import tempfile

from hypothesis import settings

# These are about the tests themselves.
_KEPT = {"NEWSLAKE_CHROMIUM", "NEWSLAKE_HYPOTHESIS", "NEWSLAKE_REQUIRE_PROGRAMS", "NEWSLAKE_SCREENSHOTS"}
_STATE = tempfile.TemporaryDirectory(prefix="newslake-state-", ignore_cleanup_errors=True)

# Done at import, as a plugin of conftest.py: Prefect reads the environment when it is imported.
for _name in list(os.environ):
    if _name.startswith(("NEWSLAKE_", "PREFECT_", "AWS_")) and _name not in _KEPT:
        del os.environ[_name]
os.environ.update(
    {
        "XDG_STATE_HOME": _STATE.name,  # else a run waits for the locks of whoever else tests on this machine
        "PREFECT_HOME": f"{_STATE.name}/prefect",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # DO_NOT_TRACK alone does not stop the server's telemetry
        "DO_NOT_TRACK": "1",
        # Without credentials, a mistake in a test can't reach a real bucket.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
)

# A busy machine is no failure. Outside CI, hypothesis tries new examples at each run; `make soak` tries many: of forty,
# those of the dearest tests, each of which makes a dozen lakes, take seven seconds.
_PROFILE = os.environ.get("NEWSLAKE_HYPOTHESIS", "quick")
for _name, _examples in {"quick": 10, "thorough": 40}.items():
    settings.register_profile(
        _name, max_examples=_examples, deadline=None, derandomize="CI" in os.environ, print_blob=True
    )
settings.load_profile(_PROFILE)
