"""What is asked beside the steps of an answer: of a program, its download, the size of a file, what a context takes."""

import re

from bot.answers.blocks import Answer
from bot.answers.follow_up import (
    against_answer,
    counted_answer,
    file_answer,
    free_answer,
    kept_answer,
    link_answer,
    too_long_answer,
)
from bot.base.errors import UserError
from bot.base.phrases import folded
from bot.clinic.asking import Asking, FollowUp, part_of, with_log
from bot.clinic.diagnosing import OWN_COUNT, REFUSALS
from bot.clinic.fit_matter import FitMatter
from bot.clinic.knowing import known
from bot.clinic.parts import Parts
from bot.clinic.purchase_asked import purchase_asked
from bot.clinic.told_facts import context_of, with_context_of
from bot.hardware.amounts import parse_ram
from bot.knowledge.reference import Loader
from bot.models.quant_names import cache_type_in

# Amount of a file, as it is told: "1.2gb".
_FILE_SIZE = re.compile(r"(?<![a-z0-9_.])([0-9]{1,3}(?:\.[0-9]{1,2})?)\s?g(?:i?b)?(?![a-z0-9])", re.IGNORECASE)
_BROKEN_FILES = ("gguf-truncated", "gguf-invalid", "download-corrupt", "ollama-import-incomplete")  # classes
FILE_SIZE = "file-size"  # id of what is said to the size of a file: that is no amount of memory
_OF_MACHINE = ("ram", "machine", "asks")  # signs of an amount that is none of a file
_TOKENS = re.compile(r"(?<![a-z0-9.])([0-9]{1,4})\s?k(?![a-z0-9])", re.IGNORECASE)
_CACHE_BITS = re.compile(r"(?:cache|缓存)[^.!?。！？\n]{0,20}?(?<![a-z0-9])q[2-8](?![a-z0-9])", re.IGNORECASE)
_EIGHT_BITS = "q8_0"
_CACHE_QUALITY = "quantized-kv-cache"  # id of the frequent question
_COMPLAINED = ("trouble", "my-trouble", "t-slow", "t-load")  # signs that the context is why
_LAST = 3  # messages in which the cache was spoken of


def asked_beside(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer to one of these questions; None where none is asked."""
    of_context = (_of_counted_context, _of_cache_quality, _of_context_cost, _of_set_context)
    for answer in (_why_not, purchase_asked, _of_link, _of_file, _of_free_memory, *of_context):
        if (found := answer(asking, parts)) is not None:
            return found
    return None


def _named(asking: Asking, parts: Parts) -> Loader | None:
    """The program that the message names."""
    return parts.loaders.get(next(iter(asking.last.loaders), ""))


def _why_not(asking: Asking, parts: Parts) -> FollowUp | None:
    """What there is to be said for and against a program that was not advised: "why not ollama"."""
    loader = _named(asking, parts)
    if loader is None or not parts.turns.asks_why_not(asking.said):
        return None
    return FollowUp(part_of("howto", "why-not", against_answer(loader)))


def _of_file(asking: Asking, parts: Parts) -> FollowUp | None:
    """How large the file of the model is, and whether one of the size that is told is whole."""
    turns = parts.turns
    asks = turns.asked(asking.said) == "size"
    is_spoken_of = len(asking.texts) > 1 and turns.asked(asking.texts[-2]) == "size"
    is_of_it = (is_spoken_of or _is_of_broken_file(asking)) and not _is_of_machine(asking, parts)
    told = _FILE_SIZE.findall(asking.said) if is_of_it else []
    if not (asks or len(told) == 1):
        return None
    model = FitMatter(parts, with_log(asking, parts)).model()
    if model is None:
        return None
    id_ = FILE_SIZE if told else "file"
    return FollowUp(part_of("howto", id_, file_answer(model, float(told[0]) if told else None)))


def _is_of_machine(asking: Asking, parts: Parts) -> bool:
    """Whether a message speaks of the machine, so that an amount is none of a file."""
    return asking.last.has_any(_OF_MACHINE) or parts.turns.spoken_of(folded(asking.said)) is not None


def _is_of_broken_file(asking: Asking) -> bool:
    """Whether the trouble is a file that is not whole."""
    first = next(iter(asking.diagnosed.candidates), None)
    return first is not None and first.failure_class in _BROKEN_FILES


def _of_link(asking: Asking, parts: Parts) -> FollowUp | None:
    """Where the program that is named is downloaded: "ok lm studio. link?"."""
    loader = _named(asking, parts)
    if loader is None or not loader.links or not parts.turns.fetches(asking.said):
        return None
    return FollowUp(part_of("howto", "link", link_answer(loader)))


def _of_context_cost(asking: Asking, parts: Parts) -> FollowUp | None:
    """What a context takes of the model that is told, where the cache is what is spoken of: "and at q4?"."""
    if not asking.last.has("asks") or asking.last.has("machine") or not _is_of_cache(asking, parts):
        return None
    model = FitMatter(parts, asking.post).model()
    cost = model is not None and (parts.turns.asks_size(asking.said) or cache_type_in(_asked_of_cache(asking)))
    if model is None or not cost:
        return None
    context = _tokens_told(asking)
    if not context:
        return None
    answer = kept_answer(model, context, cache_type_in(_asked_of_cache(asking)))
    return FollowUp(part_of("fit", "kept", answer), adds=True)


def _of_cache_quality(asking: Asking, parts: Parts) -> FollowUp | None:
    """Whether a quantized cache is worse: nothing that has to be computed."""
    fits = asking.last.has("can-it")  # that is computed
    is_typed = cache_type_in(asking.said) is not None or _CACHE_BITS.search(asking.said) is not None
    if fits or not is_typed or not parts.turns.asks_whether(asking.said):
        return None
    found = known(asking.own, parts)
    if found is None or found.id != _CACHE_QUALITY:
        return None
    topic = next(each for each in parts.topics.items if each.id == _CACHE_QUALITY)
    return FollowUp(part_of("howto", topic.id, Answer(topic.title, "neutral", topic.blocks)))


def _of_free_memory(asking: Asking, parts: Parts) -> FollowUp | None:
    """Whether a model that is supposed fits what a loader says is free, where no machine was told: "3b then?"."""
    refused = next((each for each in asking.diagnosed.candidates if each.failure_class in REFUSALS), None)
    free = refused.captured.get("available", "") if refused is not None else ""
    is_supposed = asking.last.has_any(("model", "size")) and not asking.post.machine.is_told
    if not free or not is_supposed:
        return None
    model = FitMatter(parts, asking.last).model()
    try:
        room = parse_ram(free)
    except UserError:
        return None
    return FollowUp(part_of("fit", "free", free_answer(model, room)), adds=True) if model is not None else None


def _of_counted_context(asking: Asking, parts: Parts) -> FollowUp | None:
    """How long a context fits with a cache of 8 bits, by what the engine itself has counted with one of 16."""
    counted = (each.captured.get(OWN_COUNT, "") for each in asking.diagnosed.candidates)
    most = next((int(each) for each in counted if each.isdigit()), 0)
    is_asked = asking.last.has("asks") and parts.turns.names_cache(asking.said)
    if not most or not is_asked or cache_type_in(asking.said) != _EIGHT_BITS:
        return None
    return FollowUp(part_of("fit", "counted", counted_answer(most)))


def _of_set_context(asking: Asking, parts: Parts) -> FollowUp | None:
    """That the context that is told as set is why the model does not lie on the card whole."""
    last, context = asking.last, context_of(asking.last)
    is_wished = not asking.post.has_any(_COMPLAINED)
    if context is None or is_wished or last.has("asks") or last.has_any(_OF_MACHINE):
        return None
    fit = FitMatter(parts, with_context_of(last, with_log(asking, parts)))
    told, usual = fit.planned(), fit.planned(as_told=False)
    if told is None or usual is None or told[0].plan.verdict == "gpu" or usual[0].plan.verdict != "gpu":
        return None
    answer = too_long_answer(told[0].plan, usual[0].plan, told[1])
    return FollowUp(part_of("fit", "context", answer), adds=True)


def _tokens_told(asking: Asking) -> int:
    """The context that was told last, in tokens; 0 for none."""
    told = (found for text in reversed(asking.texts) for found in _TOKENS.findall(text))
    return next((int(number) * 1024 for number in told), context_of(asking.post) or 0)


def _is_of_cache(asking: Asking, parts: Parts) -> bool:
    """Whether the cache is spoken of in the last messages, and nothing fails."""
    before = [*asking.texts[-_LAST:], *asking.aside[-1:]]
    return not asking.diagnosed.is_recognised and any(map(parts.turns.names_cache, before))


def _asked_of_cache(asking: Asking) -> str:
    """The question, which is of the cache though it does not say so: "and at q4?"."""
    return f"kv cache {asking.said}"
