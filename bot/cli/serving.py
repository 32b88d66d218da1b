"""The options of serving engines (vLLM, SGLang, Aphrodite), named as those engines name them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from bot.memory.engines import CACHE_DTYPES
from bot.memory.serving import ENGINES

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--gpu-memory-utilization", type=float, help="vLLM: share of each card; default 0.92."),
    click.option("--max-num-seqs", type=int, help="vLLM: requests at once; default 256 (1024 from 70 GiB on)."),
    click.option("--max-num-batched-tokens", type=int, help="vLLM: tokens of one step; default 2048 (8192)."),
    click.option("--tensor-parallel-size", type=int, help="vLLM: cards that share each layer."),
    click.option("--pipeline-parallel-size", type=int, help="vLLM: cards that share the layers out."),
    click.option("--kv-cache-dtype", type=click.Choice(tuple(CACHE_DTYPES)), help="vLLM: type of the KV cache."),
    click.option("--enforce-eager", is_flag=True, help="vLLM: no CUDA graphs."),
    click.option("--language-model-only", is_flag=True, help="vLLM: do not load the picture part."),
    click.option("--no-enable-prefix-caching", is_flag=True, help="vLLM: requests share no beginnings."),
    click.option("--engine-version", metavar="0.7.1", help="vLLM: its version, where it is an old one."),
    click.option("--speculative-config", metavar="JSON", help="vLLM: what guesses the next tokens, as it takes it."),
    click.option("--num-speculative-tokens", type=int, help="vLLM: tokens that the model's own MTP layer drafts."),
)


def engines_shown() -> str:
    """What --engine takes, for the help; loaders whose file says how they run have their own names there."""
    return f"[{'|'.join(ENGINES)}|...]"


def engine_of(case: Mapping[str, Any]) -> str | None:
    """The engine that a line of JSON or the options name; which there are, the clinic knows."""
    engine = case.get("engine")
    return None if engine is None else str(engine)


def serving_options(command: F) -> F:
    """Adds the options to a command, which receives them under vLLM's names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
