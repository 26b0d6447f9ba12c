"""A suspension is only ever marked by people, and lifting it moves both dates by exactly the time paused."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.ticket import Company

from .desk import Life, contract

TAG = "servicio-suspendido"
SLACK = timedelta(seconds=40)  # acts take seconds here, and after a loss the note's own time stands in


class Billing(RuleBasedStateMachine):
    """Let people mark and lift, and the service look, die and forget."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(contract(), company=Company(9, overdue=False))
        self.since: datetime | None = None
        self.paused = timedelta()
        self.losses = 0
        self.first = self.life.look().response.limit

    @rule(hours=st.floats(0.1, 50))
    def time_passes(self, hours: float) -> None:
        self.life.move(hours=hours)

    @rule(overdue=st.sampled_from([True, False, None]))
    def people_mark(self, overdue: bool | None) -> None:
        self.life.company = Company(9, overdue=overdue)

    @rule()
    def the_service_looks(self) -> None:
        now, overdue = self.life.now, self.life.company.overdue if self.life.company else None
        if overdue is True and self.since is None:
            self.since = now
        if overdue is False and self.since is not None:
            self.paused += now - self.since
            self.since = None
        planned = self.life.look()
        assert not self.life.plan().actions
        assert (TAG in self.life.of.tags) == (self.since is not None)
        so_far = self.paused + (now - self.since if self.since else timedelta())
        assert planned.response.limit is not None
        assert self.first is not None
        if planned.response.state == "running":
            assert abs(planned.response.limit - self.first - so_far) <= SLACK * (1 + self.losses)

    @precondition(lambda self: self.losses < 3)
    @rule()
    def the_store_is_emptied(self) -> None:
        self.losses += 1
        self.life.forget()

    @invariant()
    def the_bot_suspends_nobody_by_itself(self) -> None:
        if self.since is None and not self.life.keys(":nota"):
            assert TAG not in self.life.of.tags

    @invariant()
    def nothing_is_said_twice(self) -> None:
        assert max(Counter(key for key, _ in self.life.sent).values(), default=1) == 1


TestBilling = Billing.TestCase
# The phase that explains a failure takes minutes here.
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)
TestBilling.settings = settings(max_examples=60, stateful_step_count=25, deadline=None, phases=PHASES)
