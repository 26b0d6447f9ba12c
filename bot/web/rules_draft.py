"""What would publishing the visitor's draft change, may it be published, and what if others were faster?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.policy.checking import check_files
from bot.policy.examples import Report
from bot.policy.model import version_of
from bot.policy.rule_diff import FileDiff, file_diffs
from bot.settings import Settings
from bot.store.drafts import Draft
from bot.store.rule_versions import Origin, Overtaken, Publication
from bot.store.rulebook import RulesRefused, publish
from bot.web.audit import about, without_act
from bot.web.login import Guard
from bot.web.rules_desk import SHORT, RuleDesk
from bot.web.visitor import current_user

LONGEST_NOTE = 200
OVERTAKEN = "Otra persona publicó mientras tanto. Su borrador está completo: decida abajo qué hacer con él."


@dataclass(frozen=True, slots=True)
class Clash:
    """Hold a file that both the draft and others changed: their change, and the draft's, over one base."""

    file: str
    theirs: list[FileDiff]
    mine: list[FileDiff]


class RuleDraftPages:
    """Show, check, publish, move and discard the visitor's draft."""

    def __init__(self, desk: RuleDesk, settings: Settings) -> None:
        self._desk = desk
        self._watched = settings.watched_rules

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("rules_draft", __name__, url_prefix="/ops/reglas/borrador")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        for path, view in (
            ("/comprobar", self.check),
            ("/publicar", self.publish),
            ("/pasar", self.move),
            ("/descartar", self.discard),
        ):
            routes.add_url_rule(path, view_func=view, methods=["POST"])
        return routes

    def show(self) -> ResponseReturnValue:
        """Show what the draft changes."""
        return self._page(self._desk.draft())

    def check(self) -> ResponseReturnValue:
        """Check the rules with the draft in every way there is, and say what is wrong."""
        draft = self._desk.draft()
        return self._page(draft, report=check_files(self._desk.files(draft)))

    def publish(self) -> ResponseReturnValue:
        """Put the draft in force on every machine; what is not sound changes nothing."""
        draft, note = self._desk.draft(), request.form.get("nota", "").strip()[:LONGEST_NOTE]
        if request.form.get("revision", "") != str(draft.revision):
            flash("El borrador cambió en otra ventana. Revise lo que se publicaría y pulse otra vez.", "bad")
            without_act()
            return redirect(url_for("rules_draft.show"), 303)
        if not note:
            flash("Escriba en pocas palabras por qué cambia las reglas: se verá en el historial.", "bad")
            return self._page(draft), 400
        files = self._desk.files(draft)
        now = self._desk.context.now()
        entry = Publication(version_of(files), now, current_user(), Origin.PAGE, note)
        try:
            publish(self._desk.versions, files, entry, following=draft.base)
        except RulesRefused as refused:
            return self._page(draft, report=Report(tuple(refused.problems)), note=note), 422
        except Overtaken:
            flash(OVERTAKEN, "bad")
            without_act()
            return redirect(url_for("rules_draft.show"), 303)
        about(entry.version[:SHORT])
        self._desk.discard()
        self._desk.context.rulebook.look(at_once=True)
        flash(f"Publicado: la versión {entry.version[:SHORT]} vale en todos los procesos en 5 segundos.")
        return redirect(url_for("rules_history.show"), 303)

    def move(self) -> ResponseReturnValue:
        """Lay the draft over the rules in force; each file both changed goes as the visitor chose."""
        draft, live = self._desk.draft(), self._desk.live
        clashes = {clash.file for clash in self._clashes(draft)}
        chosen = {name: request.form.get(f"archivo:{name}", "") for name in clashes}
        if any(choice not in {"mio", "suyo"} for choice in chosen.values()):
            flash("Elija qué hacer con cada archivo que cambiaron los dos.", "bad")
            return redirect(url_for("rules_draft.show"), 303)
        kept = {name: text for name, text in draft.files.items() if chosen.get(name) != "suyo"}
        if self._desk.save(replace(draft, base=live.policy.version, files=kept)):
            flash("Su borrador va ahora sobre las reglas en uso. Compruébelo antes de publicar.")
        else:
            flash("El borrador cambió en otra ventana. Mire cómo quedó y pruebe otra vez.", "bad")
        return redirect(url_for("rules_draft.show"), 303)

    def discard(self) -> ResponseReturnValue:
        """Forget the draft."""
        self._desk.discard()
        flash("Borrador descartado. Las reglas en uso siguen igual.")
        return redirect(url_for("rules.show"), 303)

    def _page(self, draft: Draft, *, report: Report | None = None, note: str = "") -> str:
        overtaken = self._desk.is_overtaken(draft)
        return render_template(
            "rules_draft.html",
            draft=draft,
            differences=file_diffs(self._desk.base_files(draft), self._desk.files(draft)),
            report=report,
            note=note,
            overtaken=overtaken,
            since=self._others(draft) if overtaken else [],
            clashes=self._clashes(draft) if overtaken else [],
            watched=self._watched,
        )

    def _others(self, draft: Draft) -> list[Publication]:
        """Return what was published since the draft was begun, newest first."""
        history = self._desk.versions.history()
        bases = [number for number, entry in enumerate(history) if entry.version == draft.base]
        return history[: bases[0]] if bases else history[:1]

    def _clashes(self, draft: Draft) -> list[Clash]:
        base, live, mine = self._desk.base_files(draft), self._desk.live.files, self._desk.files(draft)
        both = [
            name
            for name in draft.files
            if base.get(name) != live.get(name) and mine.get(name) != live.get(name)
        ]
        return [
            Clash(
                name,
                file_diffs(_only(base, name), _only(live, name)),
                file_diffs(_only(base, name), _only(mine, name)),
            )
            for name in sorted(both)
        ]


def _only(files: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    content = files.get(name)
    return {} if content is None else {name: content}
