"""How right are the shipped rules on labelled tickets? Confusion matrix, F1, flags, precision by rule.

`python -m bench.classification FILE.jsonl... [--rules DIR] [--misses] [--robust]`; each line carries id,
subject, body, level and the flags as booleans.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.disguises import DISGUISES
from bot.domain.level import Level
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.verdict import Verdict

FLAGS = ("fuera_de_alcance", "aviso_de_pago")
Ticket = dict[str, Any]


def main() -> None:
    """Print the figures of each file and of all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--misses", action="store_true", help="List every wrong ticket with what decided it.")
    parser.add_argument("--text", action="store_true", help="With --misses: print the ticket's text too.")
    parser.add_argument("--robust", action="store_true", help="Also disguise the tickets and compare.")
    options = parser.parse_args()
    classifier = load(options.rules)
    tickets = [ticket for file in options.files for ticket in read(file)]
    verdicts = [classify(classifier, ticket) for ticket in tickets]
    print_figures(tickets, verdicts)
    if options.misses:
        print_misses(tickets, verdicts, with_text=options.text)
    if options.robust:
        print_robustness(classifier, tickets, verdicts)


def load(rules: Path) -> Classifier:
    """Load a rules folder or say what is wrong with it."""
    sections, problems = load_sections(rules)
    if sections is None:
        raise SystemExit("\n".join(map(str, problems)))
    return compile_rules(sections)


def read(file: Path) -> list[Ticket]:
    """Read labelled tickets."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def classify(classifier: Classifier, ticket: Ticket) -> Verdict:
    """Return the verdict on a labelled ticket."""
    return classifier.classify(ticket["subject"], ticket["body"])


def figures(tickets: list[Ticket], verdicts: list[Verdict]) -> dict[str, Any]:
    """Return accuracy, macro-F1, recall and precision by level, and F1 by flag."""
    matrix = Counter(
        (ticket["level"], verdict.level.value) for ticket, verdict in zip(tickets, verdicts, strict=True)
    )
    levels = {}
    for level in Level:
        right = matrix[level.value, level.value]
        labelled = sum(n for (true, _), n in matrix.items() if true == level.value)
        called = sum(n for (_, said), n in matrix.items() if said == level.value)
        levels[level.value] = {
            "recall": right / labelled if labelled else 1.0,
            "precision": right / called if called else 1.0,
            "f1": 2 * right / (labelled + called) if labelled + called else 1.0,
        }
    return {
        "tickets": len(tickets),
        "accuracy": sum(n for (true, said), n in matrix.items() if true == said) / len(tickets),
        "macro_f1": sum(each["f1"] for each in levels.values()) / len(levels),
        "urgente_called_normal": matrix["URGENTE", "NORMAL"],
        "levels": levels,
        "matrix": {f"{true}->{said}": n for (true, said), n in sorted(matrix.items())},
        "flags": {flag: flag_f1(flag, tickets, verdicts) for flag in FLAGS},
    }


def flag_f1(flag: str, tickets: list[Ticket], verdicts: list[Verdict]) -> dict[str, float]:
    """Return precision, recall and F1 of one flag."""
    pairs = [(bool(t.get(flag)), flag in v.flags) for t, v in zip(tickets, verdicts, strict=True)]
    both = sum(true and said for true, said in pairs)
    labelled, called = sum(true for true, _ in pairs), sum(said for _, said in pairs)
    return {
        "labelled": labelled,
        "precision": both / called if called else 1.0,
        "recall": both / labelled if labelled else 1.0,
        "f1": 2 * both / (labelled + called) if labelled + called else 1.0,
    }


def print_figures(tickets: list[Ticket], verdicts: list[Verdict]) -> None:
    """Print the figures, the confusion matrix and the rules that were most often wrong."""
    result = figures(tickets, verdicts)
    print(f"{result['tickets']} tickets: {result['accuracy']:.1%} right, macro-F1 {result['macro_f1']:.3f}")
    names = [level.value for level in Level]
    print(
        f"{'labelled / said':>16}" + "".join(f"{name:>12}" for name in names) + f"{'recall':>9}{'prec.':>8}"
    )
    for true in names:
        row = "".join(f"{result['matrix'].get(f'{true}->{said}', 0):>12}" for said in names)
        each = result["levels"][true]
        print(f"{true:>16}{row}{each['recall']:>9.1%}{each['precision']:>8.1%}")
    for flag, each in result["flags"].items():
        print(f"{flag}: F1 {each['f1']:.3f} (precision {each['precision']:.1%}, recall {each['recall']:.1%})")
    print_rules(tickets, verdicts)


def print_rules(tickets: list[Ticket], verdicts: list[Verdict]) -> None:
    """Print each deciding rule that was ever wrong, worst first."""
    decided: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for ticket, verdict in zip(tickets, verdicts, strict=True):
        decided[verdict.decided_by or "(ninguna)"][ticket["level"] == verdict.level.value] += 1
    wrong = sorted(((c[False], c[True], rule) for rule, c in decided.items() if c[False]), reverse=True)
    for bad, good, rule in wrong:
        print(f"  {rule}: {good} of {good + bad} right")


def print_misses(tickets: list[Ticket], verdicts: list[Verdict], *, with_text: bool) -> None:
    """Print every ticket whose level or flags are wrong."""
    for ticket, verdict in zip(tickets, verdicts, strict=True):
        flags = {flag for flag in FLAGS if ticket.get(flag)}
        if ticket["level"] == verdict.level.value and flags == set(verdict.flags) & set(FLAGS):
            continue
        found = "; ".join(f"{e.rule}«{e.text}»" for e in verdict.evidence)
        print(
            f"{ticket['id']}: {ticket['level']} {sorted(flags)} -> {verdict.level} {verdict.flags} | {found}"
        )
        if with_text:
            print(f"    {ticket['subject']}\n    " + ticket["body"].replace("\n", "\n    "))


def print_robustness(classifier: Classifier, tickets: list[Ticket], verdicts: list[Verdict]) -> None:
    """Print how many tickets keep their level under each disguise, and how many stay right."""
    for name, disguise in DISGUISES.items():
        kept, right = _under(classifier, tickets, verdicts, disguise)
        print(f"{name:>24}: same level {kept:.1%}, right {right:.1%}")


def _under(
    classifier: Classifier,
    tickets: Iterable[Ticket],
    verdicts: Iterable[Verdict],
    disguise: Callable[[Ticket], Ticket],
) -> tuple[float, float]:
    pairs = [
        (ticket, verdict.level, classify(classifier, disguise(ticket)).level)
        for ticket, verdict in zip(tickets, verdicts, strict=True)
    ]
    kept = sum(before is after for _, before, after in pairs) / len(pairs)
    return kept, sum(ticket["level"] == after.value for ticket, _, after in pairs) / len(pairs)


if __name__ == "__main__":
    main()
