"""When does the desk work, and what would move if a day were added? Changes go into the visitor's draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.engine.calendar_preview import Preview, preview
from bot.policy.calendar import Calendar, Window
from bot.policy.calendar_edit import (
    CannotEdit,
    OwnDayText,
    calendar_file,
    section_in,
    with_day,
    without_day,
)
from bot.policy.calendar_moves import Shift
from bot.policy.calendar_section import parse_date, parse_window
from bot.policy.rule_diff import file_diffs
from bot.policy.spelling import WEEKDAYS, spell_date
from bot.store.drafts import DraftTooLarge
from bot.web.calendar_month import KINDS, hours_on, month_asked, month_of, spell_windows
from bot.web.login import Guard
from bot.web.rules_desk import RuleDesk
from bot.web.times import Moment, moment

MOST_MOVED = 200
LONGEST_REASON = 80  # as rule files allow
SAVED = "Cambio guardado en su borrador. Para que valga, revíselo y publíquelo aquí abajo."


class BadDay(ValueError):
    """What was typed is no day; the text says in Spanish how to mend it."""


@dataclass(frozen=True, slots=True)
class MovedRow:
    """Hold one ticket whose dates move, as it is shown."""

    portal: str
    ticket_id: int
    level: str
    emoji: str
    response: tuple[Moment, Moment] | None
    resolution: tuple[Moment, Moment] | None


class CalendarPages:
    """Show months, try days out, and put them into the draft of the rules."""

    def __init__(self, desk: RuleDesk) -> None:
        self._desk = desk
        self._context = desk.context

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("calendar", __name__, url_prefix="/ops/calendario")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        routes.add_url_rule("/ensayo", view_func=self.rehearse)
        routes.add_url_rule("/agregar", view_func=self.add, methods=["POST"])
        routes.add_url_rule("/quitar", view_func=self.remove, methods=["POST"])
        return routes

    def show(self) -> ResponseReturnValue:
        """Show a month of a portal, and the form for a day of one's own."""
        return self._page()

    def rehearse(self) -> ResponseReturnValue:
        """Show what one more day would move; writes nothing."""
        draft = self._desk.draft()
        try:
            new = day_of(request.values)
            files = self._desk.files(draft)
            name = calendar_file(files)
            changed = {**files, name: with_day(name, files[name], self._calendar_name(), new)}
            section = section_in(name, changed[name])
        except (BadDay, CannotEdit) as error:
            return self._page(str(error)), 422
        found = preview(self._context, section)
        return render_template(
            "calendar_preview.html",
            new=new,
            said=spell_date(new.day, weekday=True, year=True),
            hours=hours_on(new.day, section.calendar(self._calendar_name())),
            portal=self._portal(),
            sharers=self._sharers(),
            found=found,
            rows=moved_rows(found, self._zone()),
            differences=file_diffs(self._desk.base_files(draft), changed),
            asked=request.values,
            already=bool(draft.files),
        )

    def add(self) -> ResponseReturnValue:
        """Put one more day into the visitor's draft."""
        return self._change(
            lambda name, text: with_day(name, text, self._calendar_name(), day_of(request.values))
        )

    def remove(self) -> ResponseReturnValue:
        """Take a day out in the visitor's draft."""
        return self._change(
            lambda name, text: without_day(name, text, self._calendar_name(), date_of(request.values))
        )

    def _change(self, edit: Callable[[str, bytes], bytes]) -> ResponseReturnValue:
        """Change the calendar's file in the draft; publishing it is the next page's business."""
        draft = self._desk.draft()
        try:
            files = self._desk.files(draft)
            name = calendar_file(files)
            text = edit(name, files[name]).decode()
            saved = self._desk.save(replace(draft, files={**draft.files, name: text}))
        except (BadDay, CannotEdit) as error:
            return self._page(str(error)), 422
        except DraftTooLarge:
            return self._page("Su borrador ya es muy grande: publique o descarte antes lo que tiene."), 422
        if not saved:
            return self._page("El borrador cambió en otra ventana. Pruebe otra vez."), 409
        flash(SAVED)
        return redirect(url_for("rules_draft.show"), 303)

    def _page(self, problem: str = "") -> str:
        today = self._context.now().astimezone(self._zone()).date()
        calendar = self._calendar()
        month = month_of(month_asked(request.values.get("mes", ""), today), calendar, today, self._drafted())
        return render_template(
            "calendar.html",
            month=month,
            kinds=KINDS,
            weekdays=WEEKDAYS,
            usual=list(zip(WEEKDAYS, map(spell_windows, calendar.week), strict=True)),
            zone=calendar.zone.key,
            portal=self._portal(),
            sharers=self._sharers(),
            asked=request.values,
            problem=problem,
            spell_date=spell_date,
        )

    def _drafted(self) -> Calendar | None:
        """Return the calendar as the visitor's draft would have it, if it changes any."""
        draft = self._desk.draft()
        if not draft.files:
            return None
        try:
            files = self._desk.files(draft)
            name = calendar_file(files)
            return section_in(name, files[name]).calendar(self._calendar_name())
        except (CannotEdit, KeyError):
            return None

    def _portal(self) -> str:
        asked, known = request.values.get("portal", ""), list(self._context.freshdesk)
        return asked if asked in known else known[0]

    def _calendar_name(self) -> str:
        return self._context.rulebook.policy.portals.of(self._portal()).calendario

    def _calendar(self) -> Calendar:
        return self._context.rulebook.policy.calendar(self._portal())

    def _zone(self) -> ZoneInfo:
        return self._calendar().zone

    def _sharers(self) -> list[str]:
        """Return the portals that work by the same calendar."""
        portals, name = self._context.rulebook.policy.portals, self._calendar_name()
        return [portal for portal in self._context.freshdesk if portals.of(portal).calendario == name]


def day_of(form: Mapping[str, str]) -> OwnDayText:
    """Read a day from a form; BadDay when something is missing or makes no sense."""
    day, why = date_of(form), " ".join(form.get("motivo", "").split())
    if not why:
        raise BadDay("Escriba el motivo: aparece en las notas cuando se salta el día.")
    if len(why) > LONGEST_REASON:
        raise BadDay(f"El motivo tiene {len(why)} letras y caben {LONGEST_REASON}; acórtelo.")
    if form.get("tipo") != "horario":
        return OwnDayText(day, why)
    return OwnDayText(day, why, _windows(form.get("horario", "")))


def date_of(form: Mapping[str, str]) -> date:
    """Read a date from a form; BadDay when it is none."""
    try:
        return parse_date(form.get("fecha", ""))
    except ValueError:
        raise BadDay("Elija la fecha: año-mes-día, como 2026-12-24.") from None


def _windows(text: str) -> tuple[Window, ...]:
    parts = [part for part in re.split(r"[,;]| y ", text) if part.strip()]
    if not parts:
        raise BadDay("Escriba el horario de ese día, como «09:00-13:00», o elija «No se atiende».")
    try:
        return tuple(parse_window(part.strip()) for part in parts)
    except ValueError as error:
        raise BadDay(f"{error}.") from None


def moved_rows(found: Preview, zone: ZoneInfo) -> list[MovedRow]:
    """Return the tickets that move as they are shown, nearest first."""
    return [
        MovedRow(
            one.key.portal,
            one.key.ticket_id,
            one.move.level.value,
            one.move.level.emoji,
            _from_to(one.move.response, zone),
            _from_to(one.move.resolution, zone),
        )
        for one in found.moved[:MOST_MOVED]
    ]


def _from_to(shift: Shift | None, zone: ZoneInfo) -> tuple[Moment, Moment] | None:
    return None if shift is None else (moment(shift.before, zone), moment(shift.after, zone))
