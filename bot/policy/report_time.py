"""Where did a ticket's business time go: was it worked on, or whom did it wait for?"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from bot.domain.plan import TimeSpent
from bot.policy.calendar import in_utc
from bot.policy.case import Case
from bot.policy.pauses import Pause, before, closing, pauses_of
from bot.policy.statuses import PauseCause


def time_spent(case: Case) -> TimeSpent:
    """Split a ticket's business time from its issue to its close, or to now.

    All waiting counts, also what no clock stands still for, as before the first answer or after a breach.
    Time the ticket spent closed before it was reopened belongs to nobody.
    """
    facts, calendar = case.facts, case.policy.calendar(case.ticket.key.portal)
    shut = closing(case.portal, facts.history, case.now)
    start, end = in_utc(facts.created_at), in_utc(shut.start if shut else case.now)
    stops = pauses_of(case.portal, facts.history, facts.suspensions, case.now)
    pauses = before(stops, end)
    lengths: defaultdict[PauseCause, timedelta] = defaultdict(timedelta)
    for pause in pauses:
        begin = max(pause.start, start)
        lengths[pause.cause] += calendar.business_time_between(begin, pause.end or end)
    total = calendar.business_time_between(start, end)
    worked = max(total - sum(lengths.values(), timedelta()), timedelta())
    return TimeSpent(
        worked=worked,
        waited={cause.value: length for cause, length in lengths.items() if _waits(cause) and length},
        waits_for=None if shut else _now_waiting(stops),
        closed_at=in_utc(shut.start) if shut else None,
        exact=all(each.exact for each in facts.history) and all(pause.exact for pause in pauses),
    )


def _waits(cause: PauseCause) -> bool:
    return cause is not PauseCause.RESOLVED


def _now_waiting(stops: tuple[Pause, ...]) -> str | None:
    lasting = stops[-1] if stops and stops[-1].end is None else None
    return lasting.cause.value if lasting is not None and _waits(lasting.cause) else None
