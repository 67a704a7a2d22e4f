"""Threads that own a connection and do the work that is handed to them.

All work that waits when a transaction begins shares it, each piece behind a savepoint of its
own: what one piece did wrong does not touch the others, and one flush to the disk serves all.
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


@dataclass(slots=True)
class Job:
    """A piece of work, and who waits for it. Answers of a batch go back to the loop together."""

    work: Callable[[Tx], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def resolve(self) -> None:
        """Tell who waits. To be called in the loop."""
        if self.future.done():  # cancelled meanwhile
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Worker:
    """A thread with one connection, opened when needed and given up after trouble."""

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
        """Wait until the thread ended. It does after it took a None from the queue."""
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            first = self._queue.get()
            if first is None:
                break
            jobs = [first]
            # Only what waits already: the first job shall not wait for those to come.
            for _ in range(min(self._queue.qsize(), MAX_JOBS - 1)):
                following = self._queue.get()
                if following is None:
                    going = False
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
            # The transaction is lost as a whole, with all that its jobs had done so far.
            self._disconnect()
            trouble = as_store_error(error) if isinstance(error, Exception) else None
            self.problem = trouble.reason if trouble else type(error).__name__
            for job in jobs:  # an error of its own for each: raising one writes into it
                job.error = type(trouble)(trouble.reason) if trouble else error
        by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
        for job in jobs:
            by_loop.setdefault(job.future.get_loop(), []).append(job)
        for loop, answered in by_loop.items():
            try:
                loop.call_soon_threadsafe(_resolve_all, answered)
            except RuntimeError:  # the loop is closed: nobody waits any more
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
                if (trouble := as_store_error(error)) is not None:
                    raise trouble from error
                job.error = error
                session.rollback()
                return
        else:
            for job in jobs:
                session.savepoint()
                try:
                    job.result = job.work(tx)
                except Exception as error:
                    if (trouble := as_store_error(error)) is not None:
                        raise trouble from error
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
