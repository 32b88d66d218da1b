"""What JSON says of estimates and plans; sizes in bytes."""

from bot.clinic.fitting import Prospect
from bot.memory.estimate import Estimate, Usage
from bot.memory.plan import Substitute
from bot.memory.speed import Speed
from bot.models.shape import Model


def estimate_document(model: Model, result: Estimate) -> dict[str, object]:
    """The estimate as JSON, sizes in bytes."""
    shape = model.shape
    return {
        "model": {
            "name": shape.name,
            "architecture": None if shape.source == "outline" else shape.architecture,
            "quant": model.quant or None,
            "layers": shape.layers,
            "bytes": model.file_bytes or None,
            "exact": result.exact,
        },
        "gpu": usage_document(result.gpu),
        "host": usage_document(result.host),
        "gpu_layers": result.gpu_layers,
        "notes": [note.en for note in result.notes],
        **_certainty(result),
        **_serving_document(result),
    } | ({"gpus": [usage_document(usage) for usage in result.gpus]} if len(result.gpus) > 1 else {})


def _certainty(result: Estimate) -> dict[str, object]:
    """Whether the figures are exact, and between which totals of the GPUs they lie where they are not."""
    if result.exact:
        return {"exact": True}
    return {"exact": False, "range": {"low": result.gpu.range.low, "high": result.gpu.range.high}}


def _serving_document(result: Estimate) -> dict[str, object]:
    """What an engine that fills its cards can serve; nothing for the others. Bytes of a token are those on one card."""
    serving = result.serving
    if serving is None:
        return {}
    return {
        "kv_tokens": serving.tokens,
        "bytes_per_token": round(serving.bytes_per_token, 2),
        "concurrency": round(serving.concurrency, 2),
        "starts": serving.starts,
        "max_len": serving.longest,
    }


def usage_document(usage: Usage) -> dict[str, object]:
    """One device as JSON. `total` adds up the parts, overhead included; `range` bounds it with copied weights."""
    return {
        "weights": usage.weights,
        "kv_cache": usage.kv_cache,
        "recurrent": usage.recurrent,
        "compute": usage.compute,
        "overhead": usage.overhead,
        "total": usage.total,
        "copied_weights": usage.copied_weights,
        "unpacked_cache": usage.unpacked_cache,
        "range": [usage.range.low, usage.range.high],
    }


def layers_document(result: Estimate) -> dict[str, object]:
    """The JSON contract of `wenzhen layers`."""
    return {
        "gpu_layers": result.gpu_layers,
        "layers": result.layers,
        "gpu": usage_document(result.gpu),
        "host": usage_document(result.host),
    }


def plan_document(found: Prospect) -> dict[str, object]:
    """The plan as JSON; sizes in bytes."""
    plan = found.plan
    placement = plan.placement
    memory = estimate_document(plan.model, placement.estimate)
    commands = found.commands
    return {
        "model": memory.pop("model"),
        "verdict": plan.verdict,
        "gpu_layers": placement.gpu_layers,
        "layers": plan.model.shape.layers,
        "experts_on_cpu": placement.settings.experts_on_host,
        "context": placement.settings.context,
        "max_context": plan.max_context,
        "memory": memory,
        "quants": [
            {"name": each.name, "bytes": each.size, "verdict": each.verdict, "gpu_layers": each.gpu_layers}
            for each in plan.options
        ],
        "best": plan.best.name if plan.best else None,
        "instead": _substitute_document(plan.instead) if plan.instead else None,
        "speed": _speed_document(plan.speed) if plan.speed else None,
        "loaders": list(commands),
        "commands": {name: code.text for name, code in commands.items()},
        "notes": [note.en for note in found.notes],
    }


def _substitute_document(other: Substitute) -> dict[str, object]:
    return {"model": other.name, "quant": other.quant, "bytes": other.size, "verdict": other.verdict}


def _speed_document(speed: Speed) -> dict[str, float]:
    """Tokens per second when it writes (low, high), and when it reads a prompt."""
    return {
        "low": round(speed.low, 2),
        "high": round(speed.high, 2),
        "prompt_low": round(speed.prompt_low, 1),
        "prompt_high": round(speed.prompt_high, 1),
    }
