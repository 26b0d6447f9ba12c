"""Commands that stay: web, worker, clock, simulator, and the two that start them all."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

import click

import bot
from bot.cli.environment import context_or_exit, settings_or_exit
from bot.engine.clock import WORKERS, keep_ticking
from bot.engine.forking import bring_up_to_date
from bot.engine.presence import Presence
from bot.store.connection import connect_patient
from bot.store.rule_check import check_apart
from bot.store.rule_keeping import RuleKeeper
from bot.store.rule_versions import RuleVersions
from bot.store.wakeups import Lane
from bot.telemetry import set_up_logging
from bot.wiring import build, build_clock

HOME = Path(bot.__file__).parent.parent  # where app.py stands


@click.command()
def web() -> None:
    """Serve webhooks, pages, health and metrics."""
    settings = settings_or_exit()
    arguments = [
        *("gunicorn", "app:app", "--bind", f"{settings.host}:{settings.port}"),
        *("--worker-class", "gthread", "--threads", str(settings.web_threads)),
        *("--workers", str(settings.web_workers), "--graceful-timeout", "8", "--timeout", "30"),
        *("--pythonpath", str(HOME)),
        *("--limit-request-line", "4094", "--log-level", "warning", "--no-control-socket"),
    ]
    if settings.web_workers > 1:
        # Several workers share their counters through files; old ones would count twice.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="semaforo-metrics-")
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn.app.wsgiapp", *arguments[1:]])  # noqa: S606


@click.command()
@click.option("--urgent", is_flag=True, help="Serve the urgent queue alone; without such a worker all share.")
def worker(urgent: bool) -> None:
    """Run queued jobs of one queue: the normal one, or the urgent one."""
    # RQ's worker, which no other process needs.
    from bot import jobs
    from bot.worker import SemaforoWorker

    lane = Lane.URGENT if urgent else Lane.NORMAL
    settings = settings_or_exit()
    set_up_logging(settings.log_level, settings.log_format, WORKERS[lane], settings.sentry_dsn)
    # One pool for RQ and for us: each job, being forked, connects anew.
    redis = connect_patient(settings.redis_url) if settings.redis_url else None
    context = context_or_exit(lambda settings: build(settings, redis=redis))
    assert redis is not None
    jobs.use(context)
    bring_up_to_date(context)
    presence = Presence(context, WORKERS[lane])

    def beat() -> None:
        context.heartbeats.beat(WORKERS[lane], context.now())
        presence.report()

    SemaforoWorker(
        redis,
        beat=beat,
        before_job=lambda: bring_up_to_date(context),
        lane=lane,
    ).work(logging_level="WARNING")
    presence.leave()


@click.command()
def clock() -> None:
    """Hand due tickets and sweeps to the queue."""
    settings = settings_or_exit()
    set_up_logging(settings.log_level, settings.log_format, "clock", settings.sentry_dsn)
    context, stop = context_or_exit(build_clock), threading.Event()
    assert settings.redis_url is not None
    versions = RuleVersions(connect_patient(settings.redis_url))
    keeper = RuleKeeper(versions, settings.rules_dir, settings.watched_rules, check_apart)

    def request_stop(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, request_stop)
    signal.signal(signal.SIGINT, request_stop)
    keep_ticking(context, stop, keeper.look)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9000, show_default=True, help="0: any free one."
)
@click.option(
    "--seed", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON with the account."
)
def simulator(port: int, seed: Path | None) -> None:
    """Serve a stand-in Freshdesk on loopback."""
    from bot.simulator.server import serve

    serve(port, seed)


@click.command()
def demo() -> None:
    """Show the whole product on sample tickets and check how each ends."""
    from bot.local.demo import demo as run_demo  # the simulator and tables: no process needs them

    raise SystemExit(run_demo())


@click.command()
def run() -> None:
    """Run the whole service here; without .env on an embedded store and the simulator."""
    from bot.local.run import run as run_all  # as above

    raise SystemExit(run_all())


COMMANDS = (web, worker, clock, simulator, demo, run)
