"""Which fields the bot still owns: memory, present value and wish, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.record import Written
from bot.policy.fields import LEAVE, Step, field_step

from .desk import wrote

TAKEN = Step(reason="prioridad: alguien lo cambió y se respeta")
REFUSED = Step(reason="Freshdesk no aceptó prioridad; no se insiste")
WRITE = Step(write=True)


def remembers(before: Any, value: Any) -> Step:
    return Step(remember=Written(before, value, sure=True))


CASES: list[Any] = [
    # No memory: the value that stands there is nobody's choice.
    pytest.param(None, 1, 4, WRITE, id="never seen, differs"),
    pytest.param(None, 4, 4, remembers(4, 4), id="never seen, right already"),
    pytest.param(None, None, 4, WRITE, id="never seen, empty"),
    # Sure of what it wrote.
    pytest.param(wrote(1, 4, sure=True), 4, 4, LEAVE, id="sure, as wanted"),
    pytest.param(wrote(1, 4, sure=True), 4, 2, WRITE, id="sure, another wish"),
    pytest.param(wrote(1, 4, sure=True), 2, 4, TAKEN, id="sure, changed by a person"),
    pytest.param(wrote(1, 4, sure=True), 1, 4, TAKEN, id="sure, put back by a person"),
    pytest.param(wrote(1, 4, sure=True), None, 4, TAKEN, id="sure, emptied by a person"),
    pytest.param(wrote(1, 4, sure=True), 2, 2, remembers(1, 2), id="sure, changed to what is wanted now"),
    # Written without an answer.
    pytest.param(wrote(1, 4), 4, 4, remembers(1, 4), id="unsure, arrived"),
    pytest.param(wrote(1, 4), 1, 4, WRITE, id="unsure, not arrived"),
    pytest.param(wrote(1, 4), 1, 2, WRITE, id="unsure, not arrived, another wish"),
    pytest.param(wrote(1, 4), 4, 2, WRITE, id="unsure, arrived, another wish"),
    pytest.param(wrote(1, 4), 3, 4, TAKEN, id="unsure, a person was faster"),
    pytest.param(wrote(None, 4), 3, 4, WRITE, id="unsure, was empty: Freshdesk fills in its own"),
    # Refused by Freshdesk.
    pytest.param(wrote(1, 4, refused=True), 1, 4, REFUSED, id="refused, same wish"),
    pytest.param(wrote(1, 4, refused=True), 1, 2, WRITE, id="refused, another wish"),
    pytest.param(wrote(1, 4, refused=True), 3, 2, TAKEN, id="refused, changed by a person since"),
    # Taken over by people.
    pytest.param(wrote(4, 1, sure=True, people=True), 1, 4, LEAVE, id="people's, differs"),
    pytest.param(wrote(4, 1, sure=True, people=True), 4, 4, LEAVE, id="people's, as wanted"),
    pytest.param(wrote(4, 1, sure=True, people=True), 3, 4, LEAVE, id="people's, changed again"),
]


@pytest.mark.parametrize(("memory", "current", "wanted", "step"), CASES)
def test_field_step(memory: Written | None, current: Any, wanted: Any, step: Step) -> None:
    assert field_step(memory, current, wanted, "prioridad") == step
