"""Which rules does a word on the command line mean: a version, the one in force, a folder?"""

from __future__ import annotations

from pathlib import Path

import click

from bot.policy.loader import read_files
from bot.policy.model import policy_from
from bot.store.rule_versions import RuleVersions
from bot.store.rulebook import Loaded

SHORT = 12
IN_FORCE = "active"


def version_named(versions: RuleVersions, name: str) -> str:
    """Return the one version whose name begins so, or the one in force for `active`."""
    if name == IN_FORCE:
        active = versions.active()
        if active is None:
            raise click.ClickException("nothing is published yet; do it with: semaforo rules publish DIR")
        return active
    found = versions.named(name.lower())
    if not found:
        raise click.ClickException(f"no version begins with {name}; see: semaforo rules list")
    if len(found) > 1:
        shorts = ", ".join(version[:SHORT] for version in found)
        raise click.ClickException(f"several versions begin with {name}, add letters: {shorts}")
    return found[0]


def files_named(versions: RuleVersions, name: str) -> dict[str, bytes]:
    """Return the files of a version, or of a folder when there is one of that name."""
    if Path(name).is_dir():
        return read_files(Path(name))[0]
    version = version_named(versions, name)
    files = versions.files(version)
    if files is None:
        raise click.ClickException(f"the files of {version[:SHORT]} are damaged or gone; publish them again")
    return files


def rules_named(versions: RuleVersions, name: str) -> Loaded:
    """Return the rules of a version or folder, ready for use."""
    files = files_named(versions, name)
    policy, problems = policy_from(files)
    if policy is None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise click.ClickException(f"the rules in {name} cannot be used by this program:\n{lines}")
    return Loaded(policy, files)
