"""What a bar and a table show adds up to what must be free."""

from bot.answers.blocks import MemoryBar, Table
from bot.answers.estimate import estimate_answer
from bot.answers.memory_bars import memory_bar
from bot.base.sizes import gib
from bot.knowledge.files import knowledge_root
from bot.memory.estimate import estimate
from bot.memory.settings import Settings
from bot.models.catalog import load_catalog
from bot.models.named import named_model

CATALOG = load_catalog(knowledge_root())


def test_a_split_model_needs_room_for_prompts() -> None:
    model = named_model("Qwen2.5-32B-Instruct-Q4_K_M", CATALOG)
    settings = Settings(gpu_layers=20)
    result = estimate(model, settings)
    assert result.gpu.copied_weights > 0
    bar = memory_bar("GPU", result.gpu, None)
    assert sum(part.size for part in bar.parts) == result.gpu.needed
    answer = estimate_answer(model, settings, result)
    table = next(block for block in answer.blocks if isinstance(block, Table))
    assert table.rows[-1][1] == gib(result.gpu.needed)
    assert len([block for block in answer.blocks if isinstance(block, MemoryBar)]) == 2
