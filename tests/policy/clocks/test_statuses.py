"""What the portals file says of Freshdesk's statuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.policy.calendar_section import CalendarSection
from bot.policy.statuses import PauseCause, PortalsSection

from .desk import CLOSED, ON_CUSTOMER, ON_VENDOR, OPEN, PENDING, RESOLVED, portal, shipped

CUSTOM = 12


@pytest.mark.parametrize(
    ("status", "cause", "closed", "timer"),
    [
        pytest.param(OPEN, None, False, True, id="open"),
        pytest.param(PENDING, PauseCause.CUSTOMER, False, False, id="pending"),
        pytest.param(RESOLVED, None, True, False, id="resolved"),
        pytest.param(CLOSED, None, True, False, id="closed"),
        pytest.param(ON_CUSTOMER, PauseCause.CUSTOMER, False, False, id="waiting on customer"),
        pytest.param(ON_VENDOR, PauseCause.THIRD_PARTY, False, False, id="waiting on third party"),
        pytest.param(CUSTOM, None, False, False, id="a status nobody listed runs our clock only"),
    ],
)
def test_the_shipped_statuses(status: int, cause: PauseCause | None, closed: bool, timer: bool) -> None:
    assert portal().pause_cause(status) is cause
    assert portal().is_closed(status) is closed
    assert portal().timer_runs(status) is timer


def section(**portals: Any) -> PortalsSection:
    default = {"pausan": {"cliente": [3]}, "cerrados": [4, 5], "idioma": "es"}
    return PortalsSection.model_validate({"predeterminado": default} | portals)


def test_a_portal_takes_from_the_default_what_it_leaves_out() -> None:
    own = section(mda={"pausan": {"interno": [8]}, "grupos": {"soporte": 42}}).of("mda")
    assert own.pause_cause(8) is PauseCause.INTERNAL
    assert own.pause_cause(3) is None
    assert own.is_closed(4)
    assert own.grupos == {"soporte": 42}


def test_an_unnamed_portal_is_the_default() -> None:
    found = section(mda={"idioma": "en"})
    assert found.of("acelera") == found.of("predeterminado")
    assert found.of("mda").idioma == "en"


def test_without_a_list_the_timer_runs_unless_paused_or_closed() -> None:
    found = section().of("acelera")
    assert [found.timer_runs(status) for status in (OPEN, PENDING, CLOSED, CUSTOM)] == [
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("portals", "message"),
    [
        pytest.param(
            {"mda": {"pausan": {"cliente": [6], "tercero": [6]}}}, "«mda»: el estado 6", id="two causes"
        ),
        pytest.param({"mda": {"cerrados": [3]}}, "«mda»: el estado 3", id="closed here, pausing by default"),
        pytest.param({"MDA": {}}, "no es un nombre de portal", id="capitals"),
        pytest.param({"mda": {"cerrados": ["4"]}}, "valid integer", id="status as text"),
        pytest.param({"mda": {"cerrados": [1]}}, "greater than or equal to 2", id="status 1"),
        pytest.param({"mda": {"idioma": "fr"}}, "'es' or 'en'", id="unknown language"),
        pytest.param({"mda": {"zona": "x"}}, "Extra inputs", id="unknown key"),
    ],
)
def test_mistakes_are_refused(portals: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        section(**portals)


def test_the_default_portal_is_needed() -> None:
    with pytest.raises(ValidationError, match="falta «predeterminado»"):
        PortalsSection.model_validate({"mda": {}})


def test_calendars_that_do_not_exist_are_named() -> None:
    calendars = CalendarSection.model_validate(shipped("calendario", "calendario.yaml"))
    assert list(section().problems(calendars)) == []
    (problem,) = section(mda={"calendario": "madrid"}).problems(calendars)
    assert problem == "portal «mda»: no existe el calendario «madrid»; hay: predeterminado"
