"""Nothing of what customers write stays outside Freshdesk: not in Redis, not in logs, not in metrics.

Tickets full of canaries go through every room, good days and bad, with jobs run by RQ itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from rq.job import Job
from rq.queue import Queue
from rq.worker import WorkerStatus

from bot.domain.ticket import Ticket, TicketKey
from bot.engine import clock
from bot.engine.queue import JobQueue
from bot.freshdesk.api import TicketRow
from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Repeats
from bot.settings import read_settings
from bot.store.rulebook import Rulebook
from bot.telemetry import set_up_logging
from bot.web import create_app
from bot.worker import SemaforoWorker
from tests.engine.contract.desk import CONTRACT
from tests.policy.planner.desk import LUCIA, rules_folder
from tests.store.everything import canaries_in, canaries_stored, everything
from tests.world import PORTAL, World

CANARIES = {
    "name": "Zoraida Quispehuamán",
    "mail": "zoraida.quispe@canario.example",
    "copied mail": "jefa.oculta@canario.example",
    "phone": "987654321",
    "document": "45678912",
    "password": "clave-Xyzzy-77",
    "subject": "asuntocanario",
    "body": "cuerpocanario",
    "client's reply": "respuestacanario",
    "answer": "contestacioncanaria",
    "private note": "notacanaria",
    "attachment": "adjuntocanario.pdf",
    "company": "Empresa Canaria SAC",
    "custom field": "campocanario",
    "tag": "cliente-canario",
    "webhook": "avisocanario",
    "error": "errorcanario",
}
C = CANARIES
SECRET = "secreto-del-webhook"
ROUNDS = 12


class InThisProcess(SemaforoWorker):
    """Run jobs as the worker does, without the fork, so that what they log is seen here."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        self.prepare_execution(job)
        self.perform_job(job, queue)
        self.set_state(WorkerStatus.IDLE)

    def _install_signal_handlers(self) -> None:
        """Leave the handlers of the test process alone."""


class Unreliable(FreshdeskClient):
    """Fail in ways nobody foresaw, with a customer's words in the error."""

    poison: int | None = None
    poisoned_sweep = False

    def get_ticket(self, ticket_id: int) -> Ticket:
        if ticket_id == self.poison:
            raise ValueError(f"cannot read: {C['error']} {C['mail']}")
        return super().get_ticket(ticket_id)

    def list_tickets(self, *args: Any, **kwargs: Any) -> Iterator[TicketRow]:
        if self.poisoned_sweep:
            raise LookupError(f"no such row: {C['error']} {C['name']}")
        return super().list_tickets(*args, **kwargs)


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder(**CONTRACT) as folder:
        yield Rulebook(folder)


@pytest.fixture
def desk(world: World) -> World:
    """Give a world whose jobs go through RQ and whose Freshdesk is unreliable."""
    client = Unreliable(PORTAL, world.server.url, "sim-key", repeats=Repeats(attempts=1))
    world.with_context(freshdesk={PORTAL: client}, queue=JobQueue(world.redis))
    return world


@pytest.fixture
def web(desk: World, valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    settings = read_settings(
        {
            "REDIS_URL": valkey_url,
            "PORTAL_ACELERA_DOMAIN": "demo.freshdesk.com",
            "PORTAL_ACELERA_URL": desk.server.url,
            "PORTAL_ACELERA_API_KEY": "sim-key",
            "PORTAL_ACELERA_WEBHOOK_SECRET": SECRET,
        }
    )
    return create_app(settings, desk.ctx).test_client()


def client_of(desk: World) -> Unreliable:
    client = desk.ctx.freshdesk[PORTAL]
    assert isinstance(client, Unreliable)
    return client


def work(desk: World) -> None:
    """Run clock and worker until nothing is due at this moment."""
    worker = InThisProcess(desk.redis, beat=lambda: desk.ctx.heartbeats.beat("worker", desk.clock.now))
    try:
        for _ in range(ROUNDS):
            clock.tick(desk.ctx)
            worker.work(burst=True, logging_level="DEBUG")
            if desk.ctx.wakeups.overdue(desk.clock.now)[0] == 0:
                return
    finally:
        logging.getLogger("rq.worker").handlers.clear()  # they write to this test's streams
    raise AssertionError("the desk never comes to rest")


def deliver(web: FlaskClient, ticket: int) -> None:
    """Tell the receiver of a ticket, well and badly."""
    body = f'{{"ticket_id": {ticket}, "subject": "{C["webhook"]} {C["mail"]}"}}'
    path = f"/webhooks/freshdesk/{PORTAL}"
    assert web.post(path, data=body, headers={"X-Webhook-Secret": SECRET}).status_code == 202
    broken = f'{{"ticket_subject": "{C["webhook"]}", '
    assert web.post(path, data=broken, headers={"X-Webhook-Secret": SECRET}).status_code == 400
    assert web.post(path, data=body, headers={"X-Webhook-Secret": C["password"]}).status_code == 401


def open_ticket(desk: World, text: str, **fields: Any) -> int:
    own = (C["body"], C["name"], C["phone"], C["document"], C["password"], C["mail"])
    return desk.open(
        f"{C['subject']} {text}",
        f"{text}\n\n{' '.join(own)}",
        **{
            "email": C["mail"],
            "name": C["name"],
            "company": C["company"],
            "cc_emails": [C["copied mail"]],
            "tags": [C["tag"]],
            "type": C["custom field"],
            "custom_fields": {"cf_area": C["custom field"]},
            **fields,
        },
    )


def attach(desk: World, ticket: int) -> None:
    """Answer with a file, as an agent does through Freshdesk."""
    answer = desk.http.post(
        f"{desk.server.url}/api/v2/tickets/{ticket}/reply",
        data={"body": f"{C['answer']} va adjunto"},
        files={"attachments[]": (C["attachment"], b"x", "application/pdf")},
        auth=("sim-key", "X"),
        timeout=10,
    )
    assert answer.status_code == 201, answer.text


def good_day(desk: World, web: FlaskClient) -> tuple[int, ...]:
    """Announce, answer, correct, note, ask for an approval, forward, tell of arrears."""
    down = open_ticket(desk, "El CRM está caído.")
    pays = open_ticket(desk, "Pagaré tarde la factura.")
    late = open_ticket(desk, "El CRM está caído.", company=None, email=C["copied mail"])
    for ticket in (down, pays, late):
        deliver(web, ticket)
    desk.clock.move(seconds=5)
    work(desk)
    words = {"as": "customer", "text": C["client's reply"]}
    desk.control("POST", f"tickets/{down}/reply", words)
    for text, private in ((C["private note"], True), (C["answer"], False)):
        said = {"as": "agent", "text": text, "private": private, "agent_id": LUCIA}
        desk.control("POST", f"tickets/{pays}/reply", said)
    attach(desk, pays)
    desk.as_agent(pays, priority=1)
    desk.control("POST", "companies", {"name": C["company"], "custom_fields": {"factura_vencida": True}})
    desk.redis.delete(*desk.redis.keys("semaforo:company:*"))
    desk.ring(down, pays)
    work(desk)
    tags = desk.ticket(pays)["tags"]
    desk.as_agent(pays, status=6, tags=[*tags, "requiere-aprobacion"])
    desk.ring(pays)
    for hours in (25, 25):
        desk.clock.move(hours=hours)
        work(desk)
    return down, pays, late


FAULTS = (
    "unauthorized", "forbidden", "error_500", "html_502", "drop_read", "drop_before_write",
    "drop_after_write", "error_500_after_write", "truncated_body", "wrong_content_type",
)  # fmt: skip


def bad_days(desk: World) -> None:
    """Fail in every way the stand-in knows, and in two that nobody foresaw."""
    for fault in FAULTS:
        ticket = open_ticket(desk, "El CRM está caído.")
        desk.control("PUT", "faults", {fault: 1.0})
        desk.ring(ticket)
        work(desk)
    desk.control("PUT", "faults", {})
    client = client_of(desk)
    client.poison, client.poisoned_sweep = open_ticket(desk, "Veneno"), True
    desk.ring(client.poison)
    desk.ctx.queue.sweep(PORTAL)
    work(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.ctx.failures, "add", lambda *_: 1 / 0)  # the net below tears, too
        desk.ring(client.poison)
        work(desk)
    client.poisoned_sweep = False


@dataclass(frozen=True, slots=True)
class Lived:
    """Hold the tickets of the good day, and how to ask what was logged and printed since the last time."""

    tickets: tuple[int, ...]
    said: Callable[[], list[str]]


Live = Callable[[], Lived]


@pytest.fixture
def live(
    desk: World, web: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Live:
    """Give the function that lives through it all; what is logged before a test itself is lost to it."""

    def all_days() -> Lived:
        set_up_logging("DEBUG", "json", "worker")
        caplog.set_level(logging.DEBUG)
        tickets = good_day(desk, web)
        bad_days(desk)
        assert client_of(desk).requester_ids(C["mail"]), "as `forget` looks a person up"
        return Lived(tickets, said)

    def said() -> list[str]:
        printed = capfd.readouterr()
        return [caplog.text, printed.out, printed.err]

    return all_days


def test_no_canary_outside_freshdesk(live: Live, desk: World, web: FlaskClient, redis: Redis) -> None:
    lived = live()
    stored = everything(redis)
    kinds = {key.split(":")[1] for key in stored if key.startswith("semaforo:")}
    assert kinds >= {"ledger", "journal", "outcome", "corrections", "failures", "replies", "wakeups"}
    assert any(key.startswith("rq:results:") for key in stored), "a job failed, and RQ kept how"
    assert any("JobFailed" in text for texts in stored.values() for text in texts)
    assert canaries_stored(redis, CANARIES.values()) == {}
    logged = lived.said()
    for word in ("delivery", "reconciled", "reconcile failed", "sweep_portal", "JobFailed"):
        assert word in "".join(logged)
    assert canaries_in(logged, CANARIES.values()) == set()
    metrics = web.get("/metrics")
    assert metrics.status_code == 200
    assert canaries_in([metrics.text], CANARIES.values()) == set()
    redis.hset(f"semaforo:ledger:{PORTAL}:{lived.tickets[0]}", "x", f"… {C['name']} …")
    (planted,) = canaries_stored(redis, CANARIES.values()).values()
    assert planted == {C["name"]}, "the search looks where it should"


def test_every_effect_did_happen(live: Live, desk: World) -> None:
    """What is not stored must have been there to be stored."""
    keys = [TicketKey(PORTAL, ticket) for ticket in live().tickets]
    effects = {effect for key in keys for effect in desk.ctx.ledger.read(key).effects}
    assert {key.partition(":")[0] for key in effects} >= {
        "acuse", "nivel", "escala", "morosidad", "aprobacion", "aviso-de-pago",
    }  # fmt: skip
