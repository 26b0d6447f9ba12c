"""Which rules hold, what has this visitor changed in them, and what do the changed ones make of a ticket?"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import replace

from bot.engine.context import Context
from bot.policy.model import Policy, policy_from, version_of
from bot.policy.problems import Problem
from bot.store.drafts import Draft, Drafts
from bot.store.rule_versions import RuleVersions
from bot.store.rulebook import Loaded
from bot.web.visitor import current_user

FILE_NAME = re.compile(r"(?:[a-z0-9][a-z0-9_-]{0,60}/)?[a-z0-9][a-z0-9_-]{0,60}\.yaml")
NEW_FILE = "version: 1\n\n"
SHORT = 12


class RuleDesk:
    """Hold what the pages about rules share; the compiled draft used last is kept, for it takes a second."""

    def __init__(self, context: Context, drafts: Drafts) -> None:
        self.context = context
        self._drafts = drafts
        self._compiling = threading.Lock()
        self._compiled: Policy | None = None

    @property
    def live(self) -> Loaded:
        """Return the rules in force with their files; what was published a moment ago included."""
        self.context.rulebook.look(at_once=True)
        return self.context.rulebook.held

    @property
    def versions(self) -> RuleVersions:
        """Return the versions kept in Redis."""
        versions = self.context.rulebook.versions
        assert versions is not None, "the web process always has versions"
        return versions

    def draft(self) -> Draft:
        """Return the visitor's draft, an empty one on the rules in force where there is none."""
        draft = self._drafts.read(current_user())
        if draft is None or not draft.files:
            return Draft(self.live.policy.version, {}, draft.revision if draft else 0)
        return draft

    def save(self, draft: Draft) -> bool:
        """Keep the visitor's draft, less what makes no difference; False when another was saved since."""
        kept = replace(draft, files=draft.without_idle(self.base_files(draft)))
        return self._drafts.save(current_user(), kept, self.context.now())

    def discard(self) -> None:
        """Forget the visitor's draft."""
        self._drafts.discard(current_user())

    def base_files(self, draft: Draft) -> Mapping[str, bytes]:
        """Return the files a draft was begun on; those in force when they are not kept any more."""
        live = self.live
        if draft.base == live.policy.version:
            return live.files
        return self.versions.files(draft.base) or live.files

    def files(self, draft: Draft) -> dict[str, bytes]:
        """Return the rule files as the draft would have them."""
        return draft.over(self.base_files(draft))

    def is_overtaken(self, draft: Draft) -> bool:
        """Tell whether others published since the draft was begun."""
        return bool(draft.files) and draft.base != self.live.policy.version

    def policy(self, files: Mapping[str, bytes]) -> tuple[Policy | None, list[Problem]]:
        """Return rule files ready for use, or every problem."""
        version, live = version_of(files), self.live.policy
        if version == live.version:
            return live, []
        with self._compiling:
            if self._compiled is None or self._compiled.version != version:
                found, problems = policy_from(files)
                if found is None:
                    return None, problems
                self._compiled = found
            return self._compiled, []
