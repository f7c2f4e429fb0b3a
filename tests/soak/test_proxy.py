"""infra/deployment/Caddyfile in the Caddy of Debian: TLS, and no request of another site's pages, no frame in one."""

import os
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.programs import require
from tests.servers import Answer, free_ports, scripted_server, wait_for

CADDYFILE = Path(__file__).parents[2] / "infra/deployment/Caddyfile"
START_SECONDS = 60.0
# On this machine alone: nothing on port 80, no certificate for the whole machine, no port to steer it by.
HERE = "{\n\tauto_https disable_redirects\n\tskip_install_trust\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n"


@dataclass(frozen=True)
class Proxy:
    """A running Caddy, and the certificate of the authority that it has made for itself."""

    url: str
    authority: Path

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.authority)) as answer:
                assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy before a server that answers with the host that it was asked for."""
    require("caddy", "caddy")
    folder = tmp_path_factory.mktemp("caddy")
    (folder / "Caddyfile").write_text(HERE + CADDYFILE.read_text("utf-8"))
    host = f"localhost:{free_ports(1)[0]}"
    with scripted_server(lambda method, path, headers, body: Answer(200, headers["Host"].encode())) as server:
        names = {"NEWSLAKE_HOST": host, "PREFECT_SERVER": server.endpoint.removeprefix("http://")}
        homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["caddy", "run", "--config", "Caddyfile"], env=os.environ | names | homes, cwd=folder, stderr=log
            )
        running = Proxy(f"https://{host}", folder / "caddy/pki/authorities/local/root.crt")
        try:
            wait_for("Caddy", START_SECONDS, lambda: running.ask("/"), (folder / "log").read_text)
            yield running
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def test_programs_and_pages_of_the_server_itself_reach_it_by_its_name(proxy: Proxy) -> None:
    expected = (200, proxy.url.removeprefix("https://"))
    assert proxy.ask("/api/health") == expected
    assert proxy.ask("/api/health", Origin=proxy.url) == expected


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", "https://localhost:1"])
def test_pages_of_other_sites_do_not(proxy: Proxy, origin: str) -> None:
    assert proxy.ask("/api/flows/filter", Origin=origin) == (403, "")


def test_without_tls_there_is_nothing(proxy: Proxy) -> None:
    plain = Proxy(proxy.url.replace("https:", "http:"), proxy.authority)
    assert plain.ask("/api/health") == (400, "")
