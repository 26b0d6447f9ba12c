"""Was a webhook delivered? Sends those of the automations, tries again, and keeps the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import requests

from bot.simulator.automation_rules import sending
from bot.simulator.automations import Automation, TicketEvent, listens
from bot.simulator.records import Ticket
from bot.simulator.schedule import Schedule
from bot.simulator.state import State
from bot.simulator.webhook_bodies import body_of, content_type

POSTPONED_SECONDS, DROPPED_AFTER = 3600, 24


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try; `status` is None when no answer came, and `error` says why."""

    at: datetime
    status: int | None
    error: str | None = None


@dataclass(slots=True)
class Delivery:
    """One webhook with everything sent and every try."""

    id: int
    ticket_id: int
    rule: Automation
    event: str
    body: bytes
    headers: dict[str, str]
    auth: tuple[str, str] | None
    state: Literal["pending", "delivered", "failed", "lost", "dropped"] = "pending"
    postponed: int = 0
    attempts: list[Attempt] = field(default_factory=list)


class Webhooks:
    """Fires the account's rules. Call `announce` under the state's lock; sending happens on other threads."""

    def __init__(self, state: State, schedule: Schedule) -> None:
        self._state, self._schedule = state, schedule
        self.log: list[Delivery] = []

    def announce(self, ticket: Ticket, event: TicketEvent) -> None:
        """Send a webhook for each rule that listens to an event."""
        for rule in sending(self._state):
            if listens(rule, event):
                self._fire(rule, ticket, event)

    def clear(self) -> None:
        """Forget the log."""
        self.log.clear()

    def _fire(self, rule: Automation, ticket: Ticket, event: TicketEvent) -> None:
        faults = self._state.faults.webhooks
        dice = self._state.dice.roll("webhook")
        lost, double, late, garbled, stranger = (dice.random() for _ in range(5))
        delay = dice.uniform(*faults.delay) + (faults.reorder_seconds if late < faults.reorder else 0)
        delivery = self._written(rule, ticket, event)
        if garbled < faults.invalid_json:
            delivery.body = delivery.body[: len(delivery.body) // 2] + b'"\x00'
        if stranger < faults.wrong_auth:
            delivery.headers = dict.fromkeys(delivery.headers, "wrong") | _type_header(rule)
            delivery.auth = delivery.auth and (delivery.auth[0], "wrong")
        self.log.append(delivery)
        if lost < faults.lose:
            delivery.state = "lost"
            return
        for _ in range(2 if double < faults.duplicate else 1):
            self._schedule.after(delay, lambda: self._attempt(delivery))

    def _written(self, rule: Automation, ticket: Ticket, event: TicketEvent) -> Delivery:
        return Delivery(
            id=len(self.log) + 1,
            ticket_id=ticket.id,
            rule=rule,
            event=event.text,
            body=body_of(self._state, rule, ticket, event),
            headers=dict(rule.headers) | _type_header(rule),
            auth=(rule.username, rule.password or "") if rule.username is not None else None,
        )

    def _attempt(self, delivery: Delivery) -> None:
        if not self._afford(delivery):
            return
        attempt = self._sent(delivery)
        with self._state.lock:
            delivery.attempts.append(attempt)
            if attempt.status is not None and 200 <= attempt.status < 300:
                delivery.state = "delivered"
            else:
                self._try_again(delivery)

    def _afford(self, delivery: Delivery) -> bool:
        """Take the webhook from the shared budget; when that is spent Freshdesk waits an hour, 24 times."""
        state = self._state
        with state.lock:
            if not state.switches.webhooks_spend_budget or state.spend(None, 1).retry_after is None:
                return True
            delivery.postponed += 1
            if delivery.postponed > DROPPED_AFTER:
                delivery.state = "dropped"
            else:
                wait = POSTPONED_SECONDS * state.switches.webhook_retry_scale
                self._schedule.after(wait, lambda: self._attempt(delivery))
            return False

    def _sent(self, delivery: Delivery) -> Attempt:
        with self._state.lock:
            at, timeout = self._state.now(), self._state.switches.webhook_timeout_seconds
        with requests.Session() as session:
            session.trust_env = False
            try:
                response = session.request(
                    delivery.rule.method,
                    delivery.rule.url,
                    data=delivery.body,
                    headers=delivery.headers,
                    auth=delivery.auth,
                    timeout=timeout,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                return Attempt(at, None, type(error).__name__)
        return Attempt(at, response.status_code)

    def _try_again(self, delivery: Delivery) -> None:
        if delivery.state == "delivered":
            return
        switches, tried = self._state.switches, len(delivery.attempts)
        if tried > len(switches.webhook_retry_minutes):
            delivery.state = "failed"
            return
        wait = switches.webhook_retry_minutes[tried - 1] * 60 * switches.webhook_retry_scale
        self._schedule.after(wait, lambda: self._attempt(delivery))


def _type_header(rule: Automation) -> dict[str, str]:
    return {"Content-Type": content_type(rule)}
