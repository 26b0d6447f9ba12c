"""How does a visitor change a rule file, with its problems at the line, without touching what holds?"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.policy.checking import check_while_editing
from bot.policy.completion import completions
from bot.policy.examples import Report
from bot.policy.problems import Problem
from bot.policy.rule_cards import word_lists
from bot.policy.rule_diff import file_diffs
from bot.policy.schema import json_schema
from bot.policy.source import MAX_BYTES
from bot.store.drafts import Draft, DraftTooLarge
from bot.web.login import Guard
from bot.web.rules_desk import FILE_NAME, NEW_FILE, RuleDesk

WAIT_SECONDS = 3.0
TOO_LARGE = "El borrador ya es muy grande. Publique o descarte una parte y guarde otra vez."


class RuleEditorPages:
    """Edit files of the visitor's draft."""

    def __init__(self, desk: RuleDesk) -> None:
        self._desk = desk
        self._checking = threading.Lock()  # a check takes a core: one at a time leaves the others to webhooks

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the pages, each behind `guard`."""
        routes = Blueprint("rules_editor", __name__, url_prefix="/ops/reglas/editor")
        routes.before_request(guard)
        routes.add_url_rule("", view_func=self.show)
        routes.add_url_rule("", view_func=self.save, methods=["POST"])
        routes.add_url_rule("/comprobar", view_func=self.check, methods=["POST"])
        routes.add_url_rule("/completar.json", view_func=self.complete)
        return routes

    def show(self) -> ResponseReturnValue:
        """Show the files, and one of them in the editor."""
        draft, name = self._desk.draft(), request.args.get("archivo", "")
        if not name:
            return self._page(draft, "", "")
        text = self._text(draft, name)
        if text is None and not FILE_NAME.fullmatch(name):
            flash("El nombre lleva minúsculas sin tilde, números y guiones, y termina en .yaml.", "bad")
            return redirect(url_for("rules_editor.show"), 303)
        return self._page(draft, name, NEW_FILE if text is None else text, is_new=text is None)

    def save(self) -> ResponseReturnValue:
        """Save, check or undo one file, as the button says; nothing here changes the rules in force."""
        name, text = self._posted()
        draft, action = self._desk.draft(), request.form.get("accion", "guardar")
        if action == "comprobar":
            return self._page(draft, name, text, report=self._report(draft, name, text))
        if request.form.get("revision", "") != str(draft.revision):
            return self._page(draft, name, text, other=self._text(draft, name)), 409
        if not self._keep(draft, _changed(draft, name, text, action)):
            return self._page(self._desk.draft(), name, text, other=self._text(draft, name)), 409
        if action != "guardar":
            flash(f"{name}: {'se quitará al publicar' if action == 'eliminar' else 'sin cambios otra vez'}.")
            return redirect(url_for("rules_editor.show"), 303)
        report = self._report(self._desk.draft(), name, text)
        flash(_saved(report), "bad" if report and report.problems else "good")
        return redirect(url_for("rules_editor.show", archivo=name, linea=_first(report, name)), 303)

    def check(self) -> ResponseReturnValue:
        """Answer the problems of a text that is being typed, as JSON."""
        data = request.get_json(silent=True) or {}
        name, text = data.get("archivo"), data.get("texto")
        if not isinstance(name, str) or not isinstance(text, str) or len(text.encode()) > 2 * MAX_BYTES:
            abort(400, "archivo and texto must be text")
        report = self._report(self._desk.draft(), name, text)
        if report is None:
            return {"espera": WAIT_SECONDS}, 429
        return {"problemas": [_plain(one) for one in report.problems]}

    def complete(self) -> ResponseReturnValue:
        """Answer what the editor may propose: keys and values of the format, names used in the rules."""
        return {"claves": _keys(), "nombres": self._names()}

    def _page(
        self,
        draft: Draft,
        name: str,
        text: str,
        *,
        is_new: bool = False,
        report: Report | None = None,
        other: str | None = None,
    ) -> str:
        files = self._desk.files(draft)
        mine = {**files, name: text.encode()} if name else files
        differences = file_diffs({name: other.encode()}, {name: text.encode()}) if other is not None else []
        return render_template(
            "rules_editor.html",
            draft=draft,
            files=sorted({*files, *draft.files, *([name] if name else [])}),
            name=name,
            text=text,
            is_new=is_new,
            is_changed=name in draft.files,
            report=report,
            differences=differences,
            size=len(mine.get(name, b"")),
            overtaken=self._desk.is_overtaken(draft),
        )

    def _posted(self) -> tuple[str, str]:
        name = request.form.get("archivo", "")
        if not FILE_NAME.fullmatch(name) and name not in self._desk.live.files:
            abort(400)
        # Browsers send the lines of a form with CRLF (HTML, "normalize newlines").
        return name, request.form.get("texto", "").replace("\r\n", "\n")

    def _keep(self, draft: Draft, files: Mapping[str, str | None]) -> bool:
        try:
            return self._desk.save(replace(draft, files=files))
        except DraftTooLarge:
            flash(TOO_LARGE, "bad")
            return False

    def _text(self, draft: Draft, name: str) -> str | None:
        content = self._desk.files(draft).get(name)
        return None if content is None else content.decode("utf-8", "replace")

    def _report(self, draft: Draft, name: str, text: str) -> Report | None:
        """Return the problems of a changed file; None while another check holds the core."""
        if not self._checking.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            return check_while_editing({**self._desk.files(draft), name: text.encode()}, name)
        finally:
            self._checking.release()

    def _names(self) -> dict[str, list[str]]:
        """Return the names in the rules in force that files refer to."""
        rules = self._desk.live.policy.rules
        return {
            "listas": sorted(word_lists(self._desk.files(self._desk.draft()))),
            "reglas": sorted(rule.id for rule in rules),
            "duenos": sorted({rule.dueno for rule in rules}),
            "etiquetas": sorted({tag for rule in rules for tag in rule.etiquetas}),
            "banderas": sorted({flag for rule in rules for flag in rule.flags}),
        }


@cache
def _keys() -> dict[str, dict[str, dict[str, Any]]]:
    return completions(json_schema())


def _changed(draft: Draft, name: str, text: str, action: str) -> Mapping[str, str | None]:
    """Return the draft's files after a button: save a text, take the file away, or undo its changes."""
    rest = {one: changed for one, changed in draft.files.items() if one != name}
    return rest if action == "deshacer" else {**rest, name: None if action == "eliminar" else text}


def _plain(problem: Problem) -> dict[str, Any]:
    return {"archivo": problem.file, "linea": problem.line, "mensaje": problem.message}


def _saved(report: Report | None) -> str:
    if report is None or not report.problems:
        return "Borrador guardado. Las reglas en uso no cambian hasta que lo publique."
    count = len(report.problems)
    return f"Borrador guardado, con {count} {'problema' if count == 1 else 'problemas'} por corregir."


def _first(report: Report | None, name: str) -> int | None:
    own = [one.line for one in report.problems if one.file == name] if report else []
    return own[0] if own else None
