"""Loaders that embed llama.cpp: its own estimate with their defaults.

Sources: koboldcpp 1.120, koboldcpp.py (--contextsize 8192, --blasbatchsize 512, flash attention on since 1.99).
ollama fb30760 (2026-08), llm/llama_server.go (starts llama-server with -b and -ub 512, one slot), server/routes.go
(context by VRAM: 4096, from 23 GiB on 32768, from 47 GiB on 262144), api/types.go (NumBatch 512).
LM Studio: documentation "Load Model" (context 4096, evaluation batch 512, flash attention on).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.memory.engines.usage import GIB
from bot.memory.serving import Engine
from bot.memory.settings import Settings

LOADER_DEFAULTS: Final[Mapping[Engine, Settings]] = {
    "llama.cpp": Settings(),
    "koboldcpp": Settings(context=8192, batch=512, ubatch=512),
    "ollama": Settings(context=4096, batch=512, ubatch=512),
    "lmstudio": Settings(context=4096, batch=512, ubatch=512),
}

# Bytes of VRAM, all cards together, from which on ollama chooses a longer context by itself.
_OLLAMA_CONTEXTS: Final = ((47 * GIB, 262_144), (23 * GIB, 32_768), (0, 4096))


def with_loader_defaults(engine: Engine, settings: Settings) -> Settings:
    """Settings with an embedding loader's batch in place of llama-server's, where nobody chose one.

    A batch computed at once (ubatch) that was asked for stays, and the batch is at least as large.
    """
    defaults = LOADER_DEFAULTS.get(engine)
    if defaults is None or settings.batch != Settings().batch:
        return settings
    return replace(settings, batch=max(defaults.batch, settings.ubatch))


def usual_context(engine: Engine, vram: int = 0) -> int:
    """The context that a loader takes when nobody says one."""
    if engine == "ollama":
        return next(context for least, context in _OLLAMA_CONTEXTS if vram >= least)
    return LOADER_DEFAULTS.get(engine, Settings()).context
