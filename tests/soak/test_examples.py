"""The commands of README in a real shell, one after the other, as a newcomer types them after `make demo`."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import harbour_site as harbour
from tests import sample_pages as pages
from tests.examples import IN_A_SHELL, examples
from tests.servers import free_ports

pytestmark = pytest.mark.timeout(400)
TRAPS = """trap 'kill %1' EXIT; trap 'echo "ended with $?: $BASH_COMMAND"' ERR"""


def test_the_commands_of_the_readme_work_in_a_shell(tmp_path: Path) -> None:
    (block,) = [each.script for each in examples() if IN_A_SHELL in each.script]
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    script = block.replace("--serve &", f"--serve --port {port} &").replace("http://127.0.0.1:8700", address)
    yours = {"PATH…": "pages", "NAME URL_OR_FILE…": "paper saved.html", "URL…": pages.url(0)}
    for word, own in (yours | {"ARTICLE_ID_OR_URL": pages.url(0)}).items():
        script = script.replace(word, own)
    waited = f"until (: >/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done"  # what a person does not notice
    script = script.replace("export NEWSLAKE_ORIGINS", f"{waited}\nexport NEWSLAKE_ORIGINS", 1)
    pages.write_folder(tmp_path / "pages", 4)
    (tmp_path / "saved.html").write_text(harbour.article(1))
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state"), "NEWSLAKE_HOST_INTERVAL_SECONDS": "0.001"}
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "activate").write_text(f"PATH={Path(sys.executable).parent}:$PATH\n")
    shell = subprocess.Popen(
        ["bash", "-uc", f"{TRAPS}\n{script}"], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = shell.communicate(timeout=300)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
    assert re.findall("^ended with .*", said, re.MULTILINE) == [], said
    assert "Traceback" not in said
