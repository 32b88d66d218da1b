"""Makes the program compile everything it ever compiles: all modules, all knowledge, and what only runs on demand."""

import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from types import ModuleType

from msgspec import structs

import bot
from bot.base.errors import UserError
from bot.base.phrases import Phrases
from bot.base.sieve import Sieve
from bot.clinic.door import Clinic
from bot.intake.facts import Facts
from bot.intake.signs import TopicData
from bot.intake.turning import TurnData
from bot.knowledge.cue import Cue

_LOG = """```
$ ollama serve
CUDA error: out of memory
hf: comand not fuond
```
qwen2.5 14b Q4_K_M 8g显存 报错 why? intel arc a770, my laptop has a used 3090 and 32gb ram"""

_DRIFT = """Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/vllm/engine.py", line 7, in <module>
    from transformers import Nothing
  File "/venv/lib/python3.11/site-packages/transformers/__init__.py", line 9, in __getattr__
ImportError: cannot import name 'Nothing' from 'transformers' (/venv/lib/python3.11/site-packages/transformers/x.py)
transformers==4.57.0"""


def run() -> None:
    modules = list(_modules())
    clinic = Clinic()
    assert clinic.diagnose(_LOG).answer
    clinic.triage(_LOG)
    seen: set[int] = set()
    _compute(clinic, seen)
    for module in modules:
        for made in _made_once(module):
            _compute(made, seen)
    _on_demand(clinic)


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith(("__main__", "migrations.env")):
            yield importlib.import_module(module.name)


def _made_once(module: ModuleType) -> Iterator[object]:
    """What cached functions make that need no arguments, and what is loaded from a knowledge folder."""
    for name, function in list(vars(module).items()):
        is_loader = name.startswith("load_") and inspect.isfunction(function)
        if getattr(function, "__module__", "") != module.__name__ or not (is_loader or hasattr(function, "cache_info")):
            continue
        needed = [p for p in inspect.signature(function).parameters.values() if p.default is inspect.Parameter.empty]
        if not needed:
            yield function()
        elif [parameter.name for parameter in needed] == ["root"]:
            yield function(Clinic().root)


def _compute(part: object, seen: set[int]) -> None:
    """Asks for every value that is computed on first use, here and in all that this holds."""
    if id(part) in seen or len(seen) > 200_000:
        return
    if isinstance(part, (tuple, list, set, frozenset)):
        for each in part:
            _compute(each, seen)
    elif isinstance(part, Mapping):
        for each in part.values():
            _compute(each, seen)
    elif type(part).__module__.startswith("bot."):
        seen.add(id(part))
        for name in _computed(type(part)):  # type: ignore[arg-type]  # mypy takes no class for hashable
            getattr(part, name)
        _compile(part)
        for each in [*getattr(part, "__dict__", {}).values(), *_fields(part)]:
            _compute(each, seen)


def _compile(part: object) -> None:
    """Compiles what a sieve or a phrase would when it is needed."""
    if isinstance(part, Sieve):
        for number in range(len(part)):
            part.pattern(number)
    if isinstance(part, Phrases):
        for phrase in part:
            assert phrase.pattern


def _fields(part: object) -> Iterator[object]:
    """The fields of a typed struct that holds cues or phrases; the others hold no patterns."""
    for name in getattr(part, "__struct_fields__", ()):
        if isinstance(each := getattr(part, name), Cue) or isinstance(part, (TopicData, TurnData)):
            yield each


@cache
def _computed(kind: type) -> tuple[str, ...]:
    """The names of what things of a kind compute on first use."""
    return tuple(
        name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, cached_property)
    )


def _on_demand(clinic: Clinic) -> None:
    """What nothing above makes the program compile."""
    from bot.answers.filling import filled
    from bot.cli.unknown import signature_of
    from bot.diagnosis.known_faults import _is_told, _telling
    from bot.diagnosis.match import _begins_with
    from bot.intake.lines import Line
    from bot.intake.prints import rules_of
    from bot.intake.surroundings import _faults, load_circumstances
    from bot.intake.versions import BENEATH, _version_beneath
    from bot.knowledge.files import knowledge_root
    from bot.knowledge.known_faults import load_known_faults
    from bot.knowledge.translations import Tongue
    from bot.models.names import parse_name
    from bot.models.requested import requested_model
    from bot.store.faults import database_fault

    filled("在 {folder} 里", {"folder": "模型"})
    signature_of("cannot open <path>")
    for program in BENEATH:
        _version_beneath(program, Facts(), "")
    assert not list(_faults(load_circumstances(knowledge_root())))
    _begins_with("git", "git: not found", 0)
    for fault in load_known_faults(knowledge_root()):
        assert _is_told(fault, example := fault.example.lower(), example)
        _telling(fault, [Line(1, fault.example, 1)])
    loader = structs.replace(clinic.loaders["vLLM"], prints=("card {gpus} holds {vram} now", "loading {model_file}"))
    list(rules_of([loader]))
    parse_name("registry.ollama.ai/library/qwen2.5:7b", clinic.catalog.called)
    parse_name("library/qwen2.5:7b", clinic.catalog.called)
    Tongue("ja", "日本語", "ぁ-ヿ").carries("ひらがな")
    clinic.words_in("what is kv cache")
    assert database_fault(OSError("unable to open database file"), "sqlite+aiosqlite:///nowhere/wenzhen.db")
    clinic.diagnose(_DRIFT)
    with contextlib.suppress(UserError):
        requested_model("someone/nothing-of-this-name", clinic.catalog)
