"""Do the examples on the cards of rules and filters come out as the cards say?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from bot.policy.loader import load_sections
from bot.policy.matching import Circumstances, Classifier, compile_rules
from bot.policy.problems import Problem, shorten
from bot.policy.rules import Example, Filter, Rule, Scene, State
from bot.policy.ruling import Finding
from bot.policy.sections import Sections
from bot.policy.source import Path


@dataclass(frozen=True, slots=True)
class Report:
    """Hold what is wrong in a folder, for which it is refused, and what only deserves a look."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def report_on(folder: FilePath) -> Report:
    """Load a folder and try its examples."""
    sections, problems = load_sections(folder)
    return Report(tuple(problems)) if sections is None else report_on_sections(sections)


def report_on_sections(sections: Sections, classifier: Classifier | None = None) -> Report:
    """Try the examples of sections that are valid by themselves, on their rules compiled already or here."""
    trial = _Trial(sections, classifier or compile_rules(sections))
    return Report(tuple(sorted(trial.problems())), tuple(sorted(trial.warnings())))


def report_on_file(sections: Sections, file: str) -> Report:
    """Try the examples of one file's rules and filters alone, many times faster than those of a folder."""
    rules: tuple[Rule, ...] = sections.get("reglas", ())
    own = tuple(rule for n, rule in enumerate(rules) if sections.place(("reglas", n))[0] == file)
    filters: tuple[Filter, ...] = sections.get("filtros", ())
    if not own and all(sections.place(("filtros", n))[0] != file for n in range(len(filters))):
        return Report(())
    texts = {name: sections[name] for name in ("vocabulario", "filtros", "lectura") if name in sections}
    trial = _Trial(sections, compile_rules({**texts, "reglas": own}), file)
    return Report(tuple(sorted(trial.problems())))


class _Trial:
    """Try every example of the rules and filters in use, of one file only where it is named."""

    def __init__(self, sections: Sections, classifier: Classifier, file: str | None = None) -> None:
        self.sections = sections
        self.classifier = classifier
        rules: tuple[Rule, ...] = sections.get("reglas", ())
        filters: tuple[Filter, ...] = sections.get("filtros", ())
        tried = (State.ACTIVE, State.SHADOW)
        self.rules = [(("reglas", n), rule) for n, rule in enumerate(rules) if rule.estado in tried]
        self.filters = [(("filtros", n), one) for n, one in enumerate(filters)]
        if file is not None:
            self.rules = [each for each in self.rules if sections.place(each[0])[0] == file]
            self.filters = [each for each in self.filters if sections.place(each[0])[0] == file]

    def problems(self) -> Iterator[Problem]:
        for path, rule in self.rules:
            for place, example in _examples(path, rule, "coincide"):
                finding = self.examine(rule, example)
                if not finding.evidence:
                    message = f"{rule.id}: no coincide con su ejemplo {_quote(example)}{_why(finding)}"
                    yield self.problem(place, message)
            for place, example in _examples(path, rule, "no_coincide"):
                finding = self.examine(rule, example)
                if finding.evidence:
                    found = finding.evidence[0]
                    why = f"por «{shorten(found.text)}», que busca como «{found.phrase}»"
                    yield self.problem(place, f"{rule.id}: coincide con {_quote(example)}, y no debe: {why}")
        yield from self.filter_problems()

    def filter_problems(self) -> Iterator[Problem]:
        for path, one in self.filters:
            for name, wanted in (("coincide", True), ("no_coincide", False)):
                for place, example in _examples(path, one, name):
                    scene = _scene(example)
                    if self.classifier.filter_holds(one.id, scene.asunto, scene.cuerpo) is not wanted:
                        fault = "no coincide con" if wanted else "coincide, y no debe, con"
                        yield self.problem(place, f"{one.id}: el filtro {fault} su ejemplo {_quote(example)}")

    def warnings(self) -> Iterator[Problem]:
        for path, rule in self.rules:
            for place, example in _examples(path, rule, "coincide"):
                yield from self.upset(place, rule, example)
            for place, example in _examples(path, rule, "pendiente_coincide"):
                if self.examine(rule, example).evidence:
                    message = f"{rule.id}: ya coincide con {_quote(example)}: pásalo a «coincide»"
                    yield self.problem(place, message)

    def upset(self, place: Path, rule: Rule, example: Example) -> Iterator[Problem]:
        """Yield a warning when the example of a rule ends in another level, because of another rule."""
        scene = _scene(example)
        verdict = self.classifier.classify(
            scene.asunto,
            scene.cuerpo,
            portal=scene.portal,
            company=scene.empresa,
            type=scene.tipo,
            source=scene.fuente,
        )
        if rule.estado is State.ACTIVE and rule.nivel is not None and verdict.level is not rule.nivel:
            why = (
                f"por la regla {verdict.decided_by}" if verdict.decided_by else "porque la regla está pausada"
            )
            message = f"{rule.id}: su ejemplo {_quote(example)} termina en {verdict.level} {why}"
            yield self.problem(place, message)

    def examine(self, rule: Rule, example: Example) -> Finding:
        scene = _scene(example)
        about = Circumstances(scene.portal, scene.empresa, scene.tipo, scene.fuente)
        return self.classifier.examine(rule.id, scene.asunto, scene.cuerpo, about)

    def problem(self, place: Path, message: str) -> Problem:
        return Problem(*self.sections.place(place), message)


def _examples(path: Path, card: Rule | Filter, name: str) -> Iterator[tuple[Path, Example]]:
    examples: tuple[Example, ...] = getattr(card.ejemplos, name)
    for number, example in enumerate(examples):
        yield (*path, "ejemplos", name, number), example


def _scene(example: Example) -> Scene:
    return Scene(cuerpo=example) if isinstance(example, str) else example


def _quote(example: Example) -> str:
    scene = _scene(example)
    return f"«{shorten(' / '.join(filter(None, (scene.asunto, scene.cuerpo))), 80)}»"


def _why(finding: Finding) -> str:
    return f" (la desmiente {', '.join(dict.fromkeys(finding.struck_by))})" if finding.struck_by else ""
