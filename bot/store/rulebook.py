"""Which rules hold now?"""

from __future__ import annotations

from pathlib import Path

from bot.policy.model import Policy, load_policy
from bot.policy.problems import Problem


class RulesRefused(Exception):
    """Carry every problem of a rules folder."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Rulebook:
    """Hold the active policy, loaded whole or not at all from a folder of rule files."""

    def __init__(self, folder: Path) -> None:
        policy, problems = load_policy(folder)
        if policy is None:
            raise RulesRefused(problems)
        self.policy: Policy = policy
