"""Which rules hold now?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

from bot.policy.loader import read_files
from bot.policy.model import Policy, policy_from
from bot.policy.problems import Problem
from bot.store.rule_check import Check, check_here
from bot.store.rule_versions import Publication, RuleVersions
from bot.telemetry import log

# One GET; with the time a job takes, every process follows a publication within five seconds.
LOOK_EVERY_SECONDS = 1.0


class RulesRefused(Exception):
    """Carry every problem of a set of rule files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Hold a policy with the files it came from."""

    policy: Policy
    files: Mapping[str, bytes]


class Rulebook:
    """Hold the policy in force: with `versions` the one published last, else the one it began with.

    A published version that cannot be used leaves the last good one in force.
    """

    def __init__(
        self, start: Path | Loaded, versions: RuleVersions | None = None, *, at_once: bool = True
    ) -> None:
        """Begin with what is published, else with `start`; RulesRefused when neither can be used.

        Without `at_once` nothing is read before somebody asks for the policy.
        """
        self.versions = versions
        self.unusable: str | None = None  # the published version, while another has to stand in for it
        self._faulty: str | None = None
        self._looking = threading.Lock()
        self._next_look = 0.0
        self._start = start
        self._held = self._first() if at_once else None

    @property
    def policy(self) -> Policy:
        """Return the policy in force, at most `LOOK_EVERY_SECONDS` behind the published one."""
        return self.held.policy

    @property
    def version(self) -> str | None:
        """Return the version in force here, without reading rules that nobody has asked for yet."""
        if self._held is None:
            return self.versions.active() if self.versions else None
        return self.policy.version

    @property
    def held(self) -> Loaded:
        """Return the policy in force with its files."""
        self.look()
        if self._held is None:
            self._held = self._first()
        return self._held

    def look(self, *, at_once: bool = False) -> None:
        """Take up the published version if it is time to look; without Redis the present one holds."""
        due = at_once or time.monotonic() >= self._next_look
        if self._held is None or not due or not self._looking.acquire(blocking=False):
            return
        try:
            self._next_look = time.monotonic() + LOOK_EVERY_SECONDS
            other = self._published_other_than(self._held.policy.version)
            if other is not None:
                log.info("rules taken up", version=other.policy.version, previous=self._held.policy.version)
                self._held = other
        finally:
            self._looking.release()

    def _first(self) -> Loaded:
        published = self._published_other_than(None)
        return published or (self._start if isinstance(self._start, Loaded) else load_folder(self._start))

    def _published_other_than(self, held: str | None) -> Loaded | None:
        """Return the published rules if they are others than those held and can be used."""
        if self.versions is None:
            return None
        try:
            active = self.versions.active()
            if active is None or active == held:
                self.unusable = None
                return None
            files = None if active == self._faulty else self.versions.files(active)
        except RedisError as error:
            log.warning("rules stay as they are", error=type(error).__name__)
            return None
        policy, problems = policy_from(files) if files else (None, [])
        if policy is None or files is None:
            self._faulty = active if files else self._faulty  # its content will never load in this program
            self._say_unusable(active, problems)
            return None
        self.unusable = None
        return Loaded(policy, files)

    def _say_unusable(self, version: str, problems: list[Problem]) -> None:
        if version != self.unusable:
            log.error("published rules cannot be used", version=version, problems=places(problems))
        self.unusable = version


def load_folder(folder: Path) -> Loaded:
    """Load a rules folder whole; RulesRefused with every problem."""
    files, unread = read_files(folder)
    policy, problems = policy_from(files)
    if policy is None or unread:
        raise RulesRefused(sorted({*unread, *problems}))
    return Loaded(policy, files)


def publish(
    versions: RuleVersions,
    files: Mapping[str, bytes],
    entry: Publication,
    *,
    unread: Iterable[Problem] = (),
    only_first: bool = False,
    following: str | None = None,
    check: Check = check_here,
) -> bool:
    """Check rule files in every way there is and make them the version that holds; False when it did already.

    RulesRefused with every problem, Overtaken when another version than `following` holds: then nothing has
    changed. `unread` are problems known before.
    """
    problems = check(files, unread)
    if problems:
        versions.note_refusal(problems, entry.at)
        raise RulesRefused(problems)
    return versions.publish(files, entry, only_first=only_first, following=following)


def places(problems: Iterable[Problem]) -> list[str]:
    """Return where the problems are, without the words of the files."""
    return [f"{problem.file}:{problem.line}" for problem in problems][:10]
