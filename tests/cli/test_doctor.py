"""The doctor finds each defect that an account may have, and mends what it lists and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.engine.webhook_rule import NAMES, Receiver, wanted
from bot.freshdesk.account_api import RuleKind
from bot.simulator.seed import BOT_ID, AgentSeed, FieldSeed, Seed, StatusSeed, TicketSeed
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import Limits, Switches
from bot.store.connection import connect_briefly
from bot.store.drifts import Drifts
from tests.cli.conftest import Run
from tests.policy.planner.desk import rules_folder, shipped
from tests.world import PORTAL

SECRET = "a-secret-of-the-webhook"
Rule = dict[str, Any]


@pytest.fixture(scope="module")
def public() -> Iterator[str]:
    """Give the address of a proxy that passes on to our web process."""

    class Web(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/healthz": 200, f"/webhooks/freshdesk/{PORTAL}": 405}
            self.send_response(known.get(self.path, 404))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def rules(public: str) -> tuple[Rule, ...]:
    """Return the two rules as the account should have them."""
    receiver = Receiver(PORTAL, public, (SECRET,))
    kinds = (RuleKind.CREATION, RuleKind.UPDATE)
    ids = {"id": 501, "automation_type_id": 1}, {"id": 502, "automation_type_id": 4}
    return tuple(wanted(kind, receiver) | each for kind, each in zip(kinds, ids, strict=True))


def webhook(change: dict[str, Any], which: int = 0) -> Callable[[str], dict[str, Any]]:
    """Return a seed whose rule's webhook differs."""

    def seed(public: str) -> dict[str, Any]:
        both = list(rules(public))
        both[which] = both[which] | {"actions": [both[which]["actions"][0] | change]}
        return {"rules": tuple(both)}

    return seed


def rule(change: dict[str, Any], which: int = 0) -> Callable[[str], dict[str, Any]]:
    def seed(public: str) -> dict[str, Any]:
        both = list(rules(public))
        both[which] = both[which] | change
        return {"rules": tuple(both)}

    return seed


def rival(kind: int, action: dict[str, Any], name: str = "Regla vieja") -> Callable[[str], dict[str, Any]]:
    other = {"id": 601, "automation_type_id": kind, "name": name, "active": True, "actions": [action]}
    return lambda public: {"rules": (*rules(public), other)}


def plainly(**seed: Any) -> Callable[[str], dict[str, Any]]:
    return lambda _public: seed


def bot(**changes: Any) -> AgentSeed:
    return AgentSeed(id=BOT_ID, name="Semáforo", email="semaforo@demo.example", **changes)


STATUSES = (
    StatusSeed(id=2, label="Open"),
    StatusSeed(id=3, label="Pending", timer_on=False),
    StatusSeed(id=4, label="Resolved", timer_on=False),
    StatusSeed(id=5, label="Closed", timer_on=False),
)
WAITING = (
    StatusSeed(id=6, label="Waiting on Customer", timer_on=False),
    StatusSeed(id=7, label="Waiting on Third Party", timer_on=False),
)
OWN_FIELD = "sla: espejo\n    campo_vencimiento: cf_vence"

# What is wrong with the account, what the doctor says, whether it can mend it, and the portal's own rules.
CASES: dict[str, tuple[Callable[[str], dict[str, Any]], str, bool, str]] = {
    "no rules": (lambda _: {"rules": ()}, "no automation rule on ticket creation calls", True, ""),
    "no update rule": (lambda p: {"rules": rules(p)[:1]}, "no automation rule on ticket update", True, ""),
    "rule off": (rule({"active": False}), "«Semáforo: ticket nuevo» on ticket creation: it is switched off",
                 True, ""),
    "other host": (webhook({"url": f"https://otro.example/webhooks/freshdesk/{PORTAL}"}),
                   "it calls another host", True, ""),
    "plain http": (webhook({"url": f"http://otro.example/webhooks/freshdesk/{PORTAL}"}),
                   "the secret travels in the open", True, ""),
    "no secret": (webhook({"custom_headers": {}}), "it carries no valid X-Webhook-Secret", True, ""),
    "wrong secret": (webhook({"custom_headers": {"X-Webhook-Secret": "otro"}}, 1),
                     "no valid X-Webhook-Secret", True, ""),
    "no ticket id": (webhook({"content": {"texto": "{{ticket.subject}}"}}), "does not name {{ticket.id}}",
                     True, ""),
    "a PUT": (webhook({"request_type": "PUT"}), "it sends PUT, not POST", True, ""),
    "agents only": (rule({"performer": {"type": 1}}, 1), "not performed by agent or requester", True, ""),
    "sees its groups": (plainly(agents=(bot(ticket_scope=2),)), "sees only some tickets", False, ""),
    "occasional": (plainly(agents=(bot(occasional=True),)), "occasional", False, ""),
    "a person's": (plainly(tickets=(TicketSeed(responder_id=BOT_ID),)), "1 tickets are assigned to the agent",
                   False, ""),
    "trial": (plainly(switches=Switches(limits=Limits(total=50))), "that of the plan trial", False, ""),
    "unknown pause": (plainly(statuses=STATUSES), "names status 6, which the account does not have", False,
                      ""),
    "nameless status": (plainly(statuses=(*STATUSES, *WAITING, StatusSeed(id=9, label="En pruebas"))),
                        "status 9 «En pruebas» has no meaning", False, ""),
    "timer runs": (plainly(statuses=(*STATUSES, *WAITING, StatusSeed(id=9, label="En pruebas"))),
                   "in status 9 Freshdesk would take dates", False, ""),
    "timer stands": (plainly(statuses=(*STATUSES, *WAITING)), "in status 6 Freshdesk takes no dates", False,
                     "reloj_corre: [2, 6]"),
    "company fields": (plainly(company_fields=()), "companies have no field factura_vencida", False, ""),
    "no field": (plainly(), "tickets have no field cf_vence", False, OWN_FIELD),
    "no text field": (plainly(ticket_fields=(FieldSeed(name="cf_vence", label="Vence", kind="date"),)),
                      "cf_vence is no text field", False, OWN_FIELD),
    "two SLA policies": (plainly(more_sla_policies=({"name": "Clientes VIP", "active": True},)),
                         "2 SLA policies are on (Default SLA Policy, Clientes VIP)", False, ""),
    "tags in use": (plainly(tickets=(TicketSeed(tags=("sla-urgente",)),)), "sla-urgente on 1", False, ""),
    "rival priority": (rival(1, {"field_name": "priority", "value": 4}), "«Regla vieja» sets the priority",
                       False, ""),
    "rival tags": (rival(3, {"field_name": "add_tag", "value": ["sla-urgente"]}), "own tags (sla-urgente)",
                   False, ""),
    "two receipts": (rival(1, {"field_name": "send_email_to_requester"}), "two acknowledgements", False, ""),
    "unknown group": (plainly(), "names group soporte (77)", False, "grupos: {soporte: 77}"),
}  # fmt: skip


@contextmanager
def set_up(
    valkey_url: str, public: str, changes: dict[str, Any], own: str
) -> Iterator[tuple[SimulatorServer, dict[str, str]]]:
    """Give an account and the settings of a service on it; sound but for what is changed."""
    portal = f"\n  {PORTAL}:\n    {own}\n" if own else ""
    seed = Seed(**({"rules": rules(public)} | changes))
    with rules_folder(portales=shipped("portales") + portal) as folder, SimulatorServer(seed=seed) as server:
        yield (
            server,
            {
                "REDIS_URL": valkey_url,
                "RULES_DIR": str(folder),
                "PUBLIC_URL": public,
                "PORTAL_ACELERA_DOMAIN": "demo.freshdesk.com",
                "PORTAL_ACELERA_URL": server.url,
                "PORTAL_ACELERA_API_KEY": "sim-key",
                "PORTAL_ACELERA_WEBHOOK_SECRET": SECRET,
            },
        )


def state(server: SimulatorServer) -> Any:
    """Return all of the account that the doctor could have written to."""
    return [dict(server.state.rules), server.state.switches, {t: server.state.tickets[t].tags for t in
            server.state.tickets}]  # fmt: skip


def writes(server: SimulatorServer) -> int:
    found: int = requests.get(f"{server.url}/_sim/requests", timeout=5).json()["writes"]
    return found


@pytest.fixture
def lasting(redis: Redis) -> Iterator[Redis]:
    """Give a store that keeps its data, as in production."""
    before = redis.config_get("appendonly")["appendonly"]
    redis.config_set("appendonly", "yes")
    yield redis
    redis.config_set("appendonly", str(before))


def test_a_sound_set_up_has_nothing_to_mend(run: Run, lasting: Redis, valkey_url: str, public: str) -> None:
    with set_up(valkey_url, public, {}, "") as (server, env):
        result = run("doctor", env=env)
        assert "✗" not in result.stdout
        assert result.exit_code == 0
        assert "tells of ticket creation" in result.stdout
        assert f"{public}/webhooks/freshdesk/{PORTAL} is there" in result.stdout
        assert writes(server) == 0
        assert SECRET not in result.output


@pytest.mark.parametrize(("changes", "words", "mends", "own"), CASES.values(), ids=CASES.keys())
def test_each_defect_is_found_and_mended_where_it_can_be(
    run: Run,
    lasting: Redis,
    valkey_url: str,
    public: str,
    changes: Callable[[str], dict[str, Any]],
    words: str,
    mends: bool,
    own: str,
) -> None:
    with set_up(valkey_url, public, changes(public), own) as (server, env):
        before = state(server)
        looked = run("doctor", env=env)
        assert words in looked.stdout
        assert SECRET not in looked.output
        assert (state(server), writes(server)) == (before, 0), "a look writes nothing"
        refused = run("doctor", "--fix", env=env, stdin="n\n")
        assert (state(server), writes(server)) == (before, 0), "nor does a no"
        assert ("This will be written" in refused.stdout) == mends
        mended = run("doctor", "--fix", "--yes", env=env)
        if mends:
            after = mended.stdout.rpartition("done")[2]
            assert words not in after
            assert "tells of ticket creation" in after
            assert "tells of ticket update" in after
            assert mended.exit_code == 0
            again = state(server)
            run("doctor", "--fix", "--yes", env=env)
            assert state(server) == again
        else:
            assert (state(server), writes(server)) == (before, 0)


def test_what_else_a_rule_does_stays(run: Run, lasting: Redis, valkey_url: str, public: str) -> None:
    def seed(public: str) -> dict[str, Any]:
        first, second = rules(public)
        mail = {"field_name": "send_email_to_agent", "value": 1}
        hook = second["actions"][0] | {"request_type": "PUT"}
        return {"rules": (first, second | {"actions": [mail, hook], "conditions": [{"name": "c"}]})}

    with set_up(valkey_url, public, seed(public), "") as (server, env):
        run("doctor", "--fix", "--yes", env=env)
        found = server.state.rules[502]
        assert [action["field_name"] for action in found["actions"]] == [
            "send_email_to_agent",
            "trigger_webhook",
        ]
        assert found["conditions"] == [{"name": "c"}]
        assert len(server.state.rules) == 2


def test_a_rule_made_by_the_doctor_reaches_us(run: Run, lasting: Redis, valkey_url: str, public: str) -> None:
    with set_up(valkey_url, public, {"rules": ()}, "") as (server, env):
        run("doctor", "--fix", "--yes", env=env)
        assert sorted(rule["name"] for rule in server.state.rules.values()) == sorted(NAMES.values())
        requests.post(f"{server.url}/_sim/tickets", json={"subject": "Hola", "text": "Hola"}, timeout=5)
        [delivery] = requests.get(f"{server.url}/_sim/webhooks?bodies=1", timeout=5).json()
        assert delivery["url"] == f"{public}/webhooks/freshdesk/{PORTAL}"
        assert delivery["headers"]["X-Webhook-Secret"] == SECRET
        assert '"ticket_id": "1"' in delivery["body"]


def test_without_an_address_rules_are_judged_and_not_written(
    run: Run, lasting: Redis, valkey_url: str, public: str
) -> None:
    with set_up(valkey_url, public, {"rules": ()}, "") as (server, env):
        del env["PUBLIC_URL"]
        result = run("doctor", "--fix", "--yes", env=env)
        assert "PUBLIC_URL is not set" in result.stdout
        assert (result.exit_code, writes(server)) == (1, 0)


def test_an_address_that_leads_elsewhere(run: Run, lasting: Redis, valkey_url: str, public: str) -> None:
    with set_up(valkey_url, public, {}, "") as (server, env):
        result = run("doctor", env=env | {"PUBLIC_URL": server.url})
        assert "answers 404 to /healthz" in result.stdout
        result = run("doctor", env=env | {"PUBLIC_URL": "http://127.0.0.1:1"})
        assert "does not answer from here" in result.stdout


def test_a_key_without_the_right_is_told(run: Run, lasting: Redis, valkey_url: str, public: str) -> None:
    with set_up(valkey_url, public, {"agents": (bot(admin=False),)}, "") as (_, env):
        result = run("doctor", env=env)
        assert "automation rules cannot be read (PermanentError 403)" in result.stdout
        assert "the key works" in result.stdout


def test_redis_and_the_file_of_secrets(
    run: Run, redis: Redis, valkey_url: str, public: str, tmp_path: Path
) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    secrets = tmp_path / ".env"
    secrets.touch(mode=0o644)
    secrets.chmod(0o644)
    try:
        with set_up(valkey_url, public, {}, "") as (server, env):
            result = run("doctor", "--fix", env=env, stdin="y\n")
            listed = [line for line in result.stdout.splitlines() if line.startswith("  - ")]
            assert (
                len([line for line in listed if "CONFIG SET" in line or "chmod" in line]) == len(listed) >= 2
            )
            assert redis.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert redis.config_get("appendonly")["appendonly"] == "yes"
            assert secrets.stat().st_mode & 0o777 == 0o600
            assert writes(server) == 0
            assert result.exit_code == 0
    finally:
        redis.config_set("maxmemory-policy", "noeviction")


def test_overwritten_dates_are_told(run: Run, lasting: Redis, valkey_url: str, public: str) -> None:
    Drifts(connect_briefly(valkey_url)).note(TicketKey(PORTAL, 4711), datetime.now(UTC))
    with set_up(valkey_url, public, {}, "") as (_, env):
        assert (
            "overwrote the dates of 1 tickets in seven days (such as 4711)" in run("doctor", env=env).stdout
        )


def test_rules_of_another_version_than_the_folder(
    run: Run, lasting: Redis, valkey_url: str, public: str, tmp_path: Path
) -> None:
    with set_up(valkey_url, public, {}, "") as (_, env):
        run("rules", "publish", env["RULES_DIR"], env=env)
        assert "cards, as in" in run("doctor", env=env).stdout
        other = tmp_path / "other"
        shutil.copytree(env["RULES_DIR"], other)
        levels = other / "niveles.yaml"
        levels.write_text(levels.read_text(encoding="utf-8") + "# cambio\n", encoding="utf-8")
        assert "semaforo rules diff active" in run("doctor", env=env | {"RULES_DIR": str(other)}).stdout
