"""Which versions of the rules are kept, who published them, and which one holds?

A version is named by the hash of its files. One hash holds the files of every version kept, one list the
publications, newest first, and one string names the version that holds. A publication is one script: Redis
shows all of it or nothing, whenever the publisher dies.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from redis import Redis

from bot.policy.model import version_of
from bot.policy.problems import Problem
from bot.policy.source import MAX_FOLDER_BYTES
from bot.store.connection import NAMESPACE, as_text

ACTIVE, CONTENTS, HISTORY, REFUSED, WATCHED = (
    f"{NAMESPACE}:rules:{name}" for name in ("active", "contents", "history", "refused", "watched")
)
KEPT = 50  # publications
_PROBLEMS_KEPT = 20

_PUBLISH = """
local active = redis.call('GET', KEYS[1])
if ARGV[6] ~= '' and active and active ~= ARGV[6] then return -1 end
if active and active ~= ARGV[1] and ARGV[5] == '1' then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if active == ARGV[1] then return 0 end
redis.call('LPUSH', KEYS[3], ARGV[3])
redis.call('LTRIM', KEYS[3], 0, ARGV[4] - 1)
local kept = {}
for _, entry in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  kept[cjson.decode(entry)['version']] = true
end
for _, version in ipairs(redis.call('HKEYS', KEYS[2])) do
  if not kept[version] then redis.call('HDEL', KEYS[2], version) end
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[4], 'at', 'problems')
return 1
"""


class Origin(StrEnum):
    """Say what a publication came from: a command, a start, a watched folder, an earlier version, a page."""

    FOLDER = "carpeta"
    START = "arranque"
    WATCH = "vigilancia"
    ROLLBACK = "rollback"
    PAGE = "página"


class Overtaken(Exception):
    """Another version holds than the one a publication was to follow."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Hold one entry of the history; `at` in UTC."""

    version: str
    at: datetime
    author: str
    origin: Origin
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Hold how many publications were refused; `problems` of the last one until another succeeds."""

    count: int = 0
    at: datetime | None = None
    problems: tuple[Problem, ...] = ()


class RuleVersions:
    """Keep the versions of the rules for all processes on all machines."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._publish = redis.register_script(_PUBLISH)

    def active(self) -> str | None:
        """Return the version that holds; None when nothing was published or Redis was emptied."""
        raw = self._redis.get(ACTIVE)
        return None if raw is None else as_text(raw)

    def publish(
        self,
        files: Mapping[str, bytes],
        entry: Publication,
        *,
        only_first: bool = False,
        following: str | None = None,
    ) -> bool:
        """Make files that were checked the version that holds, in one step; False when nothing changed.

        `only_first` gives way to any version that holds already. Overtaken when another version than
        `following` holds.
        """
        changed = self._publish(
            keys=[ACTIVE, CONTENTS, HISTORY, REFUSED],
            args=[entry.version, _packed(files), _entry_text(entry), KEPT, int(only_first), following or ""],
        )
        if changed == -1:
            raise Overtaken
        return bool(changed)

    def files(self, version: str) -> dict[str, bytes] | None:
        """Return the files of a version by name; None when they are not kept or were damaged."""
        raw = self._redis.hget(CONTENTS, version)
        if not isinstance(raw, bytes):
            return None
        files = _unpacked(raw)
        return files if files is not None and version_of(files) == version else None

    def history(self) -> list[Publication]:
        """Return the publications kept, newest first."""
        return [_entry(raw) for raw in self._redis.lrange(HISTORY, 0, -1)]

    def named(self, prefix: str) -> list[str]:
        """Return the versions kept whose name begins so, newest first."""
        versions = dict.fromkeys(entry.version for entry in self.history())
        return [version for version in versions if version.startswith(prefix)]

    def note_refusal(self, problems: Sequence[Problem], now: datetime) -> None:
        """Count a refused publication and remember why."""
        kept = [(problem.file, problem.line, problem.message) for problem in problems[:_PROBLEMS_KEPT]]
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.hincrby(REFUSED, "count", 1)
            pipe.hset(REFUSED, mapping={"at": now.isoformat(), "problems": json.dumps(kept)})
            pipe.execute()

    def refusals(self) -> Refusals:
        """Return how many publications were refused, and the last one if none succeeded since."""
        found = {as_text(name): as_text(value) for name, value in self._redis.hgetall(REFUSED).items()}
        at = datetime.fromisoformat(found["at"]) if "at" in found else None
        problems = tuple(Problem(*each) for each in json.loads(found.get("problems", "[]")))
        return Refusals(int(found.get("count", 0)), at, problems)

    def watched(self) -> str | None:
        """Return the version that a watched folder was last seen at."""
        raw = self._redis.get(WATCHED)
        return None if raw is None else as_text(raw)

    def keep_watched(self, version: str) -> None:
        """Remember the version that a watched folder was seen at."""
        self._redis.set(WATCHED, version)


def _packed(files: Mapping[str, bytes]) -> bytes:
    # Checked rule files are UTF-8, so that text and bytes are the same thing here.
    return zlib.compress(json.dumps({name: raw.decode() for name, raw in files.items()}).encode())


def _unpacked(raw: bytes) -> dict[str, bytes] | None:
    try:
        # JSON writes a character in six bytes at most.
        found = json.loads(zlib.decompressobj().decompress(raw, 8 * MAX_FOLDER_BYTES))
        return {str(name): str(text).encode() for name, text in found.items()}
    except (zlib.error, ValueError, AttributeError):
        return None


def _entry_text(entry: Publication) -> str:
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False)


def _entry(raw: bytes | str) -> Publication:
    data = json.loads(raw)
    origin, at = Origin(data["origin"]), datetime.fromisoformat(data["at"])
    return Publication(data["version"], at, data["author"], origin, data["note"])
