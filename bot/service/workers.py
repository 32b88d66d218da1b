"""Heavy work off the event loop: processes that have loaded the knowledge, a time limit, a bounded and fair queue."""

import asyncio
import contextlib
import logging
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar, runtime_checkable

from bot.clinic.ports import Clinic
from bot.service.cradle import CAN_FORK, Cradle, ForkedWorker
from bot.service.turns import FullError, Turns, User, Work
from bot.service.wording import SpokenError
from bot.service.working import Job, Load, TooLargeError, call, call_here, load_early, ready, set_up

T = TypeVar("T")
P = ParamSpec("P")


@runtime_checkable
class Keeping(Protocol):
    """A load that can keep what it would load now."""

    def kept(self) -> Load:
        """Loads that, whatever becomes of the files."""


@runtime_checkable
class Leading(Protocol):
    """A load that can leave the knowledge to the workers."""

    def front(self) -> Clinic:
        """The clinic of the process that has workers: it holds less, and does not check what they will."""


LOADING_SECONDS = 180.0  # in which a worker must have loaded its knowledge
RESTART = 15.0  # seconds of work that a job counts as which kills workers
THREADS = 4  # of the bot itself, where no processes are wanted
log = logging.getLogger(__name__)


class BusyError(SpokenError):
    """The queue is full."""

    def __init__(self) -> None:
        super().__init__("busy")


class TooLongError(SpokenError):
    """A job took longer than it may."""

    def __init__(self) -> None:
        super().__init__("too_long")


class WorkerDiedError(SpokenError):
    """A job killed its process twice."""

    def __init__(self) -> None:
        super().__init__("worker_died")


class ClosingError(SpokenError):
    """The bot is about to stop."""

    def __init__(self) -> None:
        super().__init__("restarting")


class Workers:
    """Runs `job(clinic, *args)` elsewhere. `clinic` is the one in this process, for what is quick."""

    def __init__(
        self,
        clinic: Clinic,
        load: Load | None,
        *,
        count: int,
        queue: int,
        seconds: float,
        user_seconds: float = float("inf"),
        memory: int = 0,
    ) -> None:
        """`seconds`: what one job may take; `user_seconds`: what all jobs of one user may take in some minutes;
        `memory`: MiB that a process may take above what the knowledge takes, 0 without a limit.
        """
        self.clinic = clinic
        self._load = load
        self._count = count if load else 0
        self._seconds = seconds
        self._memory = memory
        self._slots: list[_Slot] = []
        self._work = Work(user_seconds)
        self._turns: Turns[_Slot] = Turns(self._work, queue)
        self._reloading = asyncio.Lock()
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """Jobs that wait for a worker."""
        return self._turns.waiting

    async def start(self) -> None:
        """Starts the workers, unless they are, and waits until they have loaded their knowledge; raises what the loader
        raises.
        """
        if not self._slots:
            self._adopt(await self._started(await self._kept()))

    async def close(self) -> None:
        """Ends all workers; whoever still waits for one is told."""
        self._is_closed = True
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.end()
        self._turns.tell_all(ClosingError())

    async def run(self, user: User, job: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a job that a user asked for (None: the bot itself).

        Raises BusyError, SlowDownError, TooLongError, TooLargeError, WorkerDiedError, ClosingError, or what the job
        raises; a UserError of the job comes with secrets masked.
        """
        if self._is_closed:
            raise ClosingError
        self._work.check(user)
        try:
            slot = await self._turns.next(user)
        except FullError:
            raise BusyError from None
        started = time.monotonic()
        try:
            return await slot.run(job, args, kwargs, self._seconds)
        except (WorkerDiedError, TooLargeError):
            self._work.add(user, RESTART)
            raise
        finally:
            self._work.add(user, time.monotonic() - started)
            self._give_back(user, slot)

    async def reload(self) -> str:
        """Loads the knowledge anew and swaps it in for all later jobs; returns its version.

        What the loader raises passes through, and everything stays as it was. Running jobs end with the old knowledge.
        """
        async with self._reloading:
            if self._load is None:
                return self.clinic.version
            kept = await self._kept() or self._load
            clinic = await asyncio.to_thread(self._front_of(kept))
            if clinic.version != self.clinic.version:
                before, self.clinic = self.clinic, clinic
                try:
                    slots = await self._started(kept)
                except BaseException:
                    self.clinic = before
                    raise
                self._adopt(slots)
            return clinic.version

    async def _kept(self) -> Load | None:
        """Loads what there is now, whenever a process is replaced: what was accepted, not what is there by then."""
        load: object = self._load  # any callable may keep
        if self._count and isinstance(load, Keeping):
            return await asyncio.to_thread(load.kept)
        return self._load

    def _front_of(self, load: Load) -> Load:
        leading: object = load
        return leading.front if self._count and isinstance(leading, Leading) else load

    async def _started(self, load: Load | None) -> "list[_Slot]":
        if not self._count or load is None:
            return [_Slot(_thread_executor, self.clinic) for _ in range(THREADS)]
        make, leave = self._processes(load, self._memory)
        slots = [_Slot(make, None, leave) for _ in range(self._count)]
        try:
            await asyncio.gather(*(slot.run(ready, (), {}, None) for slot in slots))
        except BaseException:
            for slot in slots:
                slot.end()
            raise
        return slots

    def _processes(self, load: Load, memory: int) -> tuple[Callable[[], Executor], Callable[[], None]]:
        """What makes a process with its knowledge, and what one who needs no more of them calls."""
        if not CAN_FORK:
            return partial(_process_executor, load, memory), lambda: None
        cradle = Cradle(self._count, load_early, load, memory)
        return partial(ForkedWorker, cradle), cradle.leave

    def _adopt(self, slots: "list[_Slot]") -> None:
        """Makes these the workers; idle old ones end now, busy ones when they come back."""
        self._slots = slots
        for slot in self._turns.replace(list(slots)):
            slot.end()

    def _give_back(self, user: User, slot: "_Slot") -> None:
        is_in_use = slot in self._slots
        self._turns.done(user, slot if is_in_use else None)
        if not is_in_use:
            slot.end()


class _Slot:
    """One worker, replaced by a fresh one when it dies or must be stopped."""

    def __init__(
        self, make: Callable[[], Executor], clinic: Clinic | None, leave: Callable[[], None] = lambda: None
    ) -> None:
        """`leave`: called when it is over for good."""
        self._make = make
        self._leave = leave
        self._clinic = clinic  # for a thread; a process has its own
        self._executor = make()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_loaded = clinic is not None

    async def run(self, job: Job[..., T], args: Any, kwargs: Any, seconds: float | None) -> T:
        for attempt in (1, 2):
            try:
                if not self._is_loaded:  # the time to load the knowledge is none of the job's
                    await self._first(ready, (), {}, LOADING_SECONDS)
                    self._is_loaded = True
                return await self._first(job, args, kwargs, seconds)
            except TimeoutError:
                self._renew()
                raise TooLongError from None
            except TooLargeError:
                self._renew()  # what the job has left there would be missing for the next
                raise
            except BrokenProcessPool:
                log.warning("a worker process died (attempt %d)", attempt)
                self._renew()
        raise WorkerDiedError

    async def _first(self, job: Job[..., T], args: Any, kwargs: Any, seconds: float | None) -> T:
        """What the job returns, unless the worker is ended before that, or the time is over."""
        if self._over.done():
            raise ClosingError
        work = self._submitted(job, args, kwargs)
        try:
            either: set[asyncio.Future[Any]] = {work, self._over}
            done, _ = await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not work.done():
                work.cancel()
        if self._over in done:
            if work.done() and not work.cancelled():
                work.exception()  # heard of
            raise ClosingError
        if work not in done:
            raise TimeoutError
        return work.result()

    def _submitted(self, job: Job[..., T], args: Any, kwargs: Any) -> "asyncio.Future[T]":
        loop = asyncio.get_running_loop()
        if self._clinic is not None:
            return loop.run_in_executor(self._executor, call, self._clinic, job, args, kwargs)
        return loop.run_in_executor(self._executor, call_here, job, args, kwargs)

    def _renew(self) -> None:
        self._kill()
        if not self._over.done():
            self._executor = self._make()
            self._is_loaded = self._clinic is not None

    def end(self) -> None:
        """Ends the worker at once and for good. A thread cannot be ended: it finishes its job unheard."""
        if self._over.done():
            return
        self._over.set_result(None)
        self._kill()
        self._leave()

    def _kill(self) -> None:
        executor: Any = self._executor
        if isinstance(executor, ForkedWorker):
            executor.kill()
            return
        processes = list((getattr(executor, "_processes", None) or {}).values())
        for process in processes:
            process.kill()
        if processes:
            _close_pipes(executor)
        executor.shutdown(wait=False, cancel_futures=True)


def _close_pipes(executor: Any) -> None:
    """Closes this process's copies of the far ends of a killed worker's pipes.

    While it holds them, a thread of the pool waits for ever for the rest of an answer whose writer was killed, or for
    room in a pipe that nobody reads; and the interpreter waits for that thread when it ends. The pool may close them
    itself in the same moment.
    """
    for end in (executor._result_queue._writer, executor._call_queue._reader):
        with contextlib.suppress(OSError):
            end.close()


def _thread_executor() -> Executor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="wenzhen-job")


def _process_executor(load: Load, memory: int) -> Executor:
    """Where processes cannot be forked from a cradle."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=set_up, initargs=(load, memory))
