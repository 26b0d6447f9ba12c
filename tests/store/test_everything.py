"""Does the search for canaries find one wherever it is planted?"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable

import pytest
from redis import Redis

from tests.store.everything import canaries_in, canaries_stored

CANARIES = ("Zoraida Quispehuamán", "zoraida.quispe@canario.example", "cliente-canario")


PLANTS: dict[str, Callable[[Redis, bytes], object]] = {
    "value": lambda redis, raw: redis.set("semaforo:x", raw),
    "key": lambda redis, raw: redis.set(b"semaforo:" + raw, 1),
    "hash": lambda redis, raw: redis.hset("semaforo:x", "field", raw),
    "field": lambda redis, raw: redis.hset("semaforo:x", raw, 1),
    "list": lambda redis, raw: redis.rpush("semaforo:x", raw),
    "set": lambda redis, raw: redis.sadd("semaforo:x", raw),
    "sorted set": lambda redis, raw: redis.zadd("semaforo:x", {raw: 1}),
    "stream": lambda redis, raw: redis.xadd("rq:results:x", {"exc": raw}),
    "packed": lambda redis, raw: redis.hset("rq:job:x", "exc_info", zlib.compress(raw)),
    "packed twice": lambda redis, raw: redis.xadd("rq:x", {"exc": base64.b64encode(zlib.compress(raw))}),
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS.keys())
@pytest.mark.parametrize("canary", CANARIES)
def test_the_search_would_find_one(
    redis: Redis, plant: Callable[[Redis, bytes], object], canary: str
) -> None:
    assert canaries_stored(redis, CANARIES) == {}
    plant(redis, f'{{"text": "… {canary.upper()} …"}}'.encode())
    (found,) = canaries_stored(redis, CANARIES).values()
    assert found == {canary}


@pytest.mark.parametrize("text", ["Quispehuamán", "Quispehuam\\u00e1n", "x=zoraida.quispe%40canario.example"])
def test_the_search_of_texts_would_find_one(text: str) -> None:
    wanted = ["Quispehuamán", CANARIES[1]]
    assert len(canaries_in([f"2026 INFO {text} ok"], wanted)) == 1
