"""Do the files for production say what the product needs?"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings

HOME = Path(__file__).parent.parent
UNITS = HOME / "deploy" / "systemd"
COMMON = UNITS / "semaforo-.service.d" / "common.conf"
SERVICES = sorted(UNITS.glob("*.service"))
VERIFY = shutil.which("systemd-analyze")


def values(path: Path, key: str) -> list[str]:
    """Return every value a unit gives to a key."""
    return re.findall(rf"^{key}=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_process_of_the_procfile_has_a_unit() -> None:
    procfile = (HOME / "Procfile").read_text(encoding="utf-8")
    wanted = {line.split(": ", 1)[1] for line in procfile.splitlines() if not line.startswith("#")}
    started = {
        value.removeprefix("/opt/semaforo/.venv/bin/")
        for one in SERVICES
        for value in values(one, "ExecStart")
    }
    assert started == wanted
    named = {re.sub(r"@\d+", "@", name) for name in values(UNITS / "semaforo.target", "Wants")[0].split()}
    assert named == {one.name for one in SERVICES}


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_secrets_come_as_credentials_that_the_settings_understand(service: Path, tmp_path: Path) -> None:
    loaded = [
        value.partition(":")[0] for path in (COMMON, service) for value in values(path, "LoadCredential")
    ]
    variables = dict(value.split("=") for path in (COMMON, service) for value in values(path, "Environment"))
    assert {f"%d/{name}" for name in loaded} == {one for one in variables.values() if one.startswith("%d/")}
    assert variables["STOP_FILE"].startswith(f"/var/lib/{values(COMMON, 'StateDirectory')[0]}/")
    for name in loaded:
        (tmp_path / name).write_text("unix:///run/redis-of-the-machine")
        (tmp_path / name).chmod(0o400)
    environ = {name: value.replace("%d", str(tmp_path)) for name, value in variables.items()}
    rest = {"PORTAL_ACELERA_DOMAIN": "acelera.freshdesk.com", "RULES_DIR": str(HOME / "rules")}
    found = read_settings(environ | rest)
    assert (found.redis_url, found.portals["acelera"].api_key) == ("unix:///run/redis-of-the-machine",) * 2
    assert (found.ops_password is not None) == (service.stem == "semaforo-web")
    with pytest.raises(SettingsError):
        read_settings(rest)


def test_a_stop_reaches_the_worker_alone() -> None:
    assert values(COMMON, "KillMode") == ["mixed"]
    assert values(COMMON, "Restart") == ["always"]


@pytest.mark.skipif(VERIFY is None, reason="systemd is not on this machine")
def test_systemd_takes_the_units_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for service in folder.glob("*.service"):  # the program is not installed here
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", service.read_text(), flags=re.MULTILINE)
        service.write_text(text)
    done = subprocess.run(
        [str(VERIFY), "verify", "--man=no", str(folder / "semaforo.target")],
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "semaforo" not in done.stderr, done.stderr
