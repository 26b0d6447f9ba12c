"""How does the Redis server itself stand: does it keep its data, and how full is it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis import Redis

_KEEPS_ALL = "noeviction"


@dataclass(frozen=True, slots=True)
class ServerState:
    """Hold what INFO tells; memory in bytes, `memory_limit` 0 where there is none."""

    product: str
    version: str
    aof: bool
    aof_good: bool
    snapshot_good: bool
    eviction: str
    memory: int
    memory_limit: int
    clients: int

    @property
    def evicts(self) -> bool:
        """Tell whether the server may throw data away when it is full."""
        return self.eviction != _KEEPS_ALL


class StoreServer:
    """Ask the server about itself; reads only."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def state(self) -> ServerState:
        """Return how the server stands."""
        return server_state(self._redis.info())


def server_state(info: Mapping[str, Any]) -> ServerState:
    """Read the answer to INFO; what an old or managed server leaves out counts as not good."""
    valkey = info.get("valkey_version")
    return ServerState(
        product="Valkey" if valkey else "Redis",
        version=str(valkey or info.get("redis_version") or "?"),
        aof=bool(info.get("aof_enabled")),
        aof_good=info.get("aof_last_write_status") == "ok",
        snapshot_good=info.get("rdb_last_bgsave_status") == "ok",
        eviction=str(info.get("maxmemory_policy") or "?"),
        memory=int(info.get("used_memory") or 0),
        memory_limit=int(info.get("maxmemory") or 0),
        clients=int(info.get("connected_clients") or 0),
    )
