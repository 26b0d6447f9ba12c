"""What is the most that RQ can do? The class and the imports of our worker, on jobs that do nothing."""

from __future__ import annotations

import os

from rq import Worker
from rq.job import Job
from rq.queue import Queue

from bot.settings import read_settings
from bot.store.connection import connect_patient
from bot.wiring import build
from bot.worker import SemaforoWorker

NOOP = "bench.noop_worker.nothing"


class NoopWorker(SemaforoWorker):
    """Run any job: the allow-list is the product's."""

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Run a job as RQ does."""
        return Worker.perform_job(self, job, queue)


def nothing() -> None:
    """Do nothing."""


def main() -> None:
    """Serve the normal queue, with all of the product in memory as its worker has it."""
    settings = read_settings(os.environ)
    assert settings.redis_url is not None
    redis, context = connect_patient(settings.redis_url), build(settings)
    assert context.rulebook.policy is not None
    NoopWorker(redis, beat=lambda: None).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
