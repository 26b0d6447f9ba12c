"""Which versions of the rules were published, what did each change, and how does an earlier one come back?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.policy.rule_diff import file_diffs, unified_diff
from bot.policy.statuses import DEFAULT_PORTAL
from bot.settings import Settings
from bot.store.rule_versions import Origin, Overtaken, Publication
from bot.store.rulebook import RulesRefused, publish
from bot.web.audit import about, without_act
from bot.web.login import Guard
from bot.web.rules_desk import SHORT, RuleDesk
from bot.web.times import Moment, moment
from bot.web.visitor import current_user

DRAFT = "borrador"
CHANGED = "Las reglas en uso cambiaron desde que abrió la página. Mírelas y pulse otra vez."
ORIGINS = {
    Origin.FOLDER: "carpeta, por comando",
    Origin.START: "primer arranque",
    Origin.WATCH: "carpeta vigilada",
    Origin.ROLLBACK: "vuelta a una versión anterior",
    Origin.PAGE: "estas páginas",
}


@dataclass(frozen=True, slots=True)
class Told:
    """Hold one publication as the pages show it."""

    entry: Publication
    at: Moment
    origin: str
    is_active: bool


class RuleHistoryPages:
    """Show publications and their differences, give them as files, and publish an earlier one again."""

    def __init__(self, desk: RuleDesk, settings: Settings) -> None:
        self._desk = desk
        self._watched = settings.watched_rules

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("rules_history", __name__, url_prefix="/ops/reglas/historial")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        routes.add_url_rule("/<version>", view_func=self.version)
        routes.add_url_rule("/<version>/volver", view_func=self.roll_back, methods=["POST"])
        routes.add_url_rule("/<version>/reglas.zip", view_func=self.archive)
        routes.add_url_rule("/<version>/cambios.diff", view_func=self.patch)
        return routes

    def show(self) -> ResponseReturnValue:
        """List the publications, newest first."""
        return render_template("rules_history.html", history=self._told(), watched=self._watched)

    def version(self, version: str) -> ResponseReturnValue:
        """Show what a version changed against the one before it, or another."""
        files, other = self._files(version), self._other(version)
        before = self._files(other) if other else {}
        entries = [one for one in self._told() if one.entry.version == version]
        return render_template(
            "rules_version.html",
            version=version,
            entry=entries[0] if entries else None,
            other=other,
            history=self._told(),
            differences=file_diffs(before, files) if other else [],
            active=self._desk.live.policy.version,
        )

    def roll_back(self, version: str) -> ResponseReturnValue:
        """Put an earlier version in force again; it is checked like any other."""
        files, now = self._files(version), self._desk.context.now()
        note = request.form.get("nota", "").strip()[:200] or f"vuelta a {version[:SHORT]}"
        entry = Publication(version, now, current_user(), Origin.ROLLBACK, note)
        following = request.form.get("en_uso", "")
        if following != self._desk.live.policy.version:
            return self._not_back(version, CHANGED)
        try:
            publish(self._desk.versions, files, entry, following=following)
        except Overtaken:
            return self._not_back(version, CHANGED)
        except RulesRefused as refused:
            return self._not_back(version, f"No se puede volver: {refused.problems[0]}")
        about(version[:SHORT])
        self._desk.context.rulebook.look(at_once=True)
        flash(f"Vale otra vez la versión {version[:SHORT]}.")
        return redirect(url_for("rules_history.show"), 303)

    def _not_back(self, version: str, why: str) -> ResponseReturnValue:
        without_act()
        flash(why, "bad")
        return redirect(url_for("rules_history.version", version=version), 303)

    def archive(self, version: str) -> ResponseReturnValue:
        """Give the folder of a version, for those who keep their rules in git."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(self._files(version).items()):
                archive.writestr(f"rules/{name}", content)
        return _download(packed.getvalue(), "application/zip", f"reglas-{version[:SHORT]}.zip")

    def patch(self, version: str) -> ResponseReturnValue:
        """Give the differences as `git apply` and `patch -p1` take them."""
        other = self._other(version)
        before = self._files(other) if other else {}
        lines = unified_diff(before, self._files(version), "a/rules", "b/rules")
        text = "".join(f"{line}\n" for line in lines)
        return _download(text.encode(), "text/x-diff; charset=utf-8", f"cambios-{version[:SHORT]}.diff")

    def _told(self) -> list[Told]:
        live = self._desk.live.policy
        zone, history = live.zone(DEFAULT_PORTAL), self._desk.versions.history()
        return [
            Told(entry, moment(entry.at, zone), ORIGINS[entry.origin], entry.version == live.version)
            for entry in history
        ]

    def _other(self, version: str) -> str | None:
        """Return the version to compare with: the one asked for, else the one published before."""
        asked = request.args.get("con", "")
        if asked:
            return asked
        if version == DRAFT:
            return self._desk.draft().base
        names = [entry.version for entry in self._desk.versions.history()]
        after = names[names.index(version) + 1 :] if version in names else []
        return next((name for name in after if name != version), None)

    def _files(self, version: str) -> Mapping[str, bytes]:
        if version == DRAFT:
            return self._desk.files(self._desk.draft())
        if version == self._desk.live.policy.version:
            return self._desk.live.files
        files = self._desk.versions.files(version)
        if files is None:
            abort(404)
        return files


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
