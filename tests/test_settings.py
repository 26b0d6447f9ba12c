"""What the environment may say, and what it may not: every problem at once, and never a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings, SettingsError, read_settings

KEY, HOOK = "clave-de-api-secreta-1", "0123456789abcdef0123"
REAL = {
    "RULES_DIR": "rules",
    "PORTAL_ACELERA_DOMAIN": "acelera.freshdesk.com",
    "PORTAL_ACELERA_API_KEY": KEY,
    "PORTAL_ACELERA_WEBHOOK_SECRET": HOOK,
}
STAND_IN = {"PORTAL_ACELERA_URL": "http://127.0.0.1:9000"}


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)


def read(**changed: str | None) -> Settings:
    merged = REAL | changed
    return read_settings({name: value for name, value in merged.items() if value is not None})


def problems(**changed: str | None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(**changed)
    return caught.value.problems


GOOD: list[Any] = [
    ("REDIS_URL", None, "redis_url", None),
    ("REDIS_URL", "redis://localhost:6379/0", "redis_url", "redis://localhost:6379/0"),
    ("REDIS_URL", "rediss://u:p@redis.example:6380", "redis_url", "rediss://u:p@redis.example:6380"),
    ("REDIS_URL", "unix:///run/redis.sock?db=1", "redis_url", "unix:///run/redis.sock?db=1"),
    ("RULES_DIR", None, "rules_dir", Path("rules")),
    ("RULES_DIR", "bot", "rules_dir", Path("bot")),
    ("HOST", None, "host", "127.0.0.1"),
    ("HOST", "0.0.0.0", "host", "0.0.0.0"),
    ("HOST", "::", "host", "[::]"),
    ("HOST", "[::1]", "host", "[::1]"),
    ("HOST", "localhost", "host", "localhost"),
    ("PORT", None, "port", 8000),
    ("PORT", " 8080 ", "port", 8080),
    ("PORT", "", "port", 8000),
    ("PORT", "65535", "port", 65535),
    ("WEB_THREADS", "16", "web_threads", 16),
    ("WEB_WORKERS", "4", "web_workers", 4),
    ("OPS_PASSWORD", "una clave larga", "ops_password", "una clave larga"),
    ("SECRET_KEY", "x" * 40, "secret_key", "x" * 40),
    ("EFFECT_SETTLE_SECONDS", None, "effect_settle_seconds", 60),
    ("EFFECT_SETTLE_SECONDS", "0", "effect_settle_seconds", 0),
    ("SWEEP_SECONDS", None, "sweep_seconds", 300),
    ("SWEEP_SECONDS", "1.5", "sweep_seconds", 1.5),
    ("COMPANIES_SECONDS", None, "companies_seconds", 1800),
    ("COMPANIES_SECONDS", "5", "companies_seconds", 5),
    ("COALESCE_SECONDS", None, "coalesce_seconds", 2),
    ("COALESCE_SECONDS", "0", "coalesce_seconds", 0),
    ("PUBLIC_URL", None, "public_url", None),
    ("PUBLIC_URL", "https://semaforo.example/", "public_url", "https://semaforo.example"),
    ("PUBLIC_URL", "http://127.0.0.1:8000", "public_url", "http://127.0.0.1:8000"),
    ("DRY_RUN", None, "dry_run", None),
    ("DRY_RUN", "1", "dry_run", True),
    ("DRY_RUN", "0", "dry_run", False),
    ("SENTRY_DSN", "https://k@sentry.example/1", "sentry_dsn", "https://k@sentry.example/1"),
    ("LOG_LEVEL", None, "log_level", "INFO"),
    ("LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
    ("LOG_FORMAT", None, "log_format", "json"),
    ("LOG_FORMAT", "console", "log_format", "console"),
    ("STOP_FILE", None, "stop_file", Path("var/STOP")),
    ("STOP_FILE", "/run/semaforo/stop", "stop_file", Path("/run/semaforo/stop")),
    ("WRITES_PER_HOUR", None, "writes_per_hour", 5000),
    ("WRITES_PER_HOUR", "30", "writes_per_hour", 30),
    ("RETENTION_DAYS", None, "retention_days", 90),
    ("RETENTION_DAYS", "1", "retention_days", 1),
    ("API_SHARE", None, "api_share", 0.6),
    ("API_SHARE", "1", "api_share", 1),
    ("OUTCOME_RETENTION_DAYS", None, "outcome_retention_days", 180),
    ("OUTCOME_RETENTION_DAYS", "30", "outcome_retention_days", 30),
]


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"), GOOD, ids=[f"{name}={value}" for name, value, *_ in GOOD]
)
def test_good_values(name: str, value: str | None, field: str, expected: object) -> None:
    assert getattr(read(**{name: value}), field) == expected


BAD = [
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "http://localhost"),
    ("REDIS_URL", "redis://[::1"),
    ("RULES_DIR", "no/existe"),
    ("RULES_DIR", "pyproject.toml"),
    ("HOST", "0.0.0.0:8000"),
    ("HOST", "0.0.0"),
    ("HOST", "http://127.0.0.1"),
    ("HOST", "[::1"),
    ("HOST", "-b"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "80.5"),
    ("PORT", "-1"),
    ("PORT", "ocho mil"),
    ("PORT", "nan"),
    ("PORT", "inf"),
    ("WEB_THREADS", "0"),
    ("WEB_WORKERS", "65"),
    ("EFFECT_SETTLE_SECONDS", "-1"),
    ("EFFECT_SETTLE_SECONDS", "3601"),
    ("EFFECT_SETTLE_SECONDS", "1e99"),
    ("SWEEP_SECONDS", "0"),
    ("COMPANIES_SECONDS", "0"),
    ("COALESCE_SECONDS", "301"),
    ("PUBLIC_URL", "http://semaforo.example"),
    ("PUBLIC_URL", "https://semaforo.example/path"),
    ("PUBLIC_URL", "semaforo.example"),
    ("PORTAL_ACELERA_DRY_RUN", "yes"),
    ("DRY_RUN", "yes"),
    ("DRY_RUN", "true"),
    ("LOG_LEVEL", "debug"),
    ("LOG_LEVEL", "TRACE"),
    ("LOG_FORMAT", "xml"),
    ("RETENTION_DAYS", "0"),
    ("API_SHARE", "0"),
    ("API_SHARE", "60"),
    ("API_SHARE", "60%"),
    ("RETENTION_DAYS", "1.5"),
    ("RETENTION_DAYS", "3651"),
    ("OUTCOME_RETENTION_DAYS", "0"),
    ("PORTAL_ACELERA_DOMAIN", None),
    ("PORTAL_ACELERA_API_KEY", None),
    ("PORTAL_ACELERA_API_KEY", "   "),
    ("PORTAL_ACELERA_API_KEY", "clave con ñ"),
    ("PORTAL_ACELERA_API_KEY", "dos\nlíneas"),
    ("PORTAL_ACELERA_WEBHOOK_SECRET", None),
    ("PORTAL_ACELERA_WEBHOOK_SECRET", " , ,"),
    ("PORTAL_ACELERA_URL", "127.0.0.1:9000"),
    ("PORTAL_ACELERA_URL", "ftp://127.0.0.1"),
    ("PORTAL_ACELERA_URL", "http://"),
    ("PORTAL_ACELERA_URL", "http://[::1"),
    ("PORTAL_ACELERA_URL", "http://127.0.0.1:puerto"),
    ("PORTAL_ACELERA_URL", "http://127.0.0.1:9000/otra/ruta"),
    ("PORTAL_ACELERA_URL", "http://127.0.0.1:9000?x=1"),
    ("PORTAL_ACELERA_URL", "http://usuario:clave@127.0.0.1:9000"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{name}={value!r}" for name, value in BAD])
def test_bad_values_are_one_problem_that_names_the_variable(name: str, value: str | None) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(name)


@pytest.mark.parametrize(
    "domain",
    [
        "acelera.freshdesk.com.evil.example",
        "evil.example/acelera.freshdesk.com",
        "acelera.freshdesk.com/x",
        "evil.example#.freshdesk.com",
        "a@b.freshdesk.com",
        "acelera.freshdesk.com:443",
        "freshdesk.com",
        ".freshdesk.com",
        "a.b.freshdesk.com",
        "acelera.freshdesk.com\n.evil.example",
        "ACELERA.freshdesk.com",
        "acelera-freshdesk.com",
        "acelerafreshdesk.com",
        "https://acelera.freshdesk.com",
        "acelerа.freshdesk.com",
        "acelera.freshdesk.com.",
        "acelera freshdesk.com",
        "acelera.freshdeskacom",
        "-",
        "127.0.0.1",
    ],
)
def test_only_freshdesks_own_domains(domain: str) -> None:
    (problem,) = problems(PORTAL_ACELERA_DOMAIN=domain)
    assert problem.startswith("PORTAL_ACELERA_DOMAIN")


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example", "https://127.0.0.1.evil.example", "http://localhost.evil.example",
        "http://127.0.0.1@evil.example", "http://evil.example#127.0.0.1", "http://0.0.0.0:9000",
        "http://127.0.0.2:9000", "http://10.0.0.1", "http://[::2]:9000", "http://2130706433", "http://0x7f.1",
    ],
)  # fmt: skip
def test_a_stand_in_lives_on_loopback_only(url: str) -> None:
    (problem,) = problems(PORTAL_ACELERA_URL=url)
    assert problem.startswith("PORTAL_ACELERA_URL")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:1", "https://[::1]:9000/"])
def test_a_stand_in_is_taken_at_its_url(url: str) -> None:
    portal = read(PORTAL_ACELERA_URL=url).portals["acelera"]
    assert (portal.url, portal.is_stand_in) == (url.rstrip("/"), True)


def test_another_host_only_on_demand_and_then_it_counts_as_real() -> None:
    found = read(PORTAL_ACELERA_URL="https://otro.example", ALLOW_ANY_FRESHDESK_URL="1")
    assert found.portals["acelera"].url == "https://otro.example"
    assert not found.portals["acelera"].is_stand_in
    assert not found.writes_allowed("acelera")
    short = problems(
        PORTAL_ACELERA_URL="https://otro.example",
        ALLOW_ANY_FRESHDESK_URL="1",
        PORTAL_ACELERA_WEBHOOK_SECRET="x",
    )
    assert "shorter than 16" in short[0]


def test_every_problem_is_listed_at_once() -> None:
    found = problems(
        PORT="x", DRY_RUN="2", LOG_LEVEL="loud", REDIS_URL="x", PORTAL_ACELERA_DOMAIN="x",
        PORTAL_MDA_API_KEY="k", RULES_DIR="no/existe",
    )  # fmt: skip
    named = {problem.partition(":")[0] for problem in found}
    assert named == {
        "PORT", "DRY_RUN", "LOG_LEVEL", "REDIS_URL", "RULES_DIR", "PORTAL_ACELERA_DOMAIN",
        "PORTAL_MDA_DOMAIN", "PORTAL_MDA_WEBHOOK_SECRET",
    }  # fmt: skip


def test_no_portal_at_all_is_a_problem() -> None:
    with pytest.raises(SettingsError, match="no portal is named"):
        read_settings({"RULES_DIR": "rules"})


def test_two_portals_keep_apart() -> None:
    found = read(
        PORTAL_MDA_2_DOMAIN="mda.freshdesk.com",
        PORTAL_MDA_2_API_KEY="otra",
        PORTAL_MDA_2_WEBHOOK_SECRET="y" * 16,
    )
    assert {name: portal.api_key for name, portal in found.portals.items()} == {
        "acelera": KEY,
        "mda_2": "otra",
    }
    assert found.portals["mda_2"].url == "https://mda.freshdesk.com"


def test_a_portals_name_is_short() -> None:
    name = "A" * 32
    found = problems(
        **{f"PORTAL_{name}_DOMAIN": "a.freshdesk.com", f"PORTAL_{name}_API_KEY": "k",
           f"PORTAL_{name}_WEBHOOK_SECRET": "y" * 16}
    )  # fmt: skip
    assert found == [f"PORTAL_{name}: a portal's name has at most 31 letters, digits and _"]


def test_two_webhook_secrets_while_one_is_rotated() -> None:
    found = read(PORTAL_ACELERA_WEBHOOK_SECRET=f"{HOOK}, {'z' * 16} ,")
    assert found.portals["acelera"].webhook_secrets == (HOOK, "z" * 16)
    (problem,) = problems(PORTAL_ACELERA_WEBHOOK_SECRET=f"{HOOK},corta")
    assert "shorter than 16" in problem


@pytest.mark.parametrize(("length", "fine"), [(1, False), (15, False), (16, True), (64, True)])
def test_a_real_account_wants_a_long_secret_and_a_stand_in_any(length: int, fine: bool) -> None:
    secret = "s" * length
    assert read(PORTAL_ACELERA_WEBHOOK_SECRET=secret, **STAND_IN).portals["acelera"].webhook_secrets == (
        secret,
    )
    if fine:
        assert read(PORTAL_ACELERA_WEBHOOK_SECRET=secret).portals
    else:
        assert "shorter than 16" in problems(PORTAL_ACELERA_WEBHOOK_SECRET=secret)[0]


@pytest.mark.parametrize(
    ("changed", "writes"),
    [
        pytest.param({}, False, id="real account, nothing said"),
        pytest.param({"DRY_RUN": "0"}, True, id="real account, switched"),
        pytest.param({"DRY_RUN": "1"}, False, id="real account, dry"),
        pytest.param(STAND_IN, True, id="stand-in, nothing said"),
        pytest.param({**STAND_IN, "DRY_RUN": "1"}, False, id="stand-in, dry"),
        pytest.param({"PORTAL_ACELERA_DRY_RUN": "0"}, True, id="this portal switched"),
        pytest.param({"PORTAL_ACELERA_DRY_RUN": "1", "DRY_RUN": "0"}, False, id="this portal dry"),
        pytest.param({"PORTAL_ACELERA_DRY_RUN": "0", "DRY_RUN": "1"}, False, id="all held"),
        pytest.param({**STAND_IN, "PORTAL_ACELERA_DRY_RUN": "1"}, False, id="stand-in, this portal dry"),
    ],
)
def test_what_may_be_written_to(changed: dict[str, str], writes: bool) -> None:
    assert read(**changed).writes_allowed("acelera") is writes
