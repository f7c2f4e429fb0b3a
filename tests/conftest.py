"""What every test stands on: no telemetry, no state or credentials of the person who runs them."""

import os
import tempfile

from hypothesis import settings

pytest_plugins = ["tests.browser"]

_KEPT = {"NEWSLAKE_CHROMIUM", "NEWSLAKE_REQUIRE_BROWSER"}  # these are about the tests themselves
_PREFECT_HOME = tempfile.TemporaryDirectory(prefix="newslake-prefect-", ignore_cleanup_errors=True)

# Done here, at import: Prefect and boto3 read the environment when they are imported.
for _name in list(os.environ):
    if _name.startswith(("NEWSLAKE_", "PREFECT_", "AWS_")) and _name not in _KEPT:
        del os.environ[_name]
os.environ.update(
    {
        "PREFECT_HOME": _PREFECT_HOME.name,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # A mistake in a test must never reach a real bucket.
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
)

# A busy machine is no failure. Elsewhere than in CI, hypothesis tries new examples at each run.
settings.register_profile("newslake", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("newslake")
