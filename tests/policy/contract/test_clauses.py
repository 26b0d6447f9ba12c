"""What the smaller clauses decide: invoices, notices of payment, scope, manufacturers, thanks, dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.record import Written
from bot.domain.ticket import Company
from bot.policy.billing import BillingSection, BillingState, Suspension, billing, is_overdue
from bot.policy.demands import Demands, Finish, combine
from bot.policy.payment_notice import NoticeState, dates_in, notice_state
from bot.policy.waiting import is_contested, is_farewell, is_freshdesks_shift
from tests.policy.planner.desk import MONDAY, notes, ticket

from .desk import Life, contract

LIMA = ZoneInfo("America/Lima")
LISTED = BillingSection(empresas_morosas=frozenset({9}))


@pytest.mark.parametrize(
    ("company", "section", "overdue"),
    [
        (None, LISTED, None),
        (Company(9), LISTED, True),
        (Company(9, overdue=False), LISTED, True),
        (Company(8), LISTED, None),
        (Company(8, overdue=True), LISTED, True),
        (Company(8, overdue=False), LISTED, False),
    ],
)
def test_only_people_and_their_data_mark_a_company(
    company: Company | None, section: BillingSection, overdue: bool | None
) -> None:
    assert is_overdue(company, section) is overdue


OPEN, OVER = Suspension(MONDAY), Suspension(MONDAY, MONDAY + timedelta(hours=5))
LATER = MONDAY + timedelta(hours=9)


@pytest.mark.parametrize(
    ("overdue", "known", "may_begin", "state", "count"),
    [
        (True, (), True, BillingState.SUSPENDED, 1),
        (True, (), False, BillingState.CLEAR, 0),
        (None, (), True, BillingState.CLEAR, 0),
        (False, (), True, BillingState.CLEAR, 0),
        (None, (OPEN,), True, BillingState.SUSPENDED, 1),
        (False, (OPEN,), True, BillingState.LIFTED, 1),
        (False, (OPEN,), False, BillingState.LIFTED, 1),
        (True, (OVER,), True, BillingState.SUSPENDED, 2),
    ],
)
def test_a_suspension_begins_and_ends_as_it_is_seen(
    overdue: bool | None, known: tuple[Suspension, ...], may_begin: bool, state: BillingState, count: int
) -> None:
    found = billing(overdue, known, LATER, may_begin=may_begin)
    assert (found.state, len(found.suspensions)) == (state, count)
    if state is BillingState.LIFTED:
        assert found.suspensions[-1].end == LATER


@pytest.mark.parametrize(
    ("noticed", "due", "state"),
    [
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), date(2026, 11, 26), NoticeState.IN_TIME),
        (datetime(2026, 11, 24, 5, 0, 1, tzinfo=UTC), date(2026, 11, 26), NoticeState.LATE),
        (MONDAY, None, NoticeState.UNKNOWN),
    ],
    ids=["48 h before midnight in Lima", "a second later", "unknown day"],
)
def test_notice_of_payment(noticed: datetime, due: date | None, state: NoticeState) -> None:
    assert notice_state(noticed, due, 48, LIMA) is state


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vence el 25/11 o 26-11-2026", ("25/11", "26-11-2026")),
        ("hasta el 30 de noviembre de 2026", ("30 de noviembre de 2026",)),
        ("el 5 de setiembre y el 5 de setiembre", ("5 de setiembre",)),
        ("RUC 20512345678, factura 001-1234, cel 999 888 777", ()),
        ("2026-11-30", ("2026-11-30",)),
        ("9" * 50_000 + "/" * 50_000, ()),
    ],
    ids=["numbers", "words", "once", "no dates", "iso", "hostile"],
)
def test_dates_are_shown_as_found(text: str, found: tuple[str, ...]) -> None:
    assert dates_in(text) == found


def test_a_notice_without_a_known_day_shows_the_dates_of_the_text_escaped() -> None:
    life = Life(of=ticket(body="Les aviso que pagaré tarde, el 30/11 <b>."))
    note = notes(life.look())["aviso-de-pago:nota"]
    assert "«30/11»" in note
    assert "verifiquen" in note
    assert [key for key, _ in life.sent].count("aviso-de-pago") == 1


REOPENING = contract().reopening


@pytest.mark.parametrize(
    ("text", "farewell"),
    [
        ("Gracias", True),
        ("¡Muchas gracias por la ayuda! Saludos", True),
        ("GRACIAS LUCÍA", False),
        ("Gracias Lucía, quedó perfecto", True),
        ("Ok, todo bien. Gracias.", True),
        ("Thank you very much!", True),
        ("Gracias\n\nSaludos,\nAna Torres\nJefa de Ventas", True),
        ("Gracias\n\n> El lun 23 nov, soporte escribió:\n> sigue el error", True),
        ("Gracias, pero sigue fallando", False),
        ("Gracias. Falla otra vez", False),
        ("Gracias. Error", False),
        ("¿Gracias?", False),
        ("Hola", False),
        ("", False),
        ("gracias " * 13, False),
        ("gracias " * 100_000, False),
        ("Gracias\nSaludos\npd: sigue caído", False),
    ],
)
def test_farewells(text: str, farewell: bool) -> None:
    assert REOPENING is not None
    assert is_farewell(text, REOPENING) is farewell


OURS = "2026-12-01T15:00:00+00:00"
DUE = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SURE = Written(None, OURS, sure=True)


@pytest.mark.parametrize(
    ("known", "moved", "wanted", "waited", "explained"),
    [
        pytest.param(SURE, 30, 20, 30, True, id="by the wait on the clock"),
        pytest.param(SURE, 30, 0, 30, False, id="nothing due to move"),
        pytest.param(SURE, 31, 20, 30, False, id="by more than the wait"),
        pytest.param(SURE, -1, 20, 30, False, id="earlier: a person"),
        pytest.param(SURE, 0, 20, 30, False, id="not moved"),
        pytest.param(None, 30, 20, 30, False, id="nothing known"),
        pytest.param(Written(None, OURS), 30, 20, 30, False, id="not sure of our own"),
    ],
)
def test_freshdesks_own_shift(
    known: Written | None, moved: int, wanted: int, waited: int, explained: bool
) -> None:
    args = (known, DUE + moved * HOUR, DUE + wanted * HOUR, waited * HOUR)
    assert is_freshdesks_shift(*args) is explained


@pytest.mark.parametrize(("rewrites", "contested"), [(0, False), (1, True)])
def test_what_is_moved_again_after_one_rewrite_is_a_conflict(rewrites: int, contested: bool) -> None:
    known = Written(None, OURS, sure=True, rewrites=rewrites)
    assert is_contested(known, DUE + 30 * HOUR, 30 * HOUR) is contested
    assert not is_contested(known, DUE, 30 * HOUR)


def resumed() -> Life:
    """Return a ticket of the level counted in business days that waited a whole weekend."""
    life = Life(of=ticket(body="Gracias"))
    life.look()
    life.say("Ya lo vemos.")
    life.look()
    life.move(days=4)
    life.change(status=6)
    life.look()
    life.move(days=3)
    life.change(status=2)
    return life


def test_a_date_freshdesk_shifts_by_its_own_clock_is_put_right_once_then_left_as_a_conflict() -> None:
    life = resumed()
    assert life.of.due_by is not None
    shifted = life.of.due_by + timedelta(days=3)
    life.change(due_by=shifted)
    planned = life.look()
    right = life.of.due_by
    assert right != shifted
    assert any("se corrige una vez" in reason for reason in planned.reasons)
    assert life.plan().actions == ()
    life.change(due_by=shifted)
    insisted = life.look()
    assert (insisted.actions, insisted.conflicts) == ((), ("due_by",))
    assert life.of.due_by == shifted


def test_a_date_a_person_chose_while_it_waited_is_respected() -> None:
    life = resumed()
    chosen = MONDAY + timedelta(days=90)
    life.change(due_by=chosen)
    planned = life.look()
    assert life.of.due_by == chosen
    assert planned.conflicts == ()


def test_notes_name_the_wait_by_cause_and_say_when_it_is_approximate() -> None:
    life = Life()
    life.look()
    life.say("Ya lo vemos.")
    life.change(status=6)
    life.look()
    life.move(hours=30)
    life.change(status=2)
    life.look()
    life.move(days=6)
    late = notes(life.look())
    assert any("1 d 6 h (cliente)" in html for html in late.values())
    assert not any("aproximado" in html for html in late.values())


def test_a_change_of_status_that_freshdesk_does_not_date_makes_the_dates_approximate() -> None:
    life = Life()
    life.look()
    life.say("Ya lo vemos.")
    life.of = replace(life.of, status=6)
    life.look()
    life.change(priority=1)
    (note,) = notes(life.look()).values()
    assert "aproximado" in note


def test_a_vendor_waited_for_is_tagged_once() -> None:
    life = Life()
    life.look()
    life.change(status=7)
    life.look()
    assert "fabricante" in life.of.tags
    life.untag("fabricante")
    life.look()
    assert "fabricante" not in life.of.tags


def test_demands_of_several_clauses_become_one() -> None:
    first = Demands(state_tags=("a",), wake_at=LATER, reasons=("x",), finish=Finish(on=("z",)))
    second = Demands(state_tags=("a", "b"), wake_at=MONDAY, moments={"m": MONDAY})
    both = combine((first, second))
    assert both.state_tags == ("a", "b")
    assert both.wake_at == MONDAY
    assert both.finish == Finish(on=("z",))
    assert both.moments == {"m": MONDAY}
