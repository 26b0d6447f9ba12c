"""Is every flag told once to the right people, and does a wait for a vendor stop only the right clock?"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from datetime import datetime, timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.actions import AddNote, Forward, Reply
from bot.domain.plan import Plan
from bot.domain.ticket import Company
from bot.policy.case import case_of, observed
from bot.policy.replies import ACKNOWLEDGEMENT
from bot.policy.statuses import PauseCause
from tests.policy.planner.desk import BOT, MONDAY, NORMAL, URGENT, ticket

from .desk import Life, contract

OPEN, CUSTOMER, VENDOR, CLOSED = 2, 6, 7, 5
LATE, BEYOND = "Les aviso que pagaré tarde.", "Queremos un desarrollo a medida."
TOPICS = {LATE: "aviso-de-pago", BEYOND: "fuera-de-alcance"}
KEYS = {LATE: {"aviso-de-pago", "aviso-de-pago:nota"}, BEYOND: {"fuera-de-alcance:nota"}}
ALLOWED = {4: (24, 7), 3: (48, 10), 2: (72, 15)}  # hours to answer, days to resolve, by priority
OUTCOMES = ("llegó con 48 horas o más", "llegó con menos de las 48", "No conocemos")


class Flags(RuleBasedStateMachine):
    """Let a ticket come with or without a flag, people do anything, and the service look, die and forget."""

    said = LATE

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(contract())
        self.flagged = self.told = self.taken_off = self.relevelled = False
        self.status = OPEN

    @initialize(
        start=st.sampled_from([NORMAL, URGENT]),
        flags=st.sets(st.sampled_from([LATE, BEYOND])),
        at=st.integers(0, 48),
    )
    def a_ticket_arrives(self, start: str, flags: set[str], at: int) -> None:
        came = MONDAY - timedelta(hours=at)
        self.life.of = ticket(body=". ".join([start, *sorted(flags)]), created_at=came, updated_at=came)
        self.flagged = self.said in flags

    @rule(hours=st.floats(0.1, 60))
    def time_passes(self, hours: float) -> None:
        self.life.move(hours=hours)

    @rule(forgets=st.booleans())
    def the_service_looks(self, forgets: bool) -> None:
        self.check(self.life.look())
        if self.life.of.status != CLOSED:
            self.told, self.relevelled = self.flagged, False
            self.check_topic()
        assert not self.life.plan().actions
        if forgets and not self.relevelled:
            self.life.forget()

    @rule(steps=st.integers(0, 5), arrives=st.booleans(), forgets=st.booleans())
    def the_service_dies_on_the_way(self, steps: int, arrives: bool, forgets: bool) -> None:
        self.check(self.life.look(steps=steps, arrives=arrives))
        if forgets and not self.relevelled:
            self.life.forget()
        self.life.move(seconds=61)

    @rule(status=st.sampled_from([OPEN, CUSTOMER, VENDOR, CLOSED]))
    def an_agent_sets_the_status(self, status: int) -> None:
        self.status = status
        self.life.change(status=status)

    # A topic taken off comes back where the store forgets before a new level was told: both are not mixed.
    @precondition(lambda self: "priority" in self.life.record.written)
    @rule(priority=st.integers(1, 4))
    def an_agent_sets_the_level(self, priority: int) -> None:
        self.life.change(priority=priority)
        self.relevelled = True

    @rule(text=st.sampled_from([LATE, BEYOND, "Gracias"]), client=st.booleans(), private=st.booleans())
    def somebody_writes(self, text: str, client: bool, private: bool) -> None:
        self.life.say(text, client=client, private=private and not client)

    @precondition(lambda self: self.told)
    @rule()
    def a_person_takes_the_flag_off(self) -> None:
        self.life.untag(TOPICS[self.said])
        self.taken_off = True

    @abstractmethod
    def check(self, planned: Plan) -> None: ...

    def check_topic(self) -> None:
        sent = Counter(key for key, _ in self.life.sent)
        assert {sent[key] for key in KEYS[self.said]} == {int(self.told)}
        assert (TOPICS[self.said] in self.life.of.tags) == (self.told and not self.taken_off)

    @invariant()
    def nothing_is_said_twice(self) -> None:
        assert max(Counter(key for key, _ in self.life.sent).values(), default=1) == 1

    @invariant()
    def no_flag_no_word(self) -> None:
        assert self.flagged or not KEYS[self.said] & {key for key, _ in self.life.sent}

    @invariant()
    def status_and_service_are_for_people(self) -> None:
        assert self.life.of.status == self.status
        assert not {"requiere-aprobacion", "detenido", "servicio-suspendido"} & set(self.life.of.tags)


class PaymentNotices(Flags):
    """Let the company's invoice fall due on another day now and then."""

    @rule(days=st.none() | st.integers(-2, 6))
    def accounting_sets_the_day(self, days: int | None) -> None:
        due = None if days is None else (MONDAY + timedelta(days=days)).date()
        self.life.company = Company(9, invoice_due=due)

    def check(self, planned: Plan) -> None:
        forwards = [action for action in planned.actions if isinstance(action, Forward)]
        assert all(action.to == ("contabilidad@mda.pe",) for action in forwards)
        for note in planned.actions:
            if isinstance(note, AddNote) and note.key == "aviso-de-pago:nota":
                assert self.outcome() in note.html
                assert sum(outcome in note.html for outcome in OUTCOMES) == 1

    def outcome(self) -> str:
        due = self.life.company.invoice_due if self.life.company else None
        if due is None:
            return OUTCOMES[2]
        midnight = MONDAY.replace(year=due.year, month=due.month, day=due.day, hour=5)  # in Lima
        early = midnight - self.life.of.created_at >= timedelta(hours=48)
        return OUTCOMES[0] if early else OUTCOMES[1]


class OutOfScope(Flags):
    """Let a request lie out of scope: the desk gets a draft, the client no word of it."""

    said = BEYOND

    def check(self, planned: Plan) -> None:
        replies = [action for action in planned.actions if isinstance(action, Reply)]
        assert all(action.key == ACKNOWLEDGEMENT for action in replies)
        assert not any("cotiza" in action.html or "propuesta" in action.html for action in replies)
        for note in planned.actions:
            if isinstance(note, AddNote) and note.key == "fuera-de-alcance:nota":
                assert "<b>desarrollo a medida</b>" in note.html
                assert "solicitud #7" in note.html


class Vendors(RuleBasedStateMachine):
    """Let an urgent ticket wait for a vendor or the client; each change of status is seen, soon or late."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(contract())
        self.level = 4
        self.changed: list[tuple[int, datetime]] = [(OPEN, MONDAY)]
        self.answered: datetime | None = None
        self.unseen = False
        self.lost = False
        self.untagged = False
        self.the_service_looks()

    @rule(hours=st.floats(0.1, 90))
    def time_passes(self, hours: float) -> None:
        self.life.move(hours=hours)

    @precondition(lambda self: not self.unseen)
    @rule(status=st.sampled_from([OPEN, CUSTOMER, VENDOR, VENDOR]))
    def an_agent_sets_the_status(self, status: int) -> None:
        if status != self.life.of.status:
            self.life.change(status=status)
            self.changed.append((status, self.life.now))
            self.unseen, self.untagged = True, False  # every wait is tagged anew

    @precondition(lambda self: not self.unseen)
    @rule(level=st.sampled_from([2, 3, 4]))
    def an_agent_sets_the_level(self, level: int) -> None:
        if level != self.life.of.priority:
            self.life.change(priority=level)
            self.level = level
            self.unseen = True

    @rule(client=st.booleans())
    def somebody_writes(self, client: bool) -> None:
        self.life.say("¿Hay novedades?", client=client)
        self.answered = self.answered or (None if client else self.life.now)

    @precondition(lambda self: not self.unseen)
    @rule()
    def a_person_takes_the_tag_off(self) -> None:
        self.untagged |= self.life.of.status == VENDOR
        self.life.untag("fabricante")

    @precondition(lambda self: not self.unseen and self.life.of.status == OPEN)
    @rule()
    def the_store_is_emptied(self) -> None:
        self.life.forget()
        self.lost = True

    @rule()
    def the_service_looks(self) -> None:
        now = self.life.now
        planned = self.life.look()
        self.unseen = False
        assert not self.life.plan().actions
        limit = MONDAY + timedelta(hours=ALLOWED[self.level][0])
        assert planned.response.limit == limit, "a wait moves no answer"
        late = (self.answered or now) >= limit
        assert planned.response.state == ("breached" if late else "met" if self.answered else "running")
        if self.answered is not None and not self.lost:
            self.check_resolution_clock(planned, self.answered, now)
        if self.life.of.status == VENDOR and not self.lost:
            assert ("fabricante" in self.life.of.tags) != self.untagged

    def check_resolution_clock(self, planned: Plan, answered: datetime, now: datetime) -> None:
        limit, waited = answered + timedelta(days=ALLOWED[self.level][1]), timedelta()
        ends = [at for _, at in self.changed[1:]] + [now]
        for (status, start), end in zip(self.changed, ends, strict=True):
            length = end - max(start, answered)
            if status != OPEN and length > timedelta() and start < limit:
                limit += length
                waited += length if status == VENDOR else timedelta()
        assert planned.resolution.limit == limit
        stands = self.changed[-1][0] != OPEN and limit > now
        assert planned.resolution.state == ("paused" if stands else "breached" if now >= limit else "running")
        assert self.waited(now) == waited

    def waited(self, now: datetime) -> timedelta:
        life = self.life
        seen = observed(life.of, life.record.statuses, now)
        case = case_of(life.of, life.record, life.policy, now, seen, None, BOT)
        return case.resolution.paused_total(now).get(PauseCause.THIRD_PARTY, timedelta())


# The phase that explains a failure takes minutes here.
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)
lasting = settings(max_examples=60, stateful_step_count=25, deadline=None, phases=PHASES, derandomize=True)
shorter = settings(lasting, max_examples=40, stateful_step_count=20)
TestPaymentNotices = PaymentNotices.TestCase
TestOutOfScope = OutOfScope.TestCase
TestVendors = Vendors.TestCase
TestPaymentNotices.settings = TestOutOfScope.settings = shorter
TestVendors.settings = lasting
