"""A pure desk: one ticket's life on a clock of its own, planned for and carried out without any store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.domain.actions import AddNote, Notify, OnceOnly, SetFields
from bot.domain.plan import Plan
from bot.domain.record import Effect, EffectState, Record
from bot.domain.ticket import Company, Ticket
from bot.policy import planner
from bot.policy.approval import LoggedTime
from bot.policy.marks import reference
from bot.policy.model import Policy
from tests.policy.planner.desk import BOT, LUCIA, MONDAY, loaded, message, shipped, ticket

FILES = ("aprobaciones", "morosidad", "aviso-de-pago", "alcance", "reapertura")


@cache
def contract(confirmation: str = "ninguna", stop_status: str = "5") -> Policy:
    """Return the plain rules with the shipped contract, with another way to confirm or status of a stop."""
    files = {name: shipped(name) for name in FILES}
    text = files["aprobaciones"].replace("confirmacion: ninguna", f"confirmacion: {confirmation}")
    files["aprobaciones"] = text.replace("estado_al_detener: 5", f"estado_al_detener: {stop_status}")
    return loaded(**files)


@dataclass
class Life:
    """Hold a ticket and what is remembered of it; every act takes a second."""

    policy: Policy = field(default_factory=contract)
    now: datetime = MONDAY
    of: Ticket = field(default_factory=ticket)
    record: Record = field(default_factory=Record)
    company: Company | None = None
    logged: LoggedTime | None = None
    sent: list[tuple[str, datetime]] = field(default_factory=list)

    def move(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def change(self, **fields: Any) -> None:
        """Change fields as anybody would; Freshdesk notes the moment of a new status."""
        self.move(seconds=1)
        if fields.get("status", self.of.status) != self.of.status:
            fields["stats"] = replace(self.of.stats, status_updated_at=self.now)
        self.of = replace(self.of, updated_at=self.now, **fields)

    def tag(self, *names: str) -> None:
        self.change(tags=tuple(dict.fromkeys((*self.of.tags, *names))))

    def untag(self, *names: str) -> None:
        self.change(tags=tuple(tag for tag in self.of.tags if tag not in names))

    def say(self, text: str, *, client: bool = False, bot: bool = False, private: bool = False) -> None:
        self.move(seconds=1)
        user = 501 if client else BOT if bot else LUCIA
        number = len(self.of.messages) + 1
        said = message(text, at=self.now, id=number, incoming=client, private=private, user_id=user)
        self.of = replace(self.of, messages=(*self.of.messages, said), updated_at=self.now)

    def ask(self) -> None:
        """Ask for an approval as an agent does."""
        self.say("¿Nos apruebas el cambio?")
        self.change(status=6, tags=tuple(dict.fromkeys((*self.of.tags, "requiere-aprobacion"))))

    def plan(self) -> Plan:
        return planner.plan(
            self.of,
            self.record,
            self.policy,
            self.now,
            company=self.company,
            bot_agent=BOT,
            logged=self.logged,
        )

    def look(self, *, steps: int | None = None, arrives: bool = True) -> Plan:
        """Plan and carry out; with `steps`, die on the way, the next effect having arrived or not."""
        planned = self.plan()
        self.record = replace(
            self.record,
            effects={**self.record.effects, **planned.proven_effects},
            written={**self.record.written, **planned.proven_fields},
            decision=planned.decision,
            statuses=planned.statuses,
            moments={**self.record.moments, **planned.moments},
        )
        for number, action in enumerate(planned.actions):
            assert not isinstance(action, Notify), "this desk names no webhook"
            if steps is not None and number >= steps:
                self._die_on(action, arrives=arrives)
                break
            self._carry_out(planned, action)
        return planned

    def forget(self) -> None:
        """Lose all that is remembered."""
        self.record = Record()

    def keys(self, ending: str) -> list[datetime]:
        """Return when effects of one kind went out."""
        return [at for key, at in self.sent if key.endswith(ending)]

    def _carry_out(self, planned: Plan, action: SetFields | OnceOnly) -> None:
        if isinstance(action, SetFields):
            self.change(**action.changes())
            sure = {n: replace(w, sure=True) for n, w in planned.writes.items() if n in action.changes()}
            self.record = replace(self.record, written={**self.record.written, **sure})
            return
        self._post(action)
        self._note_effect(action, EffectState.DONE)

    def _die_on(self, action: SetFields | OnceOnly, *, arrives: bool) -> None:
        if isinstance(action, SetFields):
            return
        if arrives:
            self._post(action)
        self._note_effect(action, EffectState.OPEN)

    def _post(self, action: OnceOnly) -> None:
        text = f"Texto. Ref. {reference(self.of.key, action.key)}"
        self.say(text, bot=True, private=isinstance(action, AddNote))
        self.sent.append((action.key, self.now))

    def _note_effect(self, action: OnceOnly, state: EffectState) -> None:
        effects = {**self.record.effects, action.key: Effect(state, self.now)}
        self.record = replace(self.record, effects=effects)
