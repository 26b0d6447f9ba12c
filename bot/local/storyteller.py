"""How are the demo's stories played, and how did they end?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.local.outcome import Outcome
from bot.local.stand_in import StandIn
from bot.local.story import EMAIL, OPEN, End, Marks, Says, Sets, Step, Story

# People act in the demo as soon as they see the bot's work; so much later may a date be.
PATIENCE = timedelta(minutes=1)
ZONE = ZoneInfo("America/Lima")
_STATUS = {
    2: "abierto",
    3: "pendiente",
    4: "resuelto",
    5: "cerrado",
    6: "espera al cliente",
    7: "espera a tercero",
}
_CLOCK = {"running": "corre", "paused": "en pausa", "met": "cumplido", "breached": "vencido"}


@dataclass(slots=True)
class Play:
    """Hold one story that is being played on its ticket."""

    story: Story
    number: int
    began: datetime
    waiting: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoryRow:
    """Hold how a story ended: each fact by name, as expected and as found."""

    story: Story
    number: int
    facts: Mapping[str, tuple[str, str]]

    @property
    def wrong(self) -> list[str]:
        """Return in words every fact that is not as expected."""
        return [
            f"{name}: se esperaba {want}, quedó {got}"
            for name, (want, got) in self.facts.items()
            if want != got
        ]


def begin(stand_in: StandIn, story: Story) -> Play:
    """Open a story's ticket with all its past, and let the webhook tell of it."""
    began = datetime.now(UTC)
    if story.company:
        stand_in.mark_company(story.company, story.company_fields(began.date()))
    number = stand_in.begin(
        {
            "subject": story.subject,
            "text": story.text,
            "email": story.email,
            "company": story.company or None,
            "source": EMAIL,
            "status": OPEN,
            "created_at": (began - story.age).isoformat(),
        }
    )
    for step in story.past:
        assert step.ago is not None
        _act(stand_in, number, story, step, began - step.ago)
    stand_in.tell(number)
    return Play(story, number, began, list(story.then))


def go_on(stand_in: StandIn, play: Play, found: Outcome) -> bool:
    """Take the next step of a story if the bot has done what it waits for; tell whether all are taken."""
    if not play.waiting:
        return True
    if play.waiting[0].when(found):
        _act(stand_in, play.number, play.story, play.waiting.pop(0), None)
    return False


def _act(stand_in: StandIn, number: int, story: Story, step: Step, at: datetime | None) -> None:
    match step:
        case Says():
            stand_in.say(number, step.text, agent=step.agent, at=at)
        case Sets():
            tags = {"tags": [*stand_in.ticket(number)["tags"], *step.tags]} if step.tags else {}
            stand_in.change(number, {**step.fields, **tags}, at)
        case Marks():
            stand_in.mark_company(story.company, {"factura_vencida": step.overdue})


def row(play: Play, found: Outcome) -> StoryRow:
    """Compare how a story's ticket stands with how it must end."""
    if not found.journal:
        return StoryRow(play.story, play.number, {"visto": ("sí", "no")})
    return StoryRow(play.story, play.number, dict(_facts(play, found)))


def _facts(play: Play, found: Outcome) -> Iterator[tuple[str, tuple[str, str]]]:
    end = play.story.end
    yield "estado", (_status(end.status), _status(found.ticket["status"]))
    yield "nivel", (_levels([end.level]), _levels(found.levels))
    yield "etiquetas", (_tags(end.tags), _tags(found.contract_tags))
    yield "notas", (str(end.notes), str(len(found.notes)))
    yield "respuestas", (str(end.replies), str(len(found.replies)))
    yield "reloj", (_CLOCK[end.clock], _CLOCK.get(found.clock("resolution"), "?"))
    if end.answer_clock is not None:
        yield "respuesta", (_CLOCK[end.answer_clock], _CLOCK.get(found.clock("response"), "?"))
    if end.group is not None:
        yield "grupo", (str(end.group), str(found.ticket["group_id"]))
    for name, clock, wanted in (("resuelve", "due_by", end.due), ("responde", "fr_due_by", end.answer_due)):
        if wanted is not None:
            yield name, _moments(play.began + wanted, found.ticket[clock])
    yield from _words(end, found)


def _words(end: End, found: Outcome) -> Iterator[tuple[str, tuple[str, str]]]:
    written = "\n".join([*found.notes, *found.replies])
    for words in end.says:
        yield f"dice «{words}»", ("sí", "sí" if words in written else "no")
    for words in end.never:
        yield f"dice «{words}»", ("no", "sí" if words in written else "no")


def _moments(wanted: datetime, shown: str | None) -> tuple[str, str]:
    """Return both moments in words, as one where people's own delay explains the difference."""
    if shown is None:
        return _moment(wanted), "–"
    found = datetime.fromisoformat(shown)
    if timedelta(seconds=-1) <= found - wanted <= PATIENCE:
        return _moment(found), _moment(found)
    return _moment(wanted), _moment(found)


def _moment(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%d/%m %H:%M")


def _status(number: int) -> str:
    return _STATUS.get(number, f"estado {number}")


def _levels(levels: list[Any]) -> str:
    return " ".join(f"{level.emoji} {level}" for level in levels) or "sin nivel"


def _tags(tags: frozenset[str]) -> str:
    return ", ".join(sorted(tags)) or "–"
