"""What happens in a worker's process: its knowledge is loaded, a job is done, what is raised is made fit to cross.

A module of its own, so that such a process need not hold what only the one that asks it works with.
"""

import contextlib
import multiprocessing
import os
import pickle
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.base.errors import UserError
from bot.clinic.ports import Clinic
from bot.service.memory import limit_memory
from bot.service.wording import SpokenError

T = TypeVar("T")
P = ParamSpec("P")
Load = Callable[[], Clinic]
Job = Callable[Concatenate[Clinic, P], T]

LONGEST_ERROR = 1000  # characters; the name of an entry in an archive may have 65,535


class TooLargeError(SpokenError):
    """A job needed more memory than its process may take."""

    def __init__(self) -> None:
        super().__init__("too_large")


_here: dict[str, Clinic] = {}
_to_load: list[tuple[Load, int]] = []


def set_up(load: Load, memory: int) -> None:
    """Only remembers what to load: what the loader raises in the first job reaches the one who waits for it."""
    threading.Thread(target=_end_with_parent, name="wenzhen-parent", daemon=True).start()
    _to_load.append((load, memory))


def load_early(load: Load, memory: int) -> None:
    """Loads now. What the loader raises it raises again in the first job, for the one who waits for that."""
    import bot.answers.chart  # noqa: F401 - jobs import it late; here once, instead of in each process

    _to_load.append((load, memory))
    with contextlib.suppress(Exception):
        _here["clinic"] = load()


def _clinic_here() -> Clinic:
    if _to_load:
        load, memory = _to_load[0]
        if "clinic" not in _here:
            _here["clinic"] = load()
        limit_memory(memory)
        _to_load.clear()
    return _here["clinic"]


def _end_with_parent() -> None:
    """A bot that is killed cannot end its workers: each ends itself."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def call_here(job: Job[..., T], args: Any, kwargs: Any) -> T:
    with _crossing():
        clinic = _clinic_here()
    return call(clinic, job, args, kwargs)


def call(clinic: Clinic, job: Job[..., T], args: Any, kwargs: Any) -> T:
    with _crossing():
        try:
            return job(clinic, *args, **kwargs)
        except UserError as error:
            raise error.translated(clinic.translated).masked(lambda text: clinic.redact(text[:LONGEST_ERROR])) from None


@contextlib.contextmanager
def _crossing() -> Iterator[None]:
    """What is raised inside can be read in another process."""
    try:
        yield
    except MemoryError:
        raise TooLargeError from None
    except Exception as error:
        if not _crosses(error):
            raise RuntimeError("".join(traceback.format_exception(error))) from None
        raise


def _crosses(error: Exception) -> bool:
    """Whether an exception can be read in another process; one that cannot would break the pool of workers."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - whatever its own code raises
        return False
    return True


def ready(clinic: Clinic) -> str:
    return clinic.version
