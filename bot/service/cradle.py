"""Processes that come into being at once and share memory: forked from one that has everything loaded.

Linux only. The cradle itself is a new process without threads, sockets or locks of others; what it loads lies in memory
once, however many are forked from it, as long as they only read it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler, recv_handle, send_handle
from typing import Any, ParamSpec, TypeAlias, TypeVar

from bot.base.keeping import keep_loaded

T = TypeVar("T")
P = ParamSpec("P")
Pipes: TypeAlias = "Connection[Any, Any]"
CAN_FORK = sys.platform == "linux"  # macOS ends forked processes that touch its frameworks

_ROCKED = "import sys; sys.path[:] = sys.argv[2:]; from bot.service.cradle import rock; rock(int(sys.argv[1]))"
_PATIENCE = 1.0  # seconds in which a cradle ends by itself, unless it is still loading


@dataclass(frozen=True, slots=True)
class _Forked:
    """A process forked from a cradle, and where it takes work."""

    pid: int
    connection: Pipes


class Cradle:
    """Forks processes from one that called `set_up`. Used by threads, by any number of owners until the last leaves."""

    def __init__(self, owners: int, set_up: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """`set_up` and its arguments must be known to a new process too."""
        self._owners = owners
        self._set_up = (set_up, args, kwargs)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Pipes | None = None
        self._ended: list[int] = []
        self._is_ended = False  # on purpose

    def fork(self) -> _Forked:
        """A new process, as soon as there is a cradle that is ready. One that has died without being known to is
        replaced. Raises BrokenProcessPool when a new one dies, or when it is ended.
        """
        with self._lock:
            was_there = self._process
            try:
                return self._forked()
            except BrokenProcessPool:
                if was_there is None or was_there is not self._process or self._is_ended:
                    raise
            was_there.kill()
            was_there.wait()
            return self._forked()

    def _forked(self) -> _Forked:
        try:
            control = self._running()
            control.send(self._ended)
            self._ended.clear()
            return _Forked(control.recv(), Connection(recv_handle(control)))
        except (EOFError, OSError):
            raise BrokenProcessPool from None

    def bury(self, forked: _Forked) -> None:
        """Ends a process, if it is still there. Its number is given to no other before the cradle is told of it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(forked.pid, signal.SIGKILL)
        self._ended.append(forked.pid)

    def end(self) -> None:
        """Ends the cradle; the next who asks gets another one."""
        self._is_ended = True
        if self._process is not None:
            self._process.kill()

    def leave(self) -> None:
        """One owner less."""
        self._owners -= 1
        if self._owners or self._process is None or self._control is None:
            return
        self._control.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _running(self) -> Pipes:
        if self._process is None or self._control is None or self._process.poll() is not None:
            self._is_ended = False
            self._control, far = Pipe()
            with far:
                self._process = _started(far.fileno())
            self._ended.clear()
            self._control.send(self._set_up)
        return self._control


def _started(control: int) -> "subprocess.Popen[bytes]":
    """A new process that rocks, with the end of a pipe as `control`. Not one of `multiprocessing`: that keeps one more
    process beside it, and loads the program's own beginning again.
    """
    return subprocess.Popen([sys.executable, "-c", _ROCKED, str(control), *sys.path], pass_fds=[control])


class ForkedWorker(Executor):
    """Calls one function after another in a process of its own, forked for the first."""

    def __init__(self, cradle: Cradle) -> None:
        self._cradle = cradle
        self._forked: _Forked | None = None
        self._is_over = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wenzhen-worker")

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """What the call returns or raises there; BrokenProcessPool when the process dies over it."""
        return self._thread.submit(self._called, call, args, kwargs)

    def kill(self) -> None:
        """Ends the process at once, and the cradle where it has not come so far yet."""
        self._is_over = True
        if self._forked is None:
            self._cradle.end()
        else:
            self._cradle.bury(self._forked)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _called(self, call: Callable[..., T], args: Any, kwargs: Any) -> T:
        if self._forked is None:
            self._forked = self._cradle.fork()
            if self._is_over:  # too late: nobody knew of this process when it was to be ended
                self._cradle.bury(self._forked)
        try:
            self._forked.connection.send((call, args, kwargs))
            is_done, result = self._forked.connection.recv()
        except (EOFError, OSError):
            raise BrokenProcessPool from None
        if is_done:
            return result  # type: ignore[no-any-return] # what the call returned
        raise result


# In the cradle and what is forked from it


def rock(handle: int) -> None:
    """Sets up what its owner sends, then forks whenever it is asked to, until its owner is gone: then all go. `handle`:
    of the pipe to the owner.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches every process; the owner says when to stop
    alive: set[int] = set()
    try:
        control: Pipes = Connection(handle)
        set_up, args, kwargs = control.recv()
        set_up(*args, **kwargs)
        keep_loaded()
        while True:
            _bury(alive.intersection(control.recv()), alive)
            pid, near = _fork(control)
            alive.add(pid)
            control.send(pid)
            send_handle(control, near.fileno(), os.getppid())
            near.close()
    except (EOFError, OSError):
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
        _bury(tuple(alive), alive)
        os._exit(0)


def _bury(ended: Iterable[int], alive: set[int]) -> None:
    for pid in ended:
        os.waitpid(pid, 0)
        alive.discard(pid)


def _fork(control: Pipes) -> tuple[int, Pipes]:
    """(number of a new process, the end of a pipe to it)."""
    near, far = Pipe()
    pid = os.fork()
    if not pid:
        control.close()
        near.close()
        _work(far)
    far.close()
    return pid, near


def _work(connection: Pipes) -> None:
    """Takes one call after another; ends the process when nobody is there any more."""
    try:
        while True:
            call, args, kwargs = connection.recv()
            connection.send_bytes(_outcome(call, args, kwargs))
    except (EOFError, OSError):
        os._exit(0)
    finally:
        os._exit(1)  # never back into the cradle's own code


def _outcome(call: Callable[..., object], args: Any, kwargs: Any) -> Any:
    """(True, what a call returned) or (False, what it raised), to be sent."""
    try:
        return ForkingPickler.dumps((True, call(*args, **kwargs)))
    except Exception as error:  # noqa: BLE001 - it is raised where the result is awaited
        return ForkingPickler.dumps((False, error))
