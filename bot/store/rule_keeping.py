"""Who sees to it that rules are published at all, and that a folder's changes are, where that is wished?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.policy.loader import read_files
from bot.policy.model import version_of
from bot.policy.problems import Problem
from bot.store.rule_check import Check, check_here
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import RulesRefused, places, publish
from bot.telemetry import log

LOOK_EVERY_SECONDS = 0.5
AUTHOR = "semaforo"


class RuleKeeper:
    """Keep the rules published; the clock's loop calls `look` as often as it likes.

    What Redis lacks after it was emptied is published as it was last seen there, at the first start from
    `start`. With `watched`, that folder is published whenever it changes; refused content leaves the last
    good version.
    """

    def __init__(
        self, versions: RuleVersions, start: Path, watched: Path | None = None, check: Check = check_here
    ) -> None:
        self._versions, self._start, self._folder, self._check = versions, start, watched, check
        self._next_look = 0.0
        self._held: tuple[str, Mapping[str, bytes]] | None = None
        self._glimpsed: object = None
        self._seen: object = None
        self._refused: object = None

    def look(self, now: datetime) -> None:
        """Look at Redis and the folder if it is time to; raises only what Redis raises."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_EVERY_SECONDS
        active = self._versions.active()
        if active is None:
            self._give_back(now)
        elif self._held is None or self._held[0] != active:
            self._keep(active)
        if self._folder is not None:
            self._look_at(self._folder, now)

    def _keep(self, version: str) -> None:
        """Keep the files of the version that holds, in case Redis loses them."""
        files = self._versions.files(version)
        if files is not None:
            log.info("rules taken up", version=version, previous=self._held[0] if self._held else None)
        self._held = None if files is None else (version, files)

    def _give_back(self, now: datetime) -> None:
        if self._held is not None:
            files, unread = self._held[1], list[Problem]()
        else:
            files, unread = read_files(self._start)
        self._publish(files, unread, Origin.START, now)
        if self._versions.active() is None:
            # What another version of the program published may be refused here: the folder next.
            self._held = None

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
            if publish(self._versions, files, entry, unread=unread, only_first=first, check=self._check):
                log.info("rules published", version=entry.version, origin=origin.value)
        except RulesRefused as refused:
            self._refused = candidate  # said once; nothing new until the files change
            log.error("rules refused", version=entry.version, problems=places(refused.problems))
