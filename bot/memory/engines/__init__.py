"""Engines other than llama.cpp: how each of them holds memory. Loaders built on one: knowledge/loaders.

Sizes in bytes; what a run decides is an interval.
"""

from bot.memory.engines.checkpoint import checkpoint_cache_bits
from bot.memory.engines.choosing import SERVERS, engine_estimate, usual_engine
from bot.memory.engines.exllama import EXLLAMA_DRAFTS, exllamav2, exllamav3
from bot.memory.engines.options import serving_settings, told_context, told_options
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.transformers import transformers
from bot.memory.engines.usage import GIB, EngineUsage, as_estimate
from bot.memory.engines.vllm import advice, starting, vllm
from bot.memory.engines.vllm_settings import CACHE_DTYPES, VllmSettings, parallel_sizes, reported_memory
from bot.memory.serving import Engine

__all__ = [
    "CACHE_DTYPES",
    "EXLLAMA_DRAFTS",
    "GIB",
    "SERVERS",
    "Engine",
    "EngineUsage",
    "VllmSettings",
    "advice",
    "as_estimate",
    "checkpoint_cache_bits",
    "engine_estimate",
    "exllamav2",
    "exllamav3",
    "parallel_sizes",
    "picture_bytes",
    "reported_memory",
    "serving_settings",
    "starting",
    "told_context",
    "told_options",
    "transformers",
    "usual_engine",
    "vllm",
]
