"""No path leads to DETENIDO without the notice that the contract asks for, whatever people and faults do."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from .desk import Life, contract

REMINDER, TERM, NOTICE = timedelta(hours=24), timedelta(hours=48), timedelta(hours=24)


class Approvals(RuleBasedStateMachine):
    """Let an agent ask, a client answer or not, persons interfere, and the service look, die and forget."""

    confirmation = "ninguna"
    stop_status = "5"

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(contract(self.confirmation, self.stop_status))
        self.asked: datetime | None = None
        self.answers: list[datetime] = []
        self.marked_by_hand = False
        self.closings = 0
        self.life.look()

    # --- time and the service

    @rule(hours=st.floats(0.1, 30))
    def time_passes(self, hours: float) -> None:
        self.life.move(hours=hours)

    @rule(gaps=st.lists(st.sampled_from([1, 23, 24, 25, 47, 60]), min_size=2, max_size=4))
    def days_pass_with_a_look_now_and_then(self, gaps: list[int]) -> None:
        for hours in gaps:
            self.life.move(hours=hours)
            self.the_service_looks()

    @rule()
    def the_service_looks(self) -> None:
        now, status = self.life.now, self.life.of.status
        planned = self.life.look()
        assert planned.wake_at is None or planned.wake_at > now
        if self.life.of.status != status:
            assert planned.wake_at == now + timedelta(seconds=5), "dates follow the status"
            self.life.look()
        self.check_closings()
        again = self.life.plan().actions
        assert not again, [getattr(a, "key", a) for a in again]

    @rule(steps=st.integers(0, 5), arrives=st.booleans(), forgets=st.booleans())
    def the_service_dies_on_the_way(self, steps: int, arrives: bool, forgets: bool) -> None:
        self.life.look(steps=steps, arrives=arrives)
        self.check_closings()
        if forgets:
            self.life.forget()
        self.life.move(seconds=61)

    @rule()
    def the_store_is_emptied(self) -> None:
        self.life.forget()

    # --- people

    @precondition(lambda self: self.life.of.status == 2)
    @rule()
    def an_agent_asks(self) -> None:
        self.life.ask()
        self.asked = self.life.now

    @rule(reopens=st.booleans())
    def the_client_answers(self, reopens: bool) -> None:
        self.life.say("Aprobado, adelante.", client=True)
        self.answers.append(self.life.now)
        if reopens:
            self.life.change(status=2)

    @rule(
        what=st.sampled_from(["out of office", "reopens", "notes", "takes back", "marks", "swaps", "lifts"])
    )
    def somebody_interferes(self, what: str) -> None:
        life = self.life
        match what:
            case "out of office":
                life.say("Respuesta automática: fuera de la oficina.", client=True)
            case "reopens":
                life.change(status=2)
            case "notes":
                life.say("Hablé con ellos.", private=True)
            case "takes back":
                life.untag("requiere-aprobacion", "detenido-por-confirmar")
            case "lifts":
                life.untag("detenido")
            case "marks" | "swaps":
                self.marked_by_hand = True
                life.tag("detenido")
                life.untag(*(["requiere-aprobacion"] if what == "swaps" else []))

    # --- what must hold

    def check_closings(self) -> None:
        closings = self.life.keys(":cierre")
        for at in closings[self.closings :]:
            self.check_closing(at)
        self.closings = len(closings)

    def check_closing(self, at: datetime) -> None:
        asked = self.asked
        assert asked is not None, "nobody asked"
        assert at - asked >= TERM - timedelta(seconds=1), "before the deadline"
        reminders = [told for told in self.life.keys(":recordatorio") if asked <= told <= at]
        assert reminders, "without a reminder"
        assert at - min(reminders) >= NOTICE, "too soon after the reminder"
        assert min(reminders) - asked >= REMINDER - timedelta(seconds=1)
        assert not [told for told in self.answers if asked < told < at], "although the client had answered"
        if self.confirmation == "humana":
            assert self.marked_by_hand, "without a person's confirmation"

    @invariant()
    def nothing_is_said_twice(self) -> None:
        twice = [key for key, times in Counter(key for key, _ in self.life.sent).items() if times > 1]
        assert not twice

    @invariant()
    def the_tag_follows_the_closing(self) -> None:
        if "detenido" in self.life.of.tags and not self.marked_by_hand:
            assert self.life.keys(":cierre")
            assert self.life.keys(":detenido")


class ConfirmedApprovals(Approvals):
    """The same where a person has to confirm."""

    confirmation = "humana"


class ApprovalsThatStayOpen(Approvals):
    """The same where a stop changes no status."""

    stop_status = "null"


# The phase that explains a failure takes minutes here.
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)
lasting = settings(max_examples=100, stateful_step_count=25, deadline=None, phases=PHASES, derandomize=True)
TestApprovals = Approvals.TestCase
TestConfirmedApprovals = ConfirmedApprovals.TestCase
TestApprovalsThatStayOpen = ApprovalsThatStayOpen.TestCase
TestApprovals.settings = TestConfirmedApprovals.settings = TestApprovalsThatStayOpen.settings = lasting


@pytest.mark.xfail(reason="known: after tags were swapped on an emptied store, told a look late")
def test_a_swap_after_an_emptied_store_is_told_at_once() -> None:
    life = ConfirmedApprovals()
    life.an_agent_asks()
    life.days_pass_with_a_look_now_and_then(gaps=[24, 24])
    life.the_store_is_emptied()
    life.the_client_answers(reopens=True)
    life.an_agent_asks()
    life.somebody_interferes(what="swaps")
    life.days_pass_with_a_look_now_and_then(gaps=[1, 1])


@pytest.mark.xfail(reason="known: the reminder falls due within the second of the look before")
def test_a_look_in_the_second_before_the_reminder() -> None:
    life = Approvals()
    life.an_agent_asks()
    life.time_passes(hours=0.99999)
    life.days_pass_with_a_look_now_and_then(gaps=[23, 1])
