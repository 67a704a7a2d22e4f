"""Threads that own a connection and run jobs on it.

All jobs that wait when a transaction begins share it, each behind its own savepoint. A job that
fails does not affect the others, and one flush to the disk serves all.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from gateway.store.db.errors import as_store_error
from gateway.store.db.session import Session
from gateway.store.db.transaction import Tx

MAX_JOBS = 64
"""Jobs in one transaction. More make the first of them wait longer for its answer."""


@dataclass(slots=True)
class Job:
    """Work, and the future of its caller.

    The worker's thread sets `result` or `error`.
    """

    work: Callable[[Tx], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def resolve(self) -> None:
        """Pass the result to the caller. Call it in the event loop."""
        if self.future.done():  # cancelled meanwhile
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Worker:
    """A thread with a connection that it closes after a failure.

    `connections` and `problem` are written by this thread only, and read by any.
    """

    def __init__(
        self, name: str, connect: Callable[[], Session], queue: "SimpleQueue[Job | None]"
    ) -> None:
        self.connections = 0
        self.problem: str | None = None
        self._connect = connect
        self._queue = queue
        self._session: Session | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread ends, which it does at a None in the queue."""
        self._thread.join()

    def _run(self) -> None:
        running = True
        while running:
            first = self._queue.get()
            if first is None:
                break
            jobs = [first]
            # Only jobs that wait already, because the first must not wait for later ones.
            for _ in range(min(self._queue.qsize(), MAX_JOBS - 1)):
                following = self._queue.get()
                if following is None:
                    running = False
                    break
                jobs.append(following)
            self._run_jobs([job for job in jobs if not job.future.cancelled()])
        self._disconnect()

    def _run_jobs(self, jobs: list[Job]) -> None:
        if not jobs:
            return
        try:
            self._transact(jobs)
            self.problem = None
        except BaseException as error:
            # The whole transaction is lost, with everything that its jobs did.
            self._disconnect()
            failure = as_store_error(error) if isinstance(error, Exception) else None
            self.problem = failure.reason if failure else type(error).__name__
            for job in jobs:  # each its own error, because raising one changes its traceback
                job.error = type(failure)(failure.reason) if failure else error
        by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
        for job in jobs:
            by_loop.setdefault(job.future.get_loop(), []).append(job)
        for loop, answered in by_loop.items():
            try:
                loop.call_soon_threadsafe(_resolve_all, answered)
            except RuntimeError:  # the loop is closed, so no caller waits
                continue

    def _transact(self, jobs: list[Job]) -> None:
        session = self._session
        if session is None:
            session = self._session = self._connect()
            self.connections += 1
        tx = Tx(session)
        session.begin()
        if len(jobs) == 1:
            job = jobs[0]
            try:
                job.result = job.work(tx)
            except Exception as error:
                if (failure := as_store_error(error)) is not None:
                    raise failure from error
                job.error = error
                session.rollback()
                return
        else:
            for job in jobs:
                session.savepoint()
                try:
                    job.result = job.work(tx)
                except Exception as error:
                    if (failure := as_store_error(error)) is not None:
                        raise failure from error
                    job.error = error
                    session.rollback_to_savepoint()
                else:
                    session.release_savepoint()
        session.commit()

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _resolve_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.resolve()
