"""Is one trial at a time kept, told of, stopped and seen as broken off?"""

from __future__ import annotations

from typing import Any

import pytest
from redis import Redis

from bot.store.traces import Traces
from bot.store.trials import TrialHead, Trials, TrialState
from tests.world import MONDAY

HEAD = TrialHead("pasados", "ana", MONDAY, "v1", "v2", "archivo subido")


@pytest.fixture
def trials(redis: Redis) -> Trials:
    return Trials(redis)


def begun(trials: Trials) -> str:
    token = trials.begin(HEAD)
    assert token is not None
    return token


def state(trials: Trials) -> TrialState | None:
    view = trials.view()
    return None if view is None else view.state


def test_a_trial_tells_its_progress_and_leaves_its_result(trials: Trials) -> None:
    assert trials.view() is None
    token = begun(trials)
    assert trials.told(token, 3, 10)
    view = trials.view()
    assert view is not None
    assert (view.head, view.state, view.done, view.total) == (HEAD, TrialState.RUNNING, 3, 10)
    assert trials.result() is None
    trials.finish(token, {"rows": ["ñ"]})
    assert state(trials) is TrialState.DONE
    assert trials.result() == {"rows": ["ñ"]}


def test_a_second_trial_waits_for_the_first_and_then_takes_its_place(trials: Trials) -> None:
    token = begun(trials)
    assert trials.begin(HEAD) is None
    trials.finish(token, {"rows": []})
    begun(trials)
    assert trials.result() is None


def test_a_canceled_trial_is_told_to_stop_and_leaves_nothing(trials: Trials) -> None:
    token = begun(trials)
    trials.cancel()
    assert not trials.told(token, 1, 2)
    trials.finish(token, {"rows": []})
    assert (state(trials), trials.result()) == (TrialState.CANCELED, None)
    trials.cancel()
    assert state(trials) is TrialState.CANCELED


def test_a_late_word_of_an_old_trial_changes_nothing_of_the_next(trials: Trials) -> None:
    old = begun(trials)
    trials.cancel()
    begun(trials)
    trials.fail(old, "no")
    trials.finish(old, {})
    assert not trials.told(old, 9, 9)
    assert state(trials) is TrialState.RUNNING


def test_a_trial_that_tells_nothing_any_more_is_broken_off(trials: Trials, redis: Redis) -> None:
    begun(trials)
    redis.delete("semaforo:ops:trial:lock")
    assert state(trials) is TrialState.BROKEN_OFF
    begun(trials)


NAMING = {
    "row": {"rows": [{"id": 7, "portal": "acelera"}]},
    "row without its portal": {"rows": [{"id": 7, "portal": None}]},
    "example": {"moves": [{"examples": [7]}]},
    "in the shade": {"shade": [{"examples": [7]}]},
    "unread": {"unread": ["acelera:7"]},
}


@pytest.mark.parametrize("result", NAMING.values(), ids=NAMING.keys())
def test_who_is_forgotten_takes_a_result_that_names_his_ticket_along(
    trials: Trials, redis: Redis, result: dict[str, Any]
) -> None:
    trials.finish(begun(trials), result)
    traces = Traces(redis)
    assert traces.of_portal("acelera", [8], None) == []
    traces.erase(traces.of_portal("acelera", [7], None))
    assert trials.result() is None


def test_a_failed_trial_says_why(trials: Trials) -> None:
    trials.fail(begun(trials), "Freshdesk no respondió")
    view = trials.view()
    assert view is not None
    assert (view.state, view.problem) == (TrialState.FAILED, "Freshdesk no respondió")
