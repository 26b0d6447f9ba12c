"""Do the demo and the simulator understand one another?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from bot.local.demo_tickets import OVERDUE_COMPANY, SAMPLES
from bot.local.ports import free_port
from bot.local.stand_in import BOT_AGENT, StandIn, answers
from bot.settings import read_settings
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    stand_in = StandIn(free_port(), free_port())
    with SimulatorServer(stand_in.port, Seed.model_validate(json.loads(stand_in.seed()))):
        yield stand_in


def test_our_settings_take_it_for_a_stand_in_we_may_write_to(stand_in: StandIn) -> None:
    settings = read_settings(stand_in.environ())
    assert settings.portals["acelera"].url == stand_in.url
    assert settings.writes_allowed("acelera")


def test_the_key_acts_as_the_bot_and_its_own_writes_ring_nothing(stand_in: StandIn) -> None:
    me = requests.get(f"{stand_in.url}/api/v2/agents/me", auth=(stand_in.api_key, "X"), timeout=5).json()
    assert me["id"] == BOT_AGENT
    rules = requests.get(f"{stand_in.url}/_sim/automations", timeout=5).json()
    assert {rule["on"] for rule in rules} == {"creation", "update"}
    assert {rule["exclude_agent_id"] for rule in rules} == {BOT_AGENT}
    assert {rule["url"] for rule in rules} == {stand_in.webhook_url}


def test_samples_become_tickets_as_their_customers_wrote_them(stand_in: StandIn) -> None:
    for sample in (sample for sample in SAMPLES if sample.delivery != "twice"):
        ticket = stand_in.ticket(stand_in.open_ticket(sample, NOW))
        assert ticket["subject"] == sample.subject
        assert ticket["requester"]["email"] == sample.email
        assert (ticket["source"], ticket["status"]) == (sample.source, sample.status)
        assert datetime.fromisoformat(ticket["created_at"]) == NOW - sample.age


def test_the_overdue_company_is_marked(stand_in: StandIn) -> None:
    sample = next(sample for sample in SAMPLES if sample.company)
    number = stand_in.ticket(stand_in.open_ticket(sample, NOW))["company"]["id"]
    url = f"{stand_in.url}/api/v2/companies/{number}"
    company = requests.get(url, auth=(stand_in.api_key, "X"), timeout=5).json()
    assert company["name"] == OVERDUE_COMPANY
    assert company["custom_fields"]["factura_vencida"] is True


def test_a_lost_webhook_is_never_sent_and_others_are(stand_in: StandIn) -> None:
    once = next(sample for sample in SAMPLES if sample.delivery == "once")
    lost = next(sample for sample in SAMPLES if sample.delivery == "lost")
    opened = {stand_in.open_ticket(sample, NOW - timedelta(days=1)): sample for sample in (once, lost)}
    log = requests.get(f"{stand_in.url}/_sim/webhooks", timeout=5).json()
    told = {delivery["ticket_id"] for delivery in log}
    assert [opened[number].delivery for number in opened if number in told] == ["once"]


def test_requests_are_counted(stand_in: StandIn) -> None:
    before = stand_in.requests_seen()
    requests.get(f"{stand_in.url}/api/v2/agents/me", auth=(stand_in.api_key, "X"), timeout=5)
    assert stand_in.requests_seen() == before + 1


def test_a_page_that_is_not_there_does_not_answer(stand_in: StandIn) -> None:
    assert answers(f"{stand_in.url}/_sim/requests")
    assert not answers(f"{stand_in.url}/nowhere")
    assert not answers(f"http://127.0.0.1:{free_port()}/")
