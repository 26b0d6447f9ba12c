"""Stop and resume from the command line, and where the state is shown."""

from __future__ import annotations

from bot.domain.ticket import TicketKey
from bot.store.brakes import Brakes
from bot.wiring import utc_now
from tests.cli.conftest import Run
from tests.world import PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}


def test_stop_and_resume_reach_the_workers(run: Run, env: dict[str, str], world: World) -> None:
    ticket = world.open(**DOWN)
    assert run("stop", env=env).exit_code == 0
    world.settle(ticket)
    assert world.control("GET", "requests")["writes"] == 0
    result = run("resume", env=env)
    assert result.stdout == "writing goes on; 1 tickets waited and will be looked at now\n"
    at = world.ctx.wakeups.at(TicketKey(PORTAL, ticket))
    assert at is not None
    world.clock.now = max(at, world.clock.now)
    world.settle()
    assert (len(world.notes(ticket)), len(world.replies(ticket))) == (1, 1)


def test_the_state_is_shown_where_people_look(run: Run, env: dict[str, str], world: World) -> None:
    run("stop", env=env)
    for command in (["failures", "list"], ["doctor"]):
        shown = run(*command, env=env).stdout
        assert "stopped" in shown
        assert "semaforo resume" in shown
    run("resume", env=env)
    assert run("failures", "list", env=env).stdout == "no ticket is failing\n"


def test_a_blown_fuse_is_among_the_failures(run: Run, env: dict[str, str], world: World) -> None:
    fuse = Brakes(world.redis, writes_per_hour=1)
    assert [fuse.count_write(PORTAL, utc_now()) for _ in range(3)] == [False, True, False]
    shown = run("failures", "list", env=env).stdout
    assert "acelera: the fuse blew at 3 writes in an hour" in shown
    run("resume", env=env)
    assert run("failures", "list", env=env).stdout == "no ticket is failing\n"
