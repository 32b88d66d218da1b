"""What drafts for a model in llama.cpp, beside it on the card."""

import pytest
from shipped import CLINIC

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.memory.beside import bytes_beside, method_of
from bot.models.catalog import load_catalog
from bot.models.named import named_model

CATALOG = load_catalog(knowledge_root())
MIB = 1 << 20


@pytest.mark.parametrize(
    ("name", "context", "measured"),
    [
        ("Qwen3.8-27B-Q4_K_M", 131_072, 1292),
        ("Qwen3.8-27B-Q4_K_M", 262_144, 1932),
        ("Qwen3.8-27B-Q8_0", 131_072, 1468),
    ],
)
def test_the_layer_that_drafts_takes_what_was_measured(name: str, context: int, measured: int) -> None:
    """nvidia-smi with and without --spec-type draft-mtp (github.com/sudoingX/qwen38-mtp, README)."""
    beside = bytes_beside(named_model(name, CATALOG), "mtp", context, pictures=False)
    assert beside / MIB == pytest.approx(measured, rel=0.02)


def test_a_file_without_such_a_layer_says_so() -> None:
    with pytest.raises(UserError) as caught:
        bytes_beside(named_model("Qwen3-8B-Q4_K_M", CATALOG), "mtp", 8192, pictures=False)
    assert "MTP" in caught.value.text.en


def test_a_draft_made_for_a_model_takes_more_than_its_own_layer() -> None:
    model = named_model("Qwen3.8-27B-Q4_K_M", CATALOG)
    own, made = (bytes_beside(model, method, 8192, pictures=False) for method in ("mtp", "dflash"))
    assert own < made < 2500 * MIB


def test_the_method_may_stand_where_a_model_s_name_does() -> None:
    assert [method_of(text) for text in ("MTP", "draft-mtp", "Qwen3-0.6B", "")] == ["mtp", "mtp", "", ""]
    plain = CLINIC.can_run("Qwen3.8-27B-Q4_K_M", "24", "64", context=65_536)
    drafting = CLINIC.can_run("Qwen3.8-27B-Q4_K_M", "24", "64", context=65_536, draft="mtp")
    assert drafting.plan.max_context < plain.plan.max_context
