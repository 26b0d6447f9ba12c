"""Is a requester found by address, and every ticket of theirs?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.freshdesk.errors import PermanentError
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder
from tests.world import PORTAL, World

TEXT = ("Caído", "No entra nadie.")


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


def test_a_requester_and_all_old_tickets_of_theirs_are_found(world: World) -> None:
    api = world.ctx.freshdesk[PORTAL]
    old = world.open(*TEXT, email="rosa@cliente.example", created_at="2024-01-02T15:00:00Z")
    more = [world.open(*TEXT, email="rosa@cliente.example") for _ in range(120)]
    world.open(*TEXT, email="otra@cliente.example")
    (person,) = api.requester_ids("rosa@cliente.example")
    assert person == world.ticket(old)["requester_id"]
    assert sorted(api.tickets_of(person)) == [old, *more]
    assert api.requester_ids("nadie@cliente.example") == ()
    world.http.delete(f"{world.server.url}/api/v2/contacts/{person}", auth=("sim-key", "X"), timeout=10)
    assert api.requester_ids("rosa@cliente.example") == (person,), "also once deleted"
    with pytest.raises(PermanentError):
        list(api.tickets_of(987654))
