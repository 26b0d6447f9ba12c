"""Secrets come from variables or files, and show nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import SettingsError, read_settings
from bot.settings.ops_users import user_line

from .test_settings import HOOK, KEY, REAL, problems, read


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)


SECRETS = [
    "PORTAL_ACELERA_API_KEY",
    "PORTAL_ACELERA_WEBHOOK_SECRET",
    "OPS_PASSWORD",
    "SECRET_KEY",
    "REDIS_URL",
]
TEXT = "unix://un-secreto-de-archivo"  # a secret and, for Redis, a place


def secret_file(folder: Path, text: str | bytes, mode: int = 0o640) -> str:
    path = folder / "secreto"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_from_files(tmp_path: Path, name: str) -> None:
    path = secret_file(tmp_path, f"  {TEXT}\n")
    found = read(**{name: None, f"{name}_FILE": path})
    portal = found.portals["acelera"]
    given = (portal.api_key, *portal.webhook_secrets, found.ops_password, found.secret_key, found.redis_url)
    assert TEXT in given


def test_people_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    line = user_line("rosa", "una clave larga")
    assert list(read(OPS_USERS_FILE=secret_file(tmp_path, line)).ops_users) == ["rosa"]
    (problem,) = problems(OPS_USERS_FILE=secret_file(tmp_path, "rosa:clave"))
    assert problem.startswith("OPS_USERS_FILE: line 1: no scrypt hash")
    (problem,) = problems(OPS_USERS_FILE=secret_file(tmp_path, line, 0o644))
    assert "can be read by everybody" in problem


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_given_twice(tmp_path: Path, name: str) -> None:
    path = secret_file(tmp_path, TEXT)
    (problem,) = problems(**{name: "unix://otro-secreto-directo", f"{name}_FILE": path})
    assert problem == f"{name}: given twice, also as {name}_FILE; keep one"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        pytest.param("un-secreto-de-archivo", 0o644, "can be read by everybody", id="world-readable"),
        pytest.param("", 0o600, "is empty", id="empty"),
        pytest.param(" \n ", 0o600, "is empty", id="blank"),
        pytest.param(b"\xff\xfe\x00", 0o600, "not text", id="binary"),
    ],
)
def test_bad_secret_files(tmp_path: Path, text: str | bytes, mode: int, said: str) -> None:
    found = problems(OPS_PASSWORD_FILE=secret_file(tmp_path, text, mode))
    assert len(found) == 1
    assert found[0].startswith("OPS_PASSWORD_FILE: ")
    assert said in found[0]


@pytest.mark.parametrize(("path", "said"), [("no/existe", "No such file"), ("bot", "Is a directory")])
def test_secret_files_that_cannot_be_read(path: str, said: str) -> None:
    (problem,) = problems(SECRET_KEY_FILE=path)
    assert said in problem


def test_secrets_never_show() -> None:
    found = read(
        OPS_PASSWORD="clave-de-ops", SECRET_KEY="clave-de-sesion", SENTRY_DSN="https://clave-sentry@s.example/1",
        REDIS_URL="redis://:clave-redis@localhost",
    )  # fmt: skip
    shown = f"{found!r} {found} {found.portals['acelera']!r}"
    assert "acelera.freshdesk.com" in shown
    assert [
        s for s in (KEY, HOOK, "clave-de-ops", "clave-de-sesion", "clave-sentry", "clave-redis") if s in shown
    ] == []


@settings(max_examples=200, deadline=None)
@given(secret=st.text(st.characters(codec="utf-8"), min_size=4, max_size=30).map(lambda s: f"¡{s}!"))
def test_no_error_message_holds_a_secret(secret: str) -> None:
    named = dict.fromkeys(SECRETS, secret) | {
        "REDIS_URL": f"http://:{secret}@redis.example", "PORT": "x", "PORTAL_ACELERA_DOMAIN": None,
        "PORTAL_ACELERA_URL": f"ftp://u:{secret}@evil.example", "SENTRY_DSN": secret,
    }  # fmt: skip
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value for name, value in (REAL | named).items() if value is not None})
    assert secret not in str(caught.value)
