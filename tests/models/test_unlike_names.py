"""No name is taken for another: a version, a size or a family that was told must be so, in every command."""

import json
import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from shipped import known_models, parse_name

from bot.cli.root import wenzhen
from bot.knowledge.files import knowledge_root
from bot.models.catalog import load_catalog, name_key
from bot.models.named import identified, named_model
from bot.models.unknown import UnknownModelError

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

CATALOG = load_catalog(knowledge_root())
KNOWN = {model.name.lower() for model in known_models().models}
# Raised, the name of one is the true name of another, only written in another order or with a part left out.
TRUE_NAMES = re.compile(r"magnum-72b-v|llama-33b|tulu-3-dpo|granite-vision-3.2-2b-preview", re.IGNORECASE)


def raised(name: str) -> Iterator[str]:
    """The name with one of its numbers raised by one and by three: another version or size."""
    for found in re.finditer(r"\d+(?:\.\d+)?", name):
        whole, point, part = found.group().partition(".")
        for step in (1, 3):
            new = f"{whole}.{int(part) + step}" if point else str(int(whole) + step).zfill(len(whole))
            yield name[: found.start()] + new + name[found.end() :]
        if point:
            yield f"{name[: found.start()]}{int(whole) + 1}.{part}{name[found.end() :]}"


def taken_for(text: str) -> str | None:
    """The model whose figures a name gets without a word about it, None where it gets none."""
    try:
        found = identified(text, CATALOG)
    except UnknownModelError:
        return None
    return None if found.notes else found.title


def is_same_name(text: str, title: str) -> bool:
    """Whether all that was told, soft words aside, stands in the title too."""
    soft = {"instruct", "chat", "it", "hf", "base", "pt", "nvidia", "meta", "c4ai", "gguf", "qat"}
    told = [part for part in re.split(r"[-_ ]", name_key(text)) if part not in soft]
    own = set(re.split(r"[-_ ]", name_key(title)))
    return all(part in own or part.removesuffix(".0") in own for part in told)


@pytest.mark.parametrize("model", CATALOG.entries, ids=lambda model: str(model.id))
def test_another_number_is_another_model(model: object) -> None:
    wrong = []
    names = (model.id, *(name.rsplit("/", 1)[-1] for name in model.same_shape))  # type: ignore[attr-defined]
    for other in {other for name in names for other in raised(name)}:
        if other.lower() in KNOWN or TRUE_NAMES.search(other):
            continue
        title = taken_for(other)
        if title is not None and not is_same_name(other, title):
            wrong.append((other, title))
    assert wrong == []


@pytest.mark.parametrize(
    "name",
    [
        "DeepSeek-R1-672B",
        "deepseek-v2:239b",
        "GLM 4.5 Air 109B",
        "Mistral-Small-23B",
        "deepseek-v3.2:672b",
        "GLM 4.5 Air 107B",
    ],
)
def test_a_size_is_rounded_and_not_guessed(name: str) -> None:
    """The names of these models tell no size; one beside them must be the true one as people round it."""
    assert taken_for(name) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("DeepSeek-V3-685B", "DeepSeek-V3"),  # as the hub counts, the next-token layer and all
        ("deepseek r1 671b", "DeepSeek-R1"),
        ("MiniMax-M2 230b", "MiniMax-M2"),
        ("phi4 14b", "phi-4"),
        ("mistral nemo 12b", "Mistral-Nemo-Instruct-2407"),
    ],
)
def test_a_size_is_told_as_people_round_it(name: str, title: str) -> None:
    assert taken_for(name) == title


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3.9-2.4T-A95B", "qwen 3.9 27b", "Step-3.9-Flash", "gemma 2 12b", "Llama-3.3-71B", "glm 4.6 mini",
        "Qwen3-30B-A4B", "kimi k9", "deepseek v7 flash", "llama 3.3 12b", "gpt-oss-21b", "mixtral 9x7b",
        "granite3.1-dense:3b", "granite3.1-moe:2b",
        "Falcon-H1-15B-Instruct", "phi-9", "smollm2 361m", "Mistral-7B-v1.1", "aya mega 35b",
    ],
)  # fmt: skip
def test_what_nobody_knows_gets_no_figures(text: str) -> None:
    with pytest.raises(UnknownModelError) as caught:
        named_model(text, CATALOG)
    assert caught.value.code == "unknown-model"


def test_the_nearest_are_of_the_family() -> None:
    with pytest.raises(UnknownModelError) as caught:
        named_model("Qwen3.9-27B", CATALOG)
    assert caught.value.nearest
    assert all(name.startswith("Qwen3.") for name in caught.value.nearest)
    assert caught.value.nearest[0] in caught.value.text.en
    assert caught.value.nearest[0] in caught.value.text.zh


@pytest.mark.parametrize("text", ["claude opus 4.6", "gpt-5.2", "gemini 3 pro", "grok 4"])
def test_what_only_its_maker_runs_is_said_to_be_so(text: str) -> None:
    assert (parse_name(text).base, parse_name(text).kind) == (None, "closed")
    with pytest.raises(UnknownModelError) as caught:
        named_model(text, CATALOG)
    assert caught.value.code == "no-language-model"
    assert "厂商" in caught.value.text.zh


@pytest.mark.parametrize("text", ["gpt-oss-20b", "grok-1", "gpt4-x-alpaca-13b", "gemma-2-9b-it", "gpt-neox-20b"])
def test_names_that_begin_alike_are_not_closed(text: str) -> None:
    assert parse_name(text).kind == "llm"


@pytest.mark.parametrize("text", ["32b", "qwen3", "27B Q4_K_M", "gemma 3"])
def test_a_size_or_a_family_alone_asks_which(text: str) -> None:
    with pytest.raises(UnknownModelError) as caught:
        named_model(text, CATALOG)
    assert caught.value.code == "which-model"
    assert len(caught.value.nearest) > 1


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("neural-chat", "neural-chat-7b-v3-3"),
        ("dolphin-mixtral", "dolphin-2.7-mixtral-8x7b"),
        ("llama3-chatqa", "Llama3-ChatQA-1.5-70B"),
        ("wizardcoder", "WizardCoder-33B-V1.1"),
    ],
)
def test_a_name_that_fuller_ones_begin_with_asks_for_these(text: str, meant: str) -> None:
    with pytest.raises(UnknownModelError) as caught:
        named_model(text, CATALOG)
    assert (caught.value.code, meant in caught.value.nearest) == ("which-model", True)
    assert meant in caught.value.text.zh


@pytest.mark.parametrize("text", ["chat", "instruct model", "thinking", "mixtral-dolphin"])
def test_words_that_tell_no_model_ask_for_none(text: str) -> None:
    assert CATALOG.containing(text) == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("wizard-math:13b", "WizardMath-13B-V1.0"),
        ("nous-hermes:13b", "Nous-Hermes-Llama2-13b"),
        ("llava:34b", "llava-v1.6-34b-hf"),
        ("firefunction-v2", "llama-3-firefunction-v2"),
        ("orca-mini:3b", "orca_mini_3b"),
        ("dbrx:132b", "dbrx-instruct"),
        ("deepseek r1 70b", "DeepSeek-R1-Distill-Llama-70B"),
        ("rocinante 12b v1.1", "Rocinante-12B-v1.1"),
        ("EVA-Qwen2.5-32B-v9", "EVA-Qwen2.5-32B-v9"),
        ("Qwen2.5-32B-Instruct-uncensored", "Qwen2.5-32B-Instruct-uncensored"),
    ],
)
def test_a_model_keeps_its_own_name(text: str, title: str) -> None:
    assert named_model(text, CATALOG).shape.name == title


def test_what_was_taken_for_granted_is_said() -> None:
    assert any("EVA-Qwen2.5-32B-v9" in note.en for note in named_model("EVA-Qwen2.5-32B-v9", CATALOG).notes)
    assert any("Qwen3-14B" in note.en for note in named_model("qwen 14b", CATALOG).notes)
    assert identified("Qwen3-14B", CATALOG).notes == ()


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("qwen3.9 27b q4km", "Qwen3.9-27B"),
        ("step 3.9 flash iq4xs", "Step-3.9-Flash"),
        ("千问3.9 27b", "Qwen3.9-27B"),
        ("kimi k9", "Kimi-K9"),
        ("Brand-New-Thing-14B", "Brand-New-Thing-14B"),
    ],
)
def test_an_unknown_name_is_written_as_its_maker_would(text: str, base: str) -> None:
    name = parse_name(text)
    assert name.base == base
    assert not name.known


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("canirun", {"model": "Qwen9-14B", "vram": "24", "ram": "64"}),
        ("estimate", {"model": "Qwen9-14B"}),
        ("layers", {"model": "Qwen9-14B", "gpu_budget": 1 << 33}),
    ],
)
def test_every_command_says_so_in_json(command: str, line: dict[str, object]) -> None:
    offline = ["--offline"] if command == "canirun" else []
    result = CliRunner().invoke(wenzhen, [command, "--jsonl", *offline], input=json.dumps({"id": 1, **line}) + "\n")
    document = json.loads(result.stdout.splitlines()[0])
    assert (document["id"], document["error"]) == (1, "unknown-model")
    assert document["nearest"]
    assert set(document["message"]) == {"en", "zh"}


def test_every_name_of_the_catalog_leads_to_its_entry() -> None:
    wrong = []
    for model in CATALOG.models:
        for name in (model.id, *model.aliases, *model.same_shape):
            found = CATALOG.find(parse_name(name).base or name)
            if found is None or found.model is not model:
                wrong.append((name, found and found.known.name))
    assert wrong == []


_OLLAMA = re.compile(r"[a-z]+-?(\d+(?:\.\d+)?)[a-z-]*:")


def test_an_alias_leads_to_the_version_that_it_names() -> None:
    aliases = {alias for known in CATALOG.names.values() for alias in known.model.aliases}
    versions = {alias: found[1] for alias in aliases if (found := _OLLAMA.match(alias))}
    assert len(versions) > 100
    titles = {alias: identified(alias, CATALOG).title for alias in versions}
    assert not [(alias, title) for alias, title in titles.items() if float(versions[alias]) not in numbers(title)]


def numbers(title: str) -> set[float]:
    return {float(number.replace("_", ".")) for number in re.findall(r"\d+(?:[._]\d+)?", title)}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("granite3.2:8b", "granite-3.2-8b-instruct"),
        ("aya-expanse:32b", "aya-expanse-32b"),
        ("internlm2:7b", "internlm2-chat-7b"),
        ("dolphin-phi:2.7b", "dolphin-2_6-phi-2"),
        ("equinox 31b", "Equinox-31B"),
        ("artemis 31b v1.2", "Artemis-31B-v1.2"),
    ],
)
def test_a_sibling_of_the_same_shape_keeps_its_own_name(name: str, title: str) -> None:
    assert identified(name, CATALOG).title == title


def test_experts_are_told_without_their_letter() -> None:
    assert parse_name("mixtral 8x22").base == parse_name("mixtral 8x22b").base


def test_a_letter_of_its_own_is_part_of_a_name() -> None:
    assert taken_for("Behemoth-X-123B-v2.2") is None
    assert taken_for("Behemoth-123B-v2.2") is not None


@pytest.mark.parametrize("text", ["Impish_Bloodmoon_12B", "Cydonia_Moonstone_24B"])
def test_a_word_of_a_name_written_with_underscores_is_not_passed_over(text: str) -> None:
    with pytest.raises(UnknownModelError):
        named_model(text, CATALOG)


def test_a_model_to_chat_with_is_not_called_by_the_name_of_its_base() -> None:
    assert named_model("Ling-2.6-flash", CATALOG).shape.name == "Ling-2.6-flash"


@pytest.mark.parametrize("text", ["mistral small 3.3", "mistral small 3.4"])
def test_words_of_a_family_do_not_mean_a_merge_with_a_name_of_its_own(text: str) -> None:
    """The "MS" of a merge is read as "mistral small", and its 3.3 is Llama's."""
    with pytest.raises(UnknownModelError):
        named_model(text, CATALOG)
    assert identified("nevoria 70b", CATALOG).title == "L3.3-MS-Nevoria-70b"
