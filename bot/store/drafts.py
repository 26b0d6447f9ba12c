"""What has somebody changed in the rules without publishing it yet?

One draft a person: the files that differ from the version it was begun on. It runs out a month after its last
change, and a save that does not know the last one is refused, so that nobody's words are lost.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from redis import Redis

from bot.policy.source import MAX_FOLDER_BYTES
from bot.store.connection import NAMESPACE, as_text

LIFE = timedelta(days=30)
MOST_BYTES = MAX_FOLDER_BYTES // 4
_PREFIX = f"{NAMESPACE}:ops:draft"

_SAVE = """
if tonumber(redis.call('HGET', KEYS[1], 'revision') or '0') ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[1] + 1, 'base', ARGV[2], 'files', ARGV[3], 'at', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""


class DraftTooLarge(Exception):
    """The changed files are together larger than a draft may be."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold changed files by name, None for one taken away; `revision` 0 was never saved, `at` in UTC."""

    base: str
    files: Mapping[str, str | None] = field(default_factory=dict)
    revision: int = 0
    at: datetime | None = None

    def over(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return rule files with the changes of the draft laid over them."""
        changed = {name: text.encode() for name, text in self.files.items() if text is not None}
        kept = {name: content for name, content in files.items() if name not in self.files}
        return dict(sorted({**kept, **changed}.items()))

    def without_idle(self, files: Mapping[str, bytes]) -> dict[str, str | None]:
        """Return the changes that make a difference to these files."""
        return {
            name: text
            for name, text in self.files.items()
            if (None if text is None else text.encode()) != files.get(name)
        }


class Drafts:
    """Keep one draft for each person."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._save = redis.register_script(_SAVE)

    def read(self, owner: str) -> Draft | None:
        """Return a person's draft; None when there is none or it was damaged."""
        raw = {as_text(name): value for name, value in self._redis.hgetall(_name(owner)).items()}
        try:
            packed = raw["files"]
            assert isinstance(packed, bytes), "the client decodes nothing"
            files = json.loads(zlib.decompressobj().decompress(packed, 8 * MOST_BYTES))
            at = datetime.fromisoformat(as_text(raw["at"]))
            return Draft(as_text(raw["base"]), files, int(raw["revision"]), at)
        except (KeyError, ValueError, zlib.error):
            return None

    def save(self, owner: str, draft: Draft, now: datetime) -> bool:
        """Keep a draft that was read at its `revision`; False when another was saved since.

        DraftTooLarge beyond `MOST_BYTES`.
        """
        if sum(len(text.encode()) for text in draft.files.values() if text) > MOST_BYTES:
            raise DraftTooLarge
        packed = zlib.compress(json.dumps(dict(draft.files), ensure_ascii=False).encode())
        life = int(LIFE.total_seconds())
        saved = self._save(
            keys=[_name(owner)], args=[draft.revision, draft.base, packed, now.isoformat(), life]
        )
        return bool(saved)

    def discard(self, owner: str) -> None:
        """Forget a person's draft."""
        self._redis.delete(_name(owner))


def _name(owner: str) -> str:
    return f"{_PREFIX}:{hashlib.sha256(owner.encode()).hexdigest()[:16]}"
