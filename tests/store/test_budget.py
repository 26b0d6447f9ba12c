"""The shared budget: never above the limit in any window, with room for urgent work and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from bot.store.budget import Budget, Priority, Said, Spent

PORTAL = "acelera"
NOON = datetime(2026, 11, 23, 12, 0, 0, 400_000, tzinfo=UTC)


class Account:
    """A budget on a clock that the test moves."""

    def __init__(self, redis: Redis, share: float = 1.0) -> None:
        self.now = NOON
        self.budget = Budget(redis, share, now=lambda: self.now)

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def told(self, total: float, remaining: float | None = None, **said: Any) -> None:
        """Let an answer of a free request tell the limit."""
        spent = self.spend(cost=0, priority=Priority.BY_HAND)
        assert isinstance(spent, Spent)
        self.budget.settle(PORTAL, spent, Said(total, remaining, 0, **said))

    def spend(
        self, cost: int = 1, *, endpoint: str = "other", priority: Priority = Priority.NORMAL, grant: str = ""
    ) -> Spent | timedelta:
        return self.budget.spend(PORTAL, priority, endpoint, cost, grant)

    def drain(self, **how: Any) -> int:
        """Spend single tokens until there are none, and return how many there were."""
        count = 0
        while isinstance(self.spend(**how), Spent):
            count += 1
        return count

    def wait(self, **how: Any) -> float:
        """Return how long a request must wait; it must."""
        answer = self.spend(**how)
        assert isinstance(answer, timedelta)
        return answer.total_seconds()


@pytest.fixture
def account(redis: Redis) -> Account:
    return Account(redis)


@pytest.fixture
def made(redis: Redis) -> Callable[[float], Account]:
    return lambda share: Account(redis, share)


SHARES: list[Any] = [
    pytest.param(1.0, 200, {"priority": Priority.URGENT}, 200, id="urgent may have all"),
    pytest.param(1.0, 200, {"priority": Priority.NORMAL}, 160, id="normal leaves a reserve"),
    pytest.param(1.0, 200, {"priority": Priority.BACKGROUND}, 80, id="background leaves half"),
    pytest.param(0.6, 200, {"priority": Priority.URGENT}, 120, id="people keep their share"),
    pytest.param(0.6, 200, {"priority": Priority.NORMAL}, 96, id="a reserve of our share"),
    pytest.param(0.6, 50, {"priority": Priority.NORMAL}, 20, id="the reserve holds at least a ticket"),
    pytest.param(0.6, 5, {"priority": Priority.NORMAL}, 1, id="a tiny limit is halved"),
    pytest.param(1.0, 200.0, {"priority": Priority.URGENT, "endpoint": "ticket_list"}, 20, id="Growth lists"),
    pytest.param(1.0, 400, {"priority": Priority.URGENT, "endpoint": "ticket_list"}, 100, id="Pro lists"),
    pytest.param(1.0, 700, {"priority": Priority.URGENT, "endpoint": "contact_list"}, 200, id="contacts"),
    pytest.param(1.0, 200, {"priority": Priority.URGENT, "endpoint": "ticket_update"}, 80, id="updates"),
    pytest.param(0.5, 200, {"priority": Priority.URGENT, "endpoint": "ticket_create"}, 40, id="our creates"),
]


@pytest.mark.parametrize(("share", "total", "how", "expected"), SHARES)
def test_how_much_there_is(
    made: Callable[[float], Account], share: float, total: float, how: dict[str, Any], expected: int
) -> None:
    account = made(share)
    account.told(total)
    assert account.drain(**how) == expected


def test_before_the_first_answer_the_smallest_plan_is_assumed(account: Account) -> None:
    assert account.drain(priority=Priority.URGENT) == 50


def test_the_limit_follows_the_plan(account: Account) -> None:
    account.told(200)
    assert account.drain(priority=Priority.URGENT) == 200
    account.told(700)
    assert account.drain(priority=Priority.URGENT) == 500
    account.told(50)
    account.move(61)
    assert account.drain(priority=Priority.URGENT) == 50


def test_a_token_comes_back_a_minute_after_its_answer(account: Account) -> None:
    account.told(50)
    spent = account.spend(50, priority=Priority.URGENT)
    assert isinstance(spent, Spent)
    account.move(20)
    account.budget.settle(PORTAL, spent, None)
    account.move(59.5)
    assert account.wait(priority=Priority.URGENT) > 0
    account.move(1.5)
    assert account.drain(priority=Priority.URGENT) == 50


def test_the_wait_is_when_enough_come_back(account: Account) -> None:
    account.told(50)
    account.spend(30, priority=Priority.URGENT)
    account.move(10)
    account.spend(20, priority=Priority.URGENT)
    assert account.wait(cost=7, priority=Priority.URGENT) == pytest.approx(50.6, abs=0.01)
    account.move(50.7)
    assert isinstance(account.spend(7, priority=Priority.URGENT), Spent)


def test_those_who_wait_get_different_moments(account: Account) -> None:
    account.told(50)
    account.drain()
    waits = [account.wait(cost=7) for _ in range(400)]
    assert waits == sorted(waits)
    assert waits[0] < 63
    assert waits[20] > waits[0] + 30, "not all at once"
    assert max(waits) <= 600, "but nobody for longer than ten minutes"


def test_what_a_request_really_cost_is_settled(account: Account) -> None:
    account.told(50)
    dear, cheap = account.spend(4), account.spend(1)
    assert isinstance(dear, Spent)
    assert isinstance(cheap, Spent)
    account.budget.settle(PORTAL, dear, Said(used=2.0))
    account.budget.settle(PORTAL, cheap, Said(used=3))
    assert account.budget.state(PORTAL).used == 5


def test_what_others_use_beyond_their_share_is_left_to_them(made: Callable[[float], Account]) -> None:
    account = made(0.6)
    account.told(100, remaining=90)
    assert account.budget.state(PORTAL).allowed == 60
    account.told(100, remaining=30)
    assert account.budget.state(PORTAL).allowed == 30
    account.told(100, remaining=95)
    assert account.budget.state(PORTAL).allowed == 30, "a window of Freshdesk's has just begun"
    account.move(61)
    account.told(100, remaining=95)
    assert account.budget.state(PORTAL).allowed == 60
    account.told(100, remaining=30)
    account.move(301)
    assert account.budget.state(PORTAL).allowed == 60, "long ago"


HOLDS: list[Any] = [
    pytest.param({"retry_after": 37.0}, 37, id="as long as it says"),
    pytest.param({}, 60, id="a minute when it does not say"),
    pytest.param({"retry_after": 0.0}, 1, id="never at once"),
    pytest.param({"retry_after": 1521.0}, 1521, id="an hourly account"),
    pytest.param({"retry_after": 1e9}, 3600, id="an hour at most"),
]


@pytest.mark.parametrize(("said", "seconds"), HOLDS)
def test_a_429_holds_everybody(account: Account, redis: Redis, said: dict[str, float], seconds: int) -> None:
    account.told(50, remaining=0, refused=True, **said)
    elsewhere = Budget(redis, 1.0, now=lambda: account.now)
    answer = elsewhere.spend(PORTAL, Priority.URGENT, "other", 1)
    assert isinstance(answer, timedelta)
    assert answer.total_seconds() == pytest.approx(seconds, abs=0.01)
    assert isinstance(elsewhere.reserve(PORTAL, Priority.URGENT, 4, 7), timedelta)
    assert elsewhere.state(PORTAL).refused == 1
    assert isinstance(elsewhere.spend("mda", Priority.URGENT, "other", 1), Spent), "another account"
    account.move(seconds + 61)
    assert isinstance(elsewhere.spend(PORTAL, Priority.URGENT, "other", 1), Spent)


def test_a_shorter_hold_does_not_end_a_longer_one(account: Account) -> None:
    account.told(50, remaining=0, refused=True, retry_after=60.0)
    account.told(50, remaining=0, refused=True, retry_after=5.0)
    assert account.budget.state(PORTAL).held == pytest.approx(60, abs=0.1)


def test_a_429_with_requests_left_holds_its_class_alone(account: Account) -> None:
    account.told(200)
    spent = account.spend(endpoint="ticket_list")
    assert isinstance(spent, Spent)
    account.budget.settle(PORTAL, spent, Said(200, 150, 1, 30.0, refused=True))
    assert account.wait(endpoint="ticket_list") == pytest.approx(30, abs=0.01)
    assert isinstance(account.spend(endpoint="ticket_update"), Spent)


def test_what_background_work_may_spend(account: Account) -> None:
    account.told(200)
    assert account.budget.state(PORTAL).spare == 80
    account.spend(50)
    assert account.budget.can_spare(PORTAL, 30)
    assert not account.budget.can_spare(PORTAL, 31)
    account.told(200, refused=True, retry_after=5.0)
    assert account.budget.state(PORTAL).spare == 0


def test_by_hand_is_counted_and_never_refused(account: Account) -> None:
    account.told(50, remaining=0, refused=True)
    for _ in range(60):
        assert isinstance(account.spend(priority=Priority.BY_HAND), Spent)
    assert account.budget.state(PORTAL).used == 60


def grant_of(account: Account, first: int = 4, whole: int = 7, priority: Priority = Priority.NORMAL) -> str:
    grant = account.budget.reserve(PORTAL, priority, first, whole)
    assert isinstance(grant, str), grant
    return grant


def test_a_grant_is_kept_for_its_ticket(account: Account) -> None:
    account.told(50)
    grant = grant_of(account)
    assert account.drain(priority=Priority.URGENT) == 43
    assert account.drain(grant=grant) == 7
    account.budget.release(PORTAL, grant)
    assert account.budget.state(PORTAL).used == 50


def test_what_is_left_of_a_grant_comes_back(account: Account) -> None:
    account.told(50)
    grant = grant_of(account)
    account.spend(4, grant=grant)
    account.budget.release(PORTAL, grant)
    assert account.budget.state(PORTAL).used == 4
    grant_of(account)
    account.move(121)
    assert account.budget.state(PORTAL).used == 0, "its holder was killed"


def test_the_last_ticket_begun_may_finish_on_the_reserve(account: Account) -> None:
    account.told(50)
    account.spend(35)
    grant = grant_of(account)
    assert isinstance(account.budget.reserve(PORTAL, Priority.NORMAL, 4, 7), timedelta)
    assert account.budget.extend(PORTAL, Priority.NORMAL, grant, 2) is None
    assert account.drain(grant=grant) == 50 - 35


def test_a_ticket_dearer_than_the_whole_budget_goes_alone(made: Callable[[float], Account]) -> None:
    account = made(0.1)
    account.told(50)
    grant = grant_of(account)
    assert isinstance(account.spend(4, grant=grant), Spent)
    assert isinstance(account.budget.reserve(PORTAL, Priority.NORMAL, 4, 7), timedelta)


@pytest.mark.parametrize("total", [50, 200, 700])
def test_no_window_of_a_minute_holds_more_than_the_limit(account: Account, total: int) -> None:
    account.told(total)
    arrivals: list[tuple[float, int]] = []
    for step in range(1500):
        account.move(0.2)
        spent = account.spend(1 + step % 4, priority=Priority(step % 3))
        if isinstance(spent, Spent):
            arrivals.append((account.now.timestamp(), spent.cost))
            if step % 7 == 0:
                account.budget.settle(PORTAL, spent, None)
    worst = max(sum(c for at, c in arrivals if start <= at < start + 60) for start, _ in arrivals)
    assert worst <= total
    if total == 50:
        assert sum(cost for _, cost in arrivals) >= 0.95 * total * 1500 * 0.2 / 61


def test_many_at_once_get_no_more_than_there_is(redis: Redis) -> None:
    budget = Budget(redis, 1.0)

    def ask(_: int) -> bool:
        return isinstance(budget.spend(PORTAL, Priority.URGENT, "other", 3), Spent)

    with ThreadPoolExecutor(8) as pool:
        granted = Counter(pool.map(ask, range(200)))
    assert granted[True] == 16, "three tokens sixteen times out of fifty, on Redis's own clock"
