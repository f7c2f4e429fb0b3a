"""What the image installs, and that it runs: the steps of the Dockerfile, as far as they need no container engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sample_pages as pages

pytestmark = pytest.mark.timeout(900)  # some hundred wheels come from the index
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "infra" / "deployment"
STEPS = (FOLDER / "Dockerfile").read_text("utf-8").replace("\\\n", "").split("\nFROM ")[1].splitlines()
OF_THE_INDEX = re.compile(r"PIP_|SSL_CERT_|REQUESTS_CA_BUNDLE|\w+_PROXY", re.IGNORECASE)
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


def shell(command: str, folder: Path, path: Path, **variables: str) -> str:
    """What a command prints that finds its programs in a folder first, then in those of the system."""
    environment = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(folder), **variables}
    index = {name: value for name, value in os.environ.items() if OF_THE_INDEX.match(name)}
    done = subprocess.run(
        ["sh", "-euc", command], cwd=folder, env=index | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first stage of the Dockerfile installs, from nothing but what it copies."""
    folder = tmp_path_factory.mktemp("image")
    (folder / "build").mkdir()
    subprocess.run([sys.executable, "-m", "venv", folder / "tools"], check=True)
    for step in STEPS:
        instruction, _, words = step.partition(" ")
        if instruction == "COPY":
            *copied, to = words.split()
            for name in copied:
                where = folder / "build" / to
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, where, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, where)
        elif instruction == "RUN":
            command = re.sub(r"--mount=\S+ +|--cache-dir \S+", "", words)  # the cache is pip's own here
            command = command.replace("/opt/newslake", f"{folder}/newslake")
            home = str(Path.home())  # with pip's settings
            shell(command, folder / "build", folder / "tools" / "bin", HOME=home)
    return folder / "newslake" / "bin"


def test_what_is_installed_is_whole_and_does_its_work_behind_the_entry_point(programs: Path, tmp_path: Path) -> None:
    listed = shell(f"git -C {ROOT} ls-files flows parsers", tmp_path, programs).split()
    (installed,) = programs.parent.glob("lib/python3*/site-packages")
    assert [name for name in listed if not (installed / name).exists()] == []
    pages.write_folder(tmp_path / "pages", 3)
    (tmp_path / "secret").write_text("user:password\n")
    work = f"{FOLDER}/entrypoint.sh newslake"
    shell(f"{work} ingest pages", tmp_path, programs, NEWSLAKE_LAKE="lake")
    assert "3 articles" in shell(f"{work} status --all", tmp_path, programs, NEWSLAKE_LAKE="lake")
    assert shell(f"{FOLDER}/entrypoint.sh prefect version", tmp_path, programs)
    told = shell(
        f"{FOLDER}/entrypoint.sh sh -c 'echo $PREFECT_API_AUTH_STRING'", tmp_path, programs,
        PREFECT_API_AUTH_STRING_FILE=str(tmp_path / "secret"),
    )  # fmt: skip
    assert told == "user:password\n"


def test_the_documents_install_what_the_image_does() -> None:
    typed = re.findall(r"^/opt/newslake/bin/pip install (.*)$", OPERATIONS, re.MULTILINE)
    assert typed
    steps = " ".join(STEPS).split()
    for words in typed:
        wanted = set(words.replace("infra/deployment/", "").split()) - {"--force-reinstall"}  # an upgrade has it
        assert wanted <= set(steps)
