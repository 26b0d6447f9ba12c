"""How long does a generic rule engine take to tell a ticket's level?

In: `rules`, each a list of words; `texts`. Out: microseconds a text, or nothing when the engine is missing.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    """Measure business-rules: one rule a level of words, any of which must stand in the text."""
    question = json.load(sys.stdin)
    try:
        answer = {"us": with_business_rules(question["rules"], question["texts"])}
    except ImportError:
        answer = {}
    json.dump(answer, sys.stdout)


def with_business_rules(words: list[list[str]], texts: list[str]) -> float:
    """Return the microseconds of the quickest text."""
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.variables import BaseVariables, string_rule_variable

    class Variables(BaseVariables):  # type: ignore[misc]
        def __init__(self, text: str) -> None:
            self.text = text.lower()

        @string_rule_variable()  # type: ignore[misc]
        def body(self) -> str:
            return self.text

    class Actions(BaseActions):  # type: ignore[misc]
        found = 0

        @rule_action()  # type: ignore[misc]
        def decide(self) -> None:
            self.found += 1

    rules = [
        {
            "conditions": {"any": [{"name": "body", "operator": "contains", "value": word} for word in some]},
            "actions": [{"name": "decide"}],
        }
        for some in words
    ]
    best = float("inf")
    for text in texts:
        start = time.perf_counter()
        run_all(rules, Variables(text), Actions(), stop_on_first_trigger=False)
        best = min(best, time.perf_counter() - start)
    return best * 1e6


if __name__ == "__main__":
    main()
