"""Which warnings of a portal fall due together, and which of their tickets speaks for all?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis

from bot.store.connection import NAMESPACE, as_text

# Long enough that a warning whose sending failed finds its place again; then it is told by itself.
LIFE = timedelta(days=2)
WINDOWS = f"{NAMESPACE}:digest"

# A member keeps its first window; a new one joins the open window, or opens one.
_JOIN = """
local window = redis.call('HGET', KEYS[1], ARGV[1])
if not window then
  window = redis.call('HGET', KEYS[1], 'open')
  if not window or tonumber(window) <= tonumber(ARGV[2]) then
    window = ARGV[3]
    local known = redis.call('HGETALL', KEYS[1])
    for i = 1, #known, 2 do
      if tonumber(known[i + 1]) < ARGV[2] - ARGV[4] then redis.call('HDEL', KEYS[1], known[i]) end
    end
  end
  redis.call('HSET', KEYS[1], ARGV[1], window, 'open', window)
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return window
"""


@dataclass(frozen=True, slots=True)
class Window:
    """Hold the window a warning belongs to; whoever speaks for all does so once it is closed."""

    portal: str
    closes_at: datetime


class Digests:
    """Keep the windows of every portal: names of effects with ticket numbers, and times."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._join = redis.register_script(_JOIN)

    def join(self, portal: str, member: str, now: datetime, length: timedelta) -> Window:
        """Return a warning's own window, or the open one; `member` is ticket number and effect."""
        closes = int((now + length).timestamp())  # whole seconds: a window's end is its name
        life = int(LIFE.total_seconds())
        raw = self._join(keys=[_name(portal)], args=[member, now.timestamp(), closes, life])
        return Window(portal, datetime.fromtimestamp(int(as_text(raw)), tz=UTC))

    def takes_lead(self, window: Window, member: str) -> bool:
        """Tell whether a warning speaks for its whole window: the first that asks, however often it asks."""
        name = f"{_name(window.portal)}:{int(window.closes_at.timestamp())}"
        self._redis.set(name, member, nx=True, ex=LIFE)
        leader = self._redis.get(name)
        return leader is not None and as_text(leader) == member

    def members(self, window: Window) -> list[str]:
        """Return the warnings of a window."""
        closes = str(int(window.closes_at.timestamp()))
        found = {as_text(k): as_text(v) for k, v in self._redis.hgetall(_name(window.portal)).items()}
        return sorted(member for member, of in found.items() if of == closes and member != "open")


def _name(portal: str) -> str:
    return f"{WINDOWS}:{portal}"
