"""What is suggested while somebody types."""

import pytest
from shipped import CLINIC

from bot.base.errors import UserError
from bot.memory.serving import ENGINES

pytestmark = pytest.mark.slow


def names(subject: str, typed: str) -> list[str]:
    return [choice.value for choice in CLINIC.suggest(subject, typed, "zh")]  # type: ignore[arg-type]


def test_much_asked_for_models_stand_first() -> None:
    known = CLINIC.catalog.names.values()
    popularity = {each.name: each.model.popularity for each in known}
    shown = [popularity[name] for name in names("model", "llama")]
    assert shown[0] == max(shown)
    assert min(shown[:5]) >= max(popularity.values()) - 1


@pytest.mark.parametrize(
    ("typed", "begins"),
    [("gemma 3 q", "gemma-3"), ("千问3", "Qwen3"), ("qwen3 8", "Qwen3"), ("通义千问2.5 14", "Qwen2.5-14B")],
)
def test_models_are_found_by_their_chinese_names(typed: str, begins: str) -> None:
    found = names("model", typed)
    assert found
    assert found[0].startswith(begins)


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("クウェン3", "Qwen3"), ("ラマ 3.3", "Llama-3.3"), ("ジェマ3", "gemma-3"), ("큐웬3", "Qwen3"),
        ("라마3", "Llama-3"), ("젬마 3", "gemma-3"), ("квен 3", "Qwen3"), ("мистраль", "Mistral"),
        ("ｑｗｅｎ３", "Qwen3"), ("дипсик р", ""), ("реклама 3", ""), ("グラボ 3", ""),
    ],
)  # fmt: skip
def test_names_in_other_scripts_find_theirs_or_nothing(typed: str, begins: str) -> None:
    found = names("model", typed)
    assert found[0].startswith(begins) if begins else not found


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("llama3.3 70b q4_k_m", "Llama-3.3-70B-Instruct-Q4_K_M"), ("deepseek r1 32", "DeepSeek-R1-Distill-Qwen-32B"),
        ("gemma 27b", "gemma-3-27b-it"), ("glm air", "GLM-4.5-Air"), ("cydonia 24b q5", "Cydonia-24B-v4.1-Q5_K_M"),
        ("r1 distill 32b", "DeepSeek-R1-Distill-Qwen-32B"),
    ],
)  # fmt: skip
def test_words_of_a_name_find_it_though_others_stand_between(typed: str, first: str) -> None:
    assert names("model", typed)[0] == first


def test_what_makers_call_theirs_stands_before_what_others_made_of_it() -> None:
    assert names("model", "gpt-oss")[:2] == ["gpt-oss-120b", "gpt-oss-20b"]
    assert all("abliterated" not in name.lower() for name in names("model", "千问")[:10])


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("4060笔", "RTX 4060 Laptop"),
        ("mac", "M1"),
        ("苹果", "M1"),
        ("a卡", "RX 9070 XT"),
        ("rx", "RX 9070 XT"),
        ("手机", "iPhone 14 Pro"),
        ("2x3090", "2x RTX 3090"),
        ("双4090", "2x RTX 4090"),
        ("3060 12g", "RTX 3060 12GB"),
        ("2080ti 22", "RTX 2080 Ti 22GB"),
        ("8", "8 GB"),
        ("显存", "2 GB"),
        ("4070", "RTX 4070"),
        ("4076 ti", "RTX 4060 Ti"),
    ],
)
def test_a_card_is_suggested_for_what_is_typed_of_it(typed: str, first: str) -> None:
    assert names("card", typed)[0] == first


@pytest.mark.parametrize("typed", ["", "2x", "3060 1", "mac", "显存", "笔记本", "rx 6", "核显"])
def test_what_is_suggested_for_a_card_is_understood(typed: str) -> None:
    for name in names("card", typed):
        CLINIC.recommend(name, "32")


def test_engines_are_those_of_the_knowledge() -> None:
    own = {each.runs.option for each in CLINIC.loaders.values() if each.runs and each.runs.option}
    assert {*names("engine", "")} == {*ENGINES, *own}


def test_an_apple_chip_runs_macos_whatever_is_said() -> None:
    told, by_itself = (CLINIC.recommend("M4 Max 64GB", "64", system=system) for system in ("windows", "macos"))
    assert told == by_itself
    one, other = (
        CLINIC.can_run("Qwen3-32B-Q4_K_M", "M4 Max 64GB", "64", system=system).answer for system in ("windows", "macos")
    )
    assert one == other


def test_one_amount_is_enough_where_memory_is_shared() -> None:
    one, two = (CLINIC.can_run("Qwen3-32B-Q4_K_M", "M4 Max 64GB", ram).plan for ram in ("", "64"))
    assert one.placement == two.placement
    with pytest.raises(UserError, match="Tell me the RAM too"):
        CLINIC.can_run("Qwen3-32B-Q4_K_M", "RTX 3060", "")


def test_what_runs_is_a_table_for_the_wanted_use() -> None:
    answer = CLINIC.recommend("RTX 3060", "32", use="roleplay")
    assert "RTX 3060" in answer.title.in_language("en")  # type: ignore[union-attr]
    assert answer.tone == "neutral"


def test_what_people_run_and_have_is_offered_before_anything_is_typed() -> None:
    run = {each.name for each in CLINIC.recommendations.models}
    assert set(names("model", "")[:10]) <= run
    assert names("card", "")[0] == "RTX 3060"
    assert names("card", "30")[0] == "RTX 3060"


@pytest.mark.parametrize(("typed", "language"), [("显存", "zh"), ("VRAM", "en")])
def test_a_question_that_says_what_is_typed_stands_before_one_that_only_means_it(typed: str, language: str) -> None:
    found = [choice.value for choice in CLINIC.suggest("faq", typed, language)]
    assert all(typed in question for question in found[:3])


def test_the_questions_asked_most_are_offered_first() -> None:
    assert names("faq", "")[0] == "我能跑多大的模型？"
