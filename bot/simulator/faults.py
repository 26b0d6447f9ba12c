"""Which faults do the network and Freshdesk show, and to which request?"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from bot.simulator.endpoints import CLASSES, Endpoint
from bot.simulator.switches import Limits, Strict

Kind = Literal[
    "unauthorized",
    "forbidden",
    "error_500",
    "html_502",
    "drop_read",
    "drop_before_write",
    "late_effect",
    "error_500_after_write",
    "drop_after_write",
    "truncated_body",
    "slow_drip",
    "wrong_content_type",
]
# One roll of the dice is spent in this order, so the order is part of what a seed means.
KINDS: tuple[Kind, ...] = get_args(Kind)
WRITES_ONLY = {"drop_before_write", "late_effect", "error_500_after_write", "drop_after_write"}

Chance = Field(default=0.0, ge=0, le=1)
Range = tuple[float, float]
LIMIT = Field(default=None, ge=1)


def _as_range(value: object) -> object:
    return (value, value) if isinstance(value, int | float) else value


class LateEffect(Strict):
    """The client's connection is cut; the write happens `seconds` later all the same."""

    probability: float = Chance
    seconds: float = Field(default=0.5, ge=0)


class WebhookFaults(Strict):
    """What befalls a webhook on its way; probabilities, and delays in seconds."""

    lose: float = Chance
    duplicate: float = Chance
    reorder: float = Chance
    reorder_seconds: float = Field(default=0.3, ge=0)
    delay: Range = (0.0, 0.0)
    invalid_json: float = Chance
    wrong_auth: float = Chance

    _delay = field_validator("delay", mode="before")(_as_range)


class Faults(Strict):
    """The faults in force. `true` means always; the chances of one request's faults add up to 1 at most."""

    seed: int = 0
    only: frozenset[str] = frozenset()
    unauthorized: float = Chance
    forbidden: float = Chance
    error_500: float = Chance
    html_502: float = Chance
    drop_read: float = Chance
    drop_before_write: float = Chance
    late_effect: LateEffect = LateEffect()
    error_500_after_write: float = Chance
    drop_after_write: float = Chance
    truncated_body: float = Chance
    slow_drip: float = Chance
    slow_drip_seconds: float = Field(default=2.0, ge=0)
    wrong_content_type: float = Chance
    latency_ms: Range = (0.0, 0.0)
    down: Literal["no", "503", "hang"] = "no"
    rate_limit_per_minute: int | None = LIMIT
    rate_limit_ticket_create: int | None = LIMIT
    rate_limit_ticket_update: int | None = LIMIT
    rate_limit_ticket_list: int | None = LIMIT
    rate_limit_contact_list: int | None = LIMIT
    webhooks: WebhookFaults = WebhookFaults()

    _latency = field_validator("latency_ms", mode="before")(_as_range)

    @field_validator("down", mode="before")
    @classmethod
    def _down_or_up(cls, value: object) -> object:
        return {True: "503", False: "no"}[value] if isinstance(value, bool) else value

    @field_validator("only")
    @classmethod
    def _known_classes(cls, value: frozenset[str]) -> frozenset[str]:
        known = CLASSES | {"reads", "writes"}
        if value - known:
            raise ValueError(f"unknown {sorted(value - known)}; known: {sorted(known)}")
        return value

    @model_validator(mode="after")
    def _chances_add_up(self) -> Self:
        if sum(self.chance(kind) for kind in KINDS) > 1 + 1e-9:
            raise ValueError("the chances of one request's faults add up to more than 1")
        return self

    def chance(self, kind: Kind) -> float:
        """Return the probability of a kind of fault."""
        return self.late_effect.probability if kind == "late_effect" else float(getattr(self, kind))

    def limits(self, usual: Limits) -> Limits:
        """Return the account's limits with those of the faults in their place."""
        named = {
            "total": self.rate_limit_per_minute,
            "ticket_create": self.rate_limit_ticket_create,
            "ticket_update": self.rate_limit_ticket_update,
            "ticket_list": self.rate_limit_ticket_list,
            "contact_list": self.rate_limit_contact_list,
        }
        return usual.model_copy(update={name: limit for name, limit in named.items() if limit is not None})


@dataclass(frozen=True, slots=True)
class Fate:
    """What one request will meet."""

    kind: Kind | None
    latency_seconds: float


class Dice:
    """Draws fates from a seed: the nth request of an endpoint class always meets the same one."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._drawn: Counter[str] = Counter()

    def roll(self, name: str) -> random.Random:
        """Return the generator of the next event of a name."""
        self._drawn[name] += 1
        return random.Random(f"{self.faults.seed}:{name}:{self._drawn[name]}")

    def fate(self, endpoint: Endpoint) -> Fate:
        """Draw the fate of the next request of an endpoint."""
        dice = self.roll(endpoint.name)
        spot, latency = dice.random(), dice.uniform(*self.faults.latency_ms) / 1000
        if not endpoint.belongs_to(self.faults.only):
            return Fate(None, 0.0)
        return Fate(self._kind_at(spot, endpoint), latency)

    def _kind_at(self, spot: float, endpoint: Endpoint) -> Kind | None:
        for kind in KINDS:
            spot -= self.faults.chance(kind)
            if spot < 0:
                return kind if _can_meet(kind, endpoint) else None
        return None


def _can_meet(kind: Kind, endpoint: Endpoint) -> bool:
    if kind in WRITES_ONLY:
        return endpoint.writes
    return not (kind == "drop_read" and endpoint.writes)
