"""How right would the word weights be on a writer they have not learned from?

`python -m bench.left_out SET... --all FILE.jsonl...` leaves out each named set in turn, learns from all
others and measures with the whole classifier. Only sets that the rules were not written from tell something.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.classification import FLAGS, Ticket, classify, load, print_figures, read
from bench.weigh import LEVELS, Sample, learn, points_of, samples_of_files, samples_of_rules
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.scorecard import Weights
from bot.policy.verdict import Verdict


def main() -> None:
    """Print the figures of every set left out, then of all of them together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", help="Names of files without their ending.")
    parser.add_argument("--all", nargs="+", type=Path, required=True)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--entries", type=int, default=16_000)
    options = parser.parse_args()
    reader = load(options.rules)
    samples = {file.stem: list(samples_of_files([file], reader)) for file in options.all}
    examples = list(samples_of_rules(options.rules))
    files = {file.stem: file for file in options.all}
    tickets: list[Ticket] = []
    verdicts: list[Verdict] = []
    for name in options.sets:
        known = [one for other, some in samples.items() if other != name for one in some] + examples
        classifier = _classifier(options.rules, known, options.entries)
        mine = read(files[name])
        said = [classify(classifier, ticket) for ticket in mine]
        print(f"\n{name}, left out")
        print_figures(mine, said)
        tickets += mine
        verdicts += said
    print("\nall of them")
    print_figures(tickets, verdicts)


def _classifier(rules: Path, samples: list[Sample], entries: int) -> Classifier:
    """Return the shipped rules with weights learned from these samples."""
    sections, _ = load_sections(rules)
    assert sections is not None
    pesos: dict[str, Weights] = {}
    table = learn(samples, [one.level for one in samples], LEVELS, entries)
    for place, level in enumerate(LEVELS):
        pesos[level] = Weights(base=table.base[place], puntos=_spelled(points_of(table, place)))
    for flag in FLAGS:
        labels = [flag if flag in one.flags else "" for one in samples]
        table = learn(samples, labels, (flag, ""), entries // 5)
        pesos[flag] = Weights(base=table.base[0], puntos=_spelled(points_of(table, 0)))
    replaced: Mapping[str, Any] = {**sections, "pesos": pesos}
    return compile_rules(replaced)


def _spelled(groups: Mapping[int, list[str]]) -> dict[str, str]:
    return {f"{points:+d}": ", ".join(entries) for points, entries in groups.items()}


if __name__ == "__main__":
    main()
