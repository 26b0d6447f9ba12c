"""What does each process leave out that it has no use for?"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import pytest

from bot import cli
from bot.cli import MODULES, main
from bot.policy.model import Policy, load_policy
from tests.conftest import RULES

# What the library for HTTP, the simulator and the demo take is more than a process of ours needs for itself.
HEAVY = ("requests", "freshdesk.v2.api", "bot.local.demo", "bot.simulator")


def loaded(code: str) -> set[str]:
    """Return which of the heavy modules a fresh interpreter has loaded after some code."""
    asks = f"{code}\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("code", "needs"),
    [
        ("import bot.web, bot.wiring", set[str]()),
        ("import bot.cli.processes, bot.wiring", set[str]()),
        ("import bot.freshdesk.client", {"requests", "freshdesk.v2.api"}),
    ],
    ids=["web", "clock", "what sends"],
)
def test_a_process_loads_what_it_uses(code: str, needs: set[str]) -> None:
    assert loaded(code) == needs


def test_every_module_s_commands_are_on_the_list() -> None:
    modules = {
        found.name: import_module(f"bot.cli.{found.name}")
        for found in iter_modules(cli.__path__)
        if found.name != "__main__"
    }
    held = {name: module.COMMANDS for name, module in modules.items() if hasattr(module, "COMMANDS")}
    assert {name: tuple(command.name for command in commands) for name, commands in held.items()} == MODULES


def test_every_command_is_found_in_its_module() -> None:
    context = main.make_context("semaforo", [], resilient_parsing=True)
    for names in MODULES.values():
        for name in names:
            command = main.get_command(context, name)
            assert command is not None
            assert command.name == name
    assert main.get_command(context, "nothing") is None


def test_rules_are_compiled_at_the_first_question_and_once(policy_of_a_folder: Policy) -> None:
    held = policy_of_a_folder.compiled
    assert held._classifier is None
    assert policy_of_a_folder.rule_title(policy_of_a_folder.rules[0].id) == policy_of_a_folder.rules[0].titulo
    assert held._classifier is None
    assert policy_of_a_folder.classifier is policy_of_a_folder.classifier
    assert held._sections is None


@pytest.fixture
def policy_of_a_folder() -> Policy:
    policy, problems = load_policy(RULES)
    assert policy is not None, problems
    return policy
