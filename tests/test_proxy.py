"""Does the file for nginx let through what it should, and nothing else? Asked of a real nginx."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis
from requests.adapters import HTTPAdapter

from bot.local.ports import free_port
from bot.simulator.server import SimulatorServer
from tests.e2e.processes import HOME, SECRET, Processes, environment, wait_for

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
OPENSSL = shutil.which("openssl")
CONF = HOME / "deploy" / "nginx" / "semaforo.conf"
KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256"
HOOK = "/webhooks/freshdesk/acelera"

pytestmark = [
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is not on this machine"),
    pytest.mark.xdist_group("proxy"),
    pytest.mark.filterwarnings("ignore:Unverified HTTPS request"),
]


class FromElsewhere(HTTPAdapter):
    """Call from another address of this machine's loopback."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, source_address=("127.0.0.2", 0))


class Proxy:
    """Call Semáforo through the proxy."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url, self.folder = f"https://127.0.0.1:{port}", folder
        self.http = requests.Session()
        self.http.trust_env, self.http.verify = False, False

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send one request, following no redirect."""
        headers = {"Host": "semaforo.example.pe"} | more.pop("headers", {})
        return self.http.request(
            method, self.url + path, headers=headers, allow_redirects=False, timeout=10, **more
        )


def write_conf(folder: Path, port: int, web_port: int) -> Path:
    """Write a configuration around the file as it is shipped, on ports and certificates of this test."""
    make = f"req -x509 {KEY} -nodes -subj /CN=x -keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
    subprocess.run([str(OPENSSL), *make.split()], check=True, capture_output=True, timeout=30)
    shipped = CONF.read_text(encoding="utf-8").replace("/etc/ssl/semaforo", str(folder))
    shipped = shipped.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "127.0.0.1:8000", f"127.0.0.1:{web_port}"
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"""
        daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{ access_log {folder}/access.log; {temporary}
        {shipped} }}"""
    path = folder / "nginx.conf"
    path.write_text(whole if os.geteuid() else f"user root;{whole}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def proxy(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Start web and nginx as real processes."""
    folder = tmp_path_factory.mktemp("proxy")
    port, web_port = free_port(), free_port()
    with SimulatorServer() as simulator, Redis.from_url(valkey_url) as redis:
        redis.flushall()
        processes = Processes(environment(simulator.url, valkey_url, web_port), folder)
        conf = write_conf(folder, port, web_port)
        processes.start("web")
        nginx = subprocess.Popen([str(NGINX), "-p", folder, "-c", conf], stderr=subprocess.DEVNULL)
        try:
            found = Proxy(port, folder)
            wait_for("web behind the proxy", lambda: is_up(found))
            yield found
        finally:
            nginx.terminate()
            nginx.wait(10)
            processes.stop_all()


def is_up(proxy: Proxy) -> bool:
    try:
        return proxy.call("GET", "/healthz").status_code == 200
    except requests.RequestException:
        return False


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("POST", HOOK, {"headers": {"X-Webhook-Secret": SECRET}, "json": {"ticket_id": 7}}, 202),
        ("POST", f"{HOOK}/{SECRET}", {"json": {"ticket_id": 7}}, 202),
        ("POST", HOOK, {"json": {"ticket_id": 7}}, 401),
        ("POST", HOOK, {"headers": {"X-Webhook-Secret": SECRET}, "data": b"x" * 300_000}, 413),
        ("GET", HOOK, {}, 405),
        ("GET", "/ops/", {}, 303),
        ("GET", "/ops/entrar", {}, 200),
        ("GET", "/static/ops.css", {}, 200),
        ("GET", "/metrics", {}, 200),
        ("GET", "/", {}, 404),
        ("GET", "/metrics/", {}, 404),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_passes(proxy: Proxy, method: str, path: str, more: dict[str, Any], status: int) -> None:
    assert proxy.call(method, path, **more).status_code == status


def test_metrics_are_for_this_machine(proxy: Proxy) -> None:
    with requests.Session() as session:
        session.trust_env, session.verify = False, False
        session.mount("https://", FromElsewhere())
        assert session.get(f"{proxy.url}/metrics", timeout=10).status_code == 403
        assert session.get(f"{proxy.url}/healthz", timeout=10).status_code == 200


def test_a_login_through_https_gets_a_cookie_for_https_alone(proxy: Proxy) -> None:
    page = proxy.call("GET", "/ops/entrar")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    form = {"csrf_token": token[1], "clave": "una contraseña"}
    entered = proxy.call("POST", "/ops/entrar", data=form)
    proxy.http.cookies.clear()
    assert entered.status_code == 303
    assert "Secure" in entered.headers["Set-Cookie"]
    assert "max-age" in entered.headers["Strict-Transport-Security"]


def test_no_secret_stands_in_the_proxys_log(proxy: Proxy) -> None:
    proxy.call("POST", f"{HOOK}/{SECRET}", json={"ticket_id": 7})
    proxy.call("GET", "/ops/entrar")
    log = proxy.folder / "access.log"
    wait_for("a line in the proxy's log", lambda: "/ops/entrar" in log.read_text(encoding="utf-8"))
    assert SECRET not in log.read_text(encoding="utf-8")


def test_guessing_is_slowed_down(proxy: Proxy) -> None:
    found = {proxy.call("GET", "/ops/entrar").status_code for _ in range(30)}
    assert found == {200, 503}
