"""How does an open ticket stand now, by the clock that counts, and how pressing is it?

The rows tell how it stood when it was last looked at; a limit that passed since then has passed all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.journal_rows import ClockRow, OpenTicket

BREACHED, AT_RISK, RUNNING, PAUSED = "breached", "risk", "running", "paused"
STATES = {BREACHED: "Vencido", AT_RISK: "Por vencer", RUNNING: "En plazo", PAUSED: "En pausa"}
_LATER = 2**53


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold the clock that counts now, `response` or `resolution`, and how it stands; limit in seconds."""

    state: str
    clock: str
    limit: int | None

    @property
    def urgency(self) -> tuple[int, int]:
        """Return a sorting key: what falls due first comes first, what stands still after it."""
        return int(self.state == PAUSED), _LATER if self.limit is None else self.limit


def standing(ticket: OpenTicket, now: int) -> Standing:
    """Return how a ticket stands at `now`, in seconds since 1970."""
    answered = ticket.response.met_at is not None or ticket.response.state == "met"
    name, clock = ("resolution", ticket.resolution) if answered else ("response", ticket.response)
    return Standing(clock_state(clock, now), name, clock.limit)


def clock_state(clock: ClockRow, now: int) -> str:
    """Return how one clock stands at `now`."""
    if clock.state != "running":
        return clock.state or RUNNING
    if clock.limit is not None and now > clock.limit:
        return BREACHED
    return AT_RISK if clock.target is not None and now >= clock.target else RUNNING
