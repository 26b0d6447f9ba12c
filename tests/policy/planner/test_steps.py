"""What a warning step brings about besides its note: quiet hours, hands, priority, webhooks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.actions import Notify
from bot.domain.plan import Plan
from bot.domain.record import Effect, EffectState, Record
from bot.policy.hooks import BACKOFF, MOST_CALLS
from bot.policy.marks import reference
from bot.policy.model import Policy, load_policy
from bot.policy.quiet import quiet_until

from .desk import (
    KEY,
    MONDAY,
    fields,
    loaded,
    message,
    notes,
    plan,
    rules_folder,
    settled,
    shipped,
    ticket,
    wrote,
)

LIMIT = "escala:respuesta:limite:URGENTE"
HOOK = f"webhook:chat:{LIMIT}"


def rules_with(step: str = "", *, quiet: str = "", groups: str = "{}") -> Policy:
    """Return the shipped service with something more in the response ladder's second step."""
    text = shipped("escalamiento")
    limit = "    - id: limite\n      en: limite\n      avisar: true\n"
    assert limit in text
    portals = shipped("portales").replace("grupos: {}", f"grupos: {groups}", 1)
    if quiet:
        portals = portals.replace("    idioma: es\n", f'    idioma: es\n    horas_tranquilas: "{quiet}"\n', 1)
    return loaded(escalamiento=text.replace(limit, f"{limit}{step}", 1), portales=portals)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def hooks(planned: Plan) -> list[Notify]:
    return [action for action in planned.actions if isinstance(action, Notify)]


# Lima is five hours behind UTC; a Monday.
QUIET: list[Any] = [
    pytest.param("20:00-07:00", "2026-11-23T19:59-05:00", None, id="before"),
    pytest.param("20:00-07:00", "2026-11-23T20:00-05:00", "2026-11-24T07:00-05:00", id="the first minute"),
    pytest.param("20:00-07:00", "2026-11-24T00:00-05:00", "2026-11-24T07:00-05:00", id="midnight"),
    pytest.param("20:00-07:00", "2026-11-24T06:59-05:00", "2026-11-24T07:00-05:00", id="the last minute"),
    pytest.param("20:00-07:00", "2026-11-24T07:00-05:00", None, id="over"),
    pytest.param("13:00-14:30", "2026-11-23T13:30-05:00", "2026-11-23T14:30-05:00", id="lunch"),
    pytest.param("13:00-14:30", "2026-11-23T00:30-05:00", None, id="not at lunch"),
    pytest.param("00:00-06:00", "2026-11-24T00:00-05:00", "2026-11-24T06:00-05:00", id="from midnight"),
    pytest.param("20:00-00:00", "2026-11-23T23:59-05:00", "2026-11-24T00:00-05:00", id="until midnight"),
    pytest.param(None, "2026-11-24T03:00-05:00", None, id="none set"),
]


@pytest.mark.parametrize(("hours", "now", "end"), QUIET)
def test_quiet_hours_end_on_the_portals_own_clock(hours: str | None, now: str, end: str | None) -> None:
    zone = loaded().zone("acelera")
    found = quiet_until(hours, zone, datetime.fromisoformat(now))
    assert found == (None if end is None else datetime.fromisoformat(end))


def test_a_notice_waits_for_the_morning_and_the_breach_does_not() -> None:
    rules = rules_with(quiet="09:00-12:00")  # the limit falls on Tuesday at ten
    of, record = settled(ticket(), rules=rules)
    of, record = settled(of, record, now=at(18), rules=rules)
    planned = plan(of, record, now=at(24), rules=rules)
    assert notes(planned) == {}
    assert "sla-incumplido" in fields(planned)["tags"]
    assert "un aviso espera a que terminen las horas tranquilas" in planned.reasons
    assert planned.wake_at == at(26)
    assert list(notes(plan(of, record, now=at(26), rules=rules))) == [LIMIT]


def test_after_the_quiet_hours_only_the_highest_step_is_told() -> None:
    rules = rules_with(quiet="09:00-12:00")
    of, record = settled(ticket(), rules=rules)
    of, record = settled(of, record, now=at(18), rules=rules)
    planned = plan(of, record, now=at(48 + 2), rules=rules)
    assert list(notes(planned)) == ["escala:respuesta:limite-24h:URGENTE"]
    assert list(planned.moments) == [f"omitido:{LIMIT}"]
    assert "avisos de respuesta que no se dieron a tiempo: limite" in planned.reasons


PASSES: list[Any] = [
    pytest.param("", False, id="no exception"),
    pytest.param("      pasa_horas_tranquilas: [URGENTE]\n", True, id="this level passes"),
    pytest.param("      pasa_horas_tranquilas: [NORMAL]\n", False, id="another level passes"),
]


@pytest.mark.parametrize(("step", "passes"), PASSES)
def test_a_step_may_pass_for_a_level(step: str, passes: bool) -> None:
    rules = rules_with(step, quiet="09:00-12:00")
    of, record = settled(ticket(), rules=rules)
    assert (LIMIT in notes(plan(of, record, now=at(24), rules=rules))) is passes


def test_a_plain_note_disturbs_nobody_and_does_not_wait() -> None:
    rules = rules_with(quiet="03:00-06:00")  # the target falls at four
    of, record = settled(ticket(), rules=rules)
    assert list(notes(plan(of, record, now=at(18), rules=rules))) == ["escala:respuesta:objetivo:URGENTE"]


def test_a_step_hands_the_ticket_over_once_and_people_win() -> None:
    rules = rules_with("      grupo: soporte\n      agente: 77\n", groups="{soporte: 55}")
    of, record = settled(ticket(), rules=rules)
    changes = fields(plan(of, record, now=at(24), rules=rules))
    assert (changes["group_id"], changes["responder_id"]) == (55, 77)
    of, record = settled(of, record, now=at(24), rules=rules)
    assert (of.group_id, of.responder_id) == (55, 77)
    taken = replace(of, group_id=66, responder_id=None)
    for known in (record, Record()):
        changes = fields(plan(taken, known, now=at(25), rules=rules))
        assert not {"group_id", "responder_id"} & set(changes)


def test_a_group_the_portal_lacks_is_said_and_holds_up_nothing() -> None:
    rules = rules_with("      grupo: soporte\n", groups="{soporte: 55}")
    of, record = settled(ticket(), rules=rules)
    elsewhere = replace(rules, portals=loaded().portals)
    planned = plan(of, record, now=at(24), rules=elsewhere)
    assert "el portal no tiene el grupo «soporte»: el ticket no cambia de grupo" in planned.reasons
    assert LIMIT in notes(planned)


@pytest.mark.parametrize("emptied", [False, True], ids=["remembering", "store emptied"])
def test_a_raised_priority_is_no_new_level(emptied: bool) -> None:
    rules = rules_with("      prioridad: 4\n")
    of, record = settled(ticket(body="Pido la factura"), rules=rules)
    assert of.priority == 3
    of, record = settled(of, record, now=at(48), rules=rules)
    assert (of.priority, "sla-importante" in of.tags) == (4, True)
    planned = plan(of, Record() if emptied else record, now=at(49), rules=rules)
    assert (planned.level, planned.decision.decided_by == "persona") == ("IMPORTANTE", False)
    assert planned.actions == ()
    lowered = replace(of, priority=1)
    assert plan(lowered, Record() if emptied else record, now=at(49), rules=rules).level == "NORMAL"


def test_a_webhook_carries_ids_and_times_and_no_word_of_the_ticket() -> None:
    rules = rules_with("      webhooks: [chat]\n")
    of, record = settled(ticket(subject="Zoraida no entra"), rules=rules)
    planned = plan(of, record, now=at(24), rules=rules)
    (call,) = hooks(planned)
    assert (call.key, call.hook) == (HOOK, "chat")
    assert planned.actions[-1] is call, "the note goes first"
    body = json.loads(call.body)
    assert body["type"] == "ticket.escalated"
    assert body["data"] == {
        "portal": "acelera", "ticket_id": 7, "level": "URGENTE", "clock": "respuesta", "step": "limite",
        "due_at": at(24).isoformat(), "target": at(18).isoformat(), "limit": at(24).isoformat(),
        "breached": True,
    }  # fmt: skip
    assert not {"Zoraida", "ana@cliente.example", "caído"} & set(call.body.split())


def pending(attempts: int, since: float = 24) -> tuple[Any, Record, Policy]:
    """Return a ticket whose step was told and whose webhook has not got through."""
    rules = rules_with("      webhooks: [chat]\n")
    of, record = settled(ticket(), rules=rules)
    planned = plan(of, record, now=at(24), rules=rules)
    assert planned.intents == {HOOK: Effect(EffectState.OPEN, at(24), 0)}
    note = message(f"Aviso. Ref. {reference(KEY, LIMIT)}", at=at(24), private=True, user_id=103000000001)
    of = replace(of, messages=(*of.messages, note))
    effects = {**record.effects, HOOK: Effect(EffectState.OPEN, at(since), attempts)}
    return of, replace(record, effects=effects), rules


@pytest.mark.parametrize("attempts", range(MOST_CALLS))
def test_a_failed_call_is_made_again_later_and_later(attempts: int) -> None:
    of, record, rules = pending(attempts)
    wait = BACKOFF[attempts - 1] if attempts else timedelta()
    if attempts:
        early = plan(of, record, now=at(24) + wait - timedelta(seconds=1), rules=rules)
        assert hooks(early) == []
        assert early.wake_at is not None
        assert early.wake_at <= at(24) + wait
    assert len(hooks(plan(of, record, now=at(24) + wait, rules=rules))) == 1


def test_a_call_is_given_up_in_the_end_and_said() -> None:
    of, record, rules = pending(MOST_CALLS)
    planned = plan(of, record, now=at(24 * 9), rules=rules)
    assert hooks(planned) == []
    assert f"el webhook «chat» no respondió tras {MOST_CALLS} intentos" in planned.reasons


@pytest.mark.parametrize("told", [True, False], ids=["after the note", "before the note"])
def test_an_answer_stops_only_calls_nobody_was_told_of(told: bool) -> None:
    of, record, rules = pending(1)
    said = message("Ya lo vemos", at=at(24.01))
    kept = of.messages if told else of.messages[:-1]
    answered = replace(of, messages=(*kept, said))
    assert len(hooks(plan(answered, record, now=at(25), rules=rules))) == (1 if told else 0)


def test_a_call_is_not_repeated_when_the_store_was_emptied() -> None:
    of, _, rules = pending(1)
    assert hooks(plan(of, Record(), now=at(25), rules=rules)) == []


STEP, IDIOM = "en: limite\n", "    idioma: es\n"
BAD: dict[str, tuple[str, str, str, str]] = {
    "group": ("escalamiento", STEP, f"{STEP}      grupo: soprte\n", "«soprte»"),
    "priority": ("escalamiento", STEP, f"{STEP}      prioridad: 5\n", "prioridad"),
    "agent": ("escalamiento", STEP, f"{STEP}      agente: ana\n", "agente"),
    "mail": ("escalamiento", STEP, f"{STEP}      avisar_a: [ana]\n", "«ana» no es un correo"),
    "address": ("escalamiento", STEP, f"{STEP}      webhooks: ['https://x']\n", "webhooks"),
    "no window": ("escalamiento", "ventana_minutos: 5", "ventana_minutos: 0", "ventana_minutos"),
    "template": ("escalamiento", "for ticket in tickets", "for t in nada", "nada"),
    "quiet": ("portales", IDIOM, f"{IDIOM}    horas_tranquilas: de noche\n", "«de noche»"),
    "all day": ("portales", IDIOM, f'{IDIOM}    horas_tranquilas: "07:00-07:00"\n', "a la misma hora"),
}


@pytest.mark.parametrize(("file", "good", "bad", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_step_is_told_with_its_place(file: str, good: str, bad: str, words: str) -> None:
    text = shipped(file)
    assert good in text
    with rules_folder(**{file: text.replace(good, bad, 1)}) as folder:
        policy, problems = load_policy(folder)
    assert policy is None
    assert any(words in problem.message and problem.file == f"{file}.yaml" for problem in problems), problems


def test_a_refused_group_is_not_asked_for_again() -> None:
    rules = rules_with("      grupo: soporte\n", groups="{soporte: 55}")
    of, record = settled(ticket(), rules=rules)
    written = {**record.written, "group_id": wrote(None, 55, refused=True)}
    planned = plan(of, replace(record, written=written), now=at(24), rules=rules)
    assert "group_id" not in fields(planned)
    assert LIMIT in notes(planned)
