"""What did the bot write to a ticket, when the store knows nothing of it any more but its own note does?"""

from __future__ import annotations

from datetime import datetime

from bot.domain.record import Written
from bot.policy.case import Case
from bot.policy.fields import as_text
from bot.policy.marks import announcement
from bot.policy.spelling import spell_moment


def told_date(case: Case, current: datetime | None, wanted: datetime) -> Written | None:
    """Return the memory of a date that the note on the level tells, or None.

    Fields are written before the note: where it tells the date that holds and the ticket shows another, that
    one is a person's.
    """
    said = _note(case)
    local = case.policy.calendar(case.ticket.key.portal).local(wanted)
    told = any(spell_moment(local, year=year) in said for year in (False, True))
    return Written(None, as_text(wanted), sure=True) if told and current is not None else None


def told_resolution(case: Case, current: datetime | None, wanted: datetime) -> Written | None:
    """Return the memory of the resolution date; one later than any wait explains is a person's too."""
    if _note(case) and not case.resolution.provisional and current is not None and current > wanted:
        return Written(None, as_text(wanted), sure=True)
    return told_date(case, current, wanted)


def told_topics(case: Case, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Return the topics that were put on before the store forgot: a person took off what is missing."""
    return topics if _note(case) else ()


def _note(case: Case) -> str:
    """Return the note that told the present level; empty while the store remembers what was written."""
    told = case.marks.announcements()
    if "priority" in case.record.written or not told or told[-1][1] is not case.decision.level:
        return ""
    message = case.marks.message(announcement(*told[-1]))
    return "" if message is None else message.text
