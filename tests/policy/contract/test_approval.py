"""How an approval goes from asked to stopped or answered, moment by moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.policy.approval import ApprovalFacts, ApprovalState, approval
from bot.policy.approval_demands import needs_logged_time
from bot.policy.model import policy_from
from tests.policy.planner.desk import MONDAY, loaded, shipped

from .desk import FILES, Life, contract

SECTION, HUMAN = contract().approvals, contract("humana").approvals
S = ApprovalState


def h(hours: float) -> timedelta:
    return timedelta(hours=hours)


CASES: list[Any] = [
    pytest.param(0, {}, S.ASKED, 24, id="asked"),
    pytest.param(23.99, {}, S.ASKED, 24, id="just before the reminder"),
    pytest.param(24, {}, S.REMINDER_DUE, 48, id="at the reminder"),
    pytest.param(60, {}, S.REMINDER_DUE, 84, id="reminder missed: the notice is given first"),
    pytest.param(47.99, {"reminded_at": 24}, S.REMINDED, 48, id="reminded"),
    pytest.param(48, {"reminded_at": 24}, S.STOP_DUE, None, id="at the deadline"),
    pytest.param(48, {"reminded_at": 30}, S.REMINDED, 54, id="reminded late"),
    pytest.param(54, {"reminded_at": 30}, S.STOP_DUE, None, id="reminded late, notice over"),
    pytest.param(48, {"reminded_at": 24, "answered_at": 47.99}, S.ANSWERED, None, id="answered at 47:59"),
    pytest.param(90, {"reminded_at": 24, "answered_at": 47.99}, S.ANSWERED, None, id="noticed late"),
    pytest.param(90, {"reminded_at": 24, "answered_at": 50}, S.ANSWERED, None, id="before the stop was told"),
    pytest.param(49, {"reminded_at": 24, "stopped_at": 48}, S.STOP_DUE, None, id="told, not finished"),
    pytest.param(
        49, {"stopped_at": 48, "answered_at": 47.99}, S.WITHDRAWAL_DUE, None, id="crossed with the closing"
    ),
    pytest.param(49, {"stopped_at": 48, "answered_at": 48.5}, S.REACTIVATION_DUE, None, id="after the stop"),
]


@pytest.mark.parametrize(("now", "facts", "state", "look"), CASES)
def test_pending(now: float, facts: dict[str, float], state: ApprovalState, look: float | None) -> None:
    assert SECTION is not None
    moments: dict[str, Any] = {name: MONDAY + h(hours) for name, hours in facts.items()}
    found = approval(SECTION, ApprovalFacts(MONDAY, **moments), MONDAY + h(now))
    assert (found.state, found.look_at) == (state, None if look is None else MONDAY + h(look))


@pytest.mark.parametrize(("marked", "state"), [(False, S.UNCONFIRMED), (True, S.STOP_DUE)])
def test_a_person_has_to_confirm(marked: bool, state: ApprovalState) -> None:
    assert HUMAN is not None
    facts = ApprovalFacts(MONDAY, reminded_at=MONDAY + h(24), marked=marked)
    assert approval(HUMAN, facts, MONDAY + h(47)).state is S.REMINDED
    assert approval(HUMAN, facts, MONDAY + h(48)).state is state


@pytest.mark.parametrize(
    ("marked", "answered", "state"),
    [
        (False, 60, S.NONE),
        (True, None, S.STOPPED),
        (True, 60, S.REACTIVATION_DUE),
        (True, 40, S.WITHDRAWAL_DUE),
    ],
)
def test_after_the_stop(marked: bool, answered: float | None, state: ApprovalState) -> None:
    assert SECTION is not None
    at = None if answered is None else MONDAY + h(answered)
    facts = ApprovalFacts(None, answered_at=at, stopped_at=MONDAY + h(48), marked=marked)
    assert approval(SECTION, facts, MONDAY + h(70)).state is state


def test_human_confirmation_tags_notes_and_waits() -> None:
    life = Life(contract("humana"))
    life.look()
    life.ask()
    for hours in (0, 24, 24.1, 30):
        life.move(hours=hours)
        life.look()
    assert {"requiere-aprobacion", "detenido-por-confirmar"} <= set(life.of.tags)
    assert (len(life.keys(":por-confirmar")), life.keys(":cierre")) == (1, [])
    life.tag("detenido")
    life.untag("requiere-aprobacion")
    life.look()
    assert len(life.keys(":cierre")) == 1
    assert {"detenido"} == {tag for tag in life.of.tags if not tag.startswith("sla-")}


def test_a_second_stop_is_not_undone_by_the_answer_to_the_first() -> None:
    life = Life()
    life.look()
    for _ in range(2):
        life.ask()
        for hours in (0, 24, 24.1, 1):
            life.move(hours=hours)
            life.look()
        assert "detenido" in life.of.tags
        life.move(hours=1)
        life.look()
        assert "detenido" in life.of.tags
        life.say("Disculpen, aprobado.", client=True)
        life.change(status=2)
        life.look()
        assert "reactivado" in life.of.tags
    assert len(life.keys(":cierre")) == 2


def test_a_person_may_mark_a_stop_by_hand_and_later_answers_bring_it_back() -> None:
    life = Life()
    life.look()
    life.say("Aprobado, pero esperen.", client=True)
    life.tag("detenido")
    life.look()
    assert life.keys(":cierre") == []
    life.move(hours=5)
    life.look()
    assert "detenido" in life.of.tags, "what was said before the mark is no answer to it"
    life.say("Ya pueden seguir.", client=True)
    life.look()
    assert "reactivado" in life.of.tags


def test_a_mark_by_hand_after_the_reminder_is_not_undone_by_what_was_said_before_it() -> None:
    life = Life(contract("humana"))
    life.look()
    life.ask()
    for hours in (24, 24):
        life.move(hours=hours)
        life.look()
    life.tag("detenido")
    life.untag("requiere-aprobacion")
    life.say("Aprobado.", client=True)
    for _ in range(2):
        life.look()
    assert "detenido" in life.of.tags
    assert life.keys(":cierre") == []


def test_switched_off_replies_give_no_notice_and_so_no_stop() -> None:
    off = shipped("respuestas").replace("activa: true", "activa: false")
    life = Life(contract())
    life.policy = _with(respuestas=off)
    life.look()
    life.ask()
    for _ in range(6):
        life.move(hours=24)
        planned = life.look()
    assert life.keys(":cierre") == []
    assert any("sin recordatorio al cliente no se detiene" in reason for reason in planned.reasons)


def _with(**files: str) -> Any:
    return loaded(**{name: shipped(name) for name in FILES}, **files)


@pytest.mark.parametrize(
    ("tags", "status", "needed"),
    [
        (("Requiere-Aprobacion",), 6, True),
        (("detenido-por-confirmar",), 3, True),
        (("requiere-aprobacion",), 2, False),
        (("detenido",), 6, False),
        ((), 6, False),
    ],
)
def test_hours_are_read_only_while_an_approval_is_pending(
    tags: tuple[str, ...], status: int, needed: bool
) -> None:
    assert needs_logged_time(SECTION, tags, status) is needed
    assert needs_logged_time(None, tags, status) is False


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("aprobaciones", "recordar_horas: 24 ", "recordar_horas: 48 ", "antes de que venza"),
        ("aprobaciones", "{{ horas }}", "{{ hora }}", "«hora», que no existe"),
        ("aprobaciones", "etiqueta_reactivado: reactivado", "etiqueta_reactivado: detenido", "distintas"),
        ("aprobaciones", "    cierre:\n      es:", "    cierre:\n      fr:", "«fr»"),
        ("morosidad", "{{ pausa }}", "{{ cuerpo }}", "«cuerpo», que no existe"),
        ("aviso-de-pago", "contabilidad@mda.pe", "contabilidad", "buzon"),
        ("alcance", "{{ borrador }}", "{% if %}", "plantilla"),
        ("reapertura", "maximo_palabras: 12", "maximo_palabras: 0", "maximo_palabras"),
    ],
)
def test_a_faulty_section_is_named_with_its_place(name: str, old: str, new: str, complaint: str) -> None:
    text = shipped(name)
    assert old in text
    _, problems = policy_from({f"{name}.yaml": text.replace(old, new, 1).encode()})
    assert any(complaint in str(problem) and str(problem).startswith(f"{name}.yaml:") for problem in problems)
