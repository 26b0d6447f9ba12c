"""Do sample tickets keep coming, and do one-time links reach the terminal?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import requests

from bot.local import trickle
from bot.local.demo_tickets import SAMPLES, SampleTicket
from bot.local.stand_in import StandIn
from bot.local.trickle import LinkEcho, Trickle

LINK = "http://127.0.0.1:8000/ops/entrar?token=aB3-_x"


class Desk(StandIn):
    """Count what is opened instead of opening it."""

    opened: list[SampleTicket]
    down: bool

    def open_ticket(self, sample: SampleTicket, now: datetime) -> int:
        if self.down:
            raise requests.ConnectionError
        self.opened.append(sample)
        return len(self.opened)


def make_desk() -> Desk:
    desk = Desk(1, 2)
    object.__setattr__(desk, "opened", [])
    object.__setattr__(desk, "down", False)
    return desk


def test_all_samples_come_at_once_and_then_one_at_a_time() -> None:
    desk, said, now = make_desk(), list[str](), [100.0]
    stream = Trickle(desk, said.append, lambda: now[0])
    for _ in range(100):
        stream.look()
    assert desk.opened == list(SAMPLES)
    now[0] += trickle.EVERY_SECONDS
    stream.look()
    stream.look()
    assert len(desk.opened) == len(SAMPLES) + 1
    assert len(said) == 1


def test_it_ends_some_time() -> None:
    desk, now = make_desk(), [0.0]
    stream = Trickle(desk, print, lambda: now[0])
    for _ in range(2 * trickle.MOST_TICKETS):
        now[0] += trickle.EVERY_SECONDS
        stream.look()
    assert len(desk.opened) == trickle.MOST_TICKETS


def test_a_simulator_that_is_down_is_tried_again_later() -> None:
    desk, now = make_desk(), [0.0]
    stream = Trickle(desk, print, lambda: now[0])
    object.__setattr__(desk, "down", True)
    stream.look()
    object.__setattr__(desk, "down", False)
    stream.look()
    assert desk.opened == []
    now[0] += trickle.EVERY_SECONDS
    stream.look()
    assert len(desk.opened) == 1


def test_a_link_is_said_once_and_whole(tmp_path: Path) -> None:
    log, said = tmp_path / "web.log", list[str]()
    log.write_text("starting\n")
    echo = LinkEcho(log, said.append)
    echo.look()
    with log.open("a") as file:
        file.write(f'{{"event": "ops pages, once: {LINK[:-3]}')
    echo.look()
    with log.open("a") as file:
        file.write(f'{LINK[-3:]}", "level": "warning"}}\n')
    echo.look()
    echo.look()
    assert said == [f"Enter the pages, once, at: {LINK}"]
