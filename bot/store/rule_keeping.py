"""Who sees to it that rules are published at all, and that a folder's changes are, where that is wished?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.policy.loader import read_files
from bot.policy.model import version_of
from bot.policy.problems import Problem
from bot.store.rule_versions import Origin, Publication
from bot.store.rulebook import Rulebook, RulesRefused, places, publish
from bot.telemetry import log

LOOK_EVERY_SECONDS = 0.5
AUTHOR = "semaforo"


class RuleKeeper:
    """Keep the rules published; the clock's loop calls `look` as often as it likes.

    What Redis lacks, at the first start or after it was emptied, is published from what this process holds.
    With `folder`, its content is published whenever it changes; refused content leaves the last good version.
    """

    def __init__(self, rulebook: Rulebook, folder: Path | None = None) -> None:
        assert rulebook.versions is not None, "a rulebook without Redis cannot be kept published"
        self._rulebook, self._versions, self._folder = rulebook, rulebook.versions, folder
        self._next_look = 0.0
        self._glimpsed: object = None
        self._seen: object = None
        self._refused: object = None

    def look(self, now: datetime) -> None:
        """Look at Redis and the folder if it is time to; raises only what Redis raises."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_EVERY_SECONDS
        held = self._rulebook.held
        if self._versions.active() is None:
            self._publish(held.files, (), Origin.START, now)
        if self._folder is not None:
            self._look_at(self._folder, now)

    def _look_at(self, folder: Path, now: datetime) -> None:
        try:
            files, unread = read_files(folder)
        except OSError:
            return  # a file went away between two glances
        glimpse = (version_of(files), tuple(unread))
        # Editors save in several steps: only what stood still from one look to the next is a version.
        steady, self._glimpsed = glimpse == self._glimpsed, glimpse
        if not steady or glimpse == self._seen:
            return
        if self._is_news(glimpse[0]):
            self._publish(files, unread, Origin.WATCH, now)
        self._versions.keep_watched(glimpse[0])
        self._seen = glimpse

    def _is_news(self, version: str) -> bool:
        """Tell whether the folder was changed, in this process's time or since an earlier one looked."""
        if self._seen is not None:
            return True
        return version != (self._versions.watched() or self._versions.active())

    def _publish(
        self, files: Mapping[str, bytes], unread: Sequence[Problem], origin: Origin, now: datetime
    ) -> None:
        entry = Publication(version_of(files), now, AUTHOR, origin)
        candidate = (entry.version, tuple(unread))
        if candidate == self._refused:
            return
        first = origin is Origin.START
        try:
            if publish(self._versions, files, entry, unread=unread, only_first=first):
                log.info("rules published", version=entry.version, origin=origin.value)
        except RulesRefused as refused:
            self._refused = candidate  # said once; nothing new until the files change
            log.error("rules refused", version=entry.version, problems=places(refused.problems))
