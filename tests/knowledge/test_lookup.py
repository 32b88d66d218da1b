"""What is asked for in other words is found, and what is near is said beside it."""

import math
from dataclasses import dataclass, replace

import pytest
from shipped import CLINIC

from bot.answers.aspects import Topic, with_beside
from bot.answers.blocks import Paragraph
from bot.answers.markdown import blocks_as_markdown
from bot.knowledge.belonging import MOST, Belonging
from bot.knowledge.evidence import NAMES, SIGNS
from bot.knowledge.lookup import Lookup
from bot.knowledge.nearness import Nearness
from bot.knowledge.ranking import Traits, rating
from bot.knowledge.sureness import shipped_sureness


@dataclass(frozen=True)
class Item:
    wordings: tuple[str, ...]
    says: str = ""
    is_narrow: bool = False


FOLDER, PORT = Item(("open a folder now",)), Item(("open a port now",))
DIRECTIONS = {"open a folder now": [1.0, 0.0], "open a port now": [0.0, 1.0], "open a directory now": [0.8, 0.6]}


def test_of_what_is_alike_in_words_the_meaning_decides() -> None:
    question = "open a directory now"
    plain = Lookup((PORT, FOLDER), str.split).find(question).candidates
    assert plain[0].score == plain[1].score
    meant = Lookup((PORT, FOLDER), str.split, nearness=Nearness(lambda text: DIRECTIONS.get(text, [])))
    assert meant.find(question).candidates[0].item is FOLDER


def test_the_nearest_of_many_is_found_though_few_are_counted_exactly() -> None:
    angles = {str(degree): math.radians(degree) for degree in range(0, 360, 5)}
    around = {text: [math.cos(angle), math.sin(angle)] for text, angle in angles.items()}
    near = Nearness(around.__getitem__).of("45")
    assert near is not None
    others = [text for text in around if text != "45"]
    assert near.nearest(others, 2) == sorted(map(near.to, others), reverse=True)[:2]


def test_words_of_which_nothing_is_known_change_nothing() -> None:
    lookup = Lookup((PORT, FOLDER), str.split, nearness=Nearness(lambda _: []))
    assert lookup.find("open a port now").sure is PORT


def test_where_two_answers_are_as_near_both_are_shown() -> None:
    found = Lookup((FOLDER, PORT), str.split).find("open a new thing now")
    assert (found.sure, found.beside) == (FOLDER, PORT)
    blocks = (Paragraph("first"),)
    beside = Topic("other", "Other", (), (Paragraph("second"),))
    assert blocks_as_markdown(with_beside(blocks, beside), "en").split() == ["first", "**Other**", "second"]


def test_of_two_that_are_as_near_one_is_meant_more_surely_than_the_first_of_them() -> None:
    alike, other = Item(("open a folder here",)), Item(("move a heavy table",))
    alone = Lookup((FOLDER, other), str.split).find("open a folder")
    assert Lookup((FOLDER, alike, other), str.split).find("open a folder").sureness >= alone.sureness - 0.05


@pytest.mark.parametrize("question", ["who made koboldcpp", "电脑蓝屏怎么办", "什么显示器好"])
def test_a_question_that_an_answer_speaks_too_little_of_is_not_answered_for_sure(question: str) -> None:
    assert CLINIC.topics.find(question).sure is None


OF_OTHER_FIELDS = [
    "flux模型怎么加载到comfyui",
    "openai api怎么充值",
    "how do i get a refund from runpod",
    "claude pro一个月多少钱",
    "怎么训练lora画我自己的脸",
    "steam下载慢怎么办",
    "原神卡顿怎么办",
    "怎么注册claude",
    "ssd怎么分区",
    "how to sell my old gpu",
    "comfyui怎么装插件",
    "手机没电了怎么办",
    "how do i dual boot windows and linux",
    "怎么让微信自动回复",
    "how do i clone my voice with rvc",
    "windows更新失败0x80070002",
    "怎么用excel",
]


@pytest.mark.parametrize("question", OF_OTHER_FIELDS)
def test_a_question_of_another_field_is_not_answered_for_sure(question: str) -> None:
    assert CLINIC.faq(question).found is None


@pytest.mark.parametrize("question", ["正常吗", "is this normal?", "怎么关", "在哪里设置"])
def test_a_question_that_says_not_of_what_is_answered_by_nothing(question: str) -> None:
    assert not CLINIC.faq(question).found


def test_a_question_known_to_have_no_answer_gets_none_however_near_one_is() -> None:
    items = (FOLDER, PORT)
    assert Lookup(items, str.split).find("open a port").candidates
    refused = Lookup(items, str.split, unanswered=("open a port",)).find("open a port")
    assert refused.sure is None
    assert refused.candidates


def test_words_of_another_field_count_where_an_answer_is_asked_for_with_them() -> None:
    found = CLINIC.topics.find("which image model does koboldcpp load, stable diffusion or flux")
    assert found.sureness < CLINIC.topics.find("how do i turn on image generation in koboldcpp").sureness


@pytest.mark.parametrize(
    "question", ["how do i make ollama answer faster", "酒馆怎么换皮肤呢", "koboldcpp and my old card"]
)
def test_nothing_that_speaks_against_an_answer_makes_it_surer(question: str) -> None:
    evidence = CLINIC.topics.find(question).evidence
    assert evidence is not None
    odds, row = shipped_sureness().trees.odds, evidence.row
    for place, sign in enumerate(SIGNS):
        for step in (0.1, 0.4, 1.0, 3.0):
            worse = (*row[:place], row[place] - sign * step, *row[place + 1 :])
            assert not sign or odds(worse) <= odds(row) + 1e-9, NAMES[place]


NEAR_WHAT_IS_KNOWN = [
    *("koboldcpp怎么接智能家居", "how do i sell my ollama setup", "lm studio怎么开发票"),
    *("sillytavern怎么加弹幕", "open webui怎么接短信验证码", "vllm blue green deployment", "llama.cpp code style"),
]


@pytest.mark.parametrize("question", NEAR_WHAT_IS_KNOWN)
def test_a_named_program_is_not_enough_for_a_sure_answer(question: str) -> None:
    assert CLINIC.topics.find(question).sure is None


TRAITS = Traits(
    words=0.5, likeness=0.5, likenesses=0.3, nearest=0.5, near=0.4, answer=0.3, asked=0.5, said=0.2, names=0, meanings=0
)
MORE_IN_COMMON = (
    *(replace(TRAITS, words=0.9), replace(TRAITS, likenesses=0.9), replace(TRAITS, nearest=0.9)),
    *(replace(TRAITS, near=0.9), replace(TRAITS, answer=0.9), replace(TRAITS, asked=0.9), replace(TRAITS, said=0.9)),
)


def test_what_an_answer_has_in_common_with_a_question_speaks_for_it() -> None:
    assert all(rating(more) > rating(TRAITS) for more in MORE_IN_COMMON)


def test_what_an_answer_says_nothing_of_speaks_against_it() -> None:
    assert rating(replace(TRAITS, names=1)) < rating(TRAITS)
    assert rating(replace(TRAITS, meanings=1)) < rating(TRAITS)


def test_many_wordings_that_are_somewhat_like_a_question_win_over_one() -> None:
    one, many = replace(TRAITS, likenesses=0.17), replace(TRAITS, likenesses=0.5)
    assert rating(many) > rating(one)


@pytest.mark.parametrize("told", ["koboldcpp won't load", "ollama加载不了", "vllm fails"])
def test_that_a_program_fails_is_no_question_about_a_part_of_it(told: str) -> None:
    assert CLINIC.topics.find(told).sure is None


FOREIGN = ("how do i paint a wall", "what color is a wall", "who paints a house")


def test_what_is_asked_elsewhere_does_not_belong_here() -> None:
    belonging = Belonging({"open": 2, "port": 1, "wall": 1}, 2, [question.split() for question in FOREIGN])
    assert belonging.of(["open", "port"]) > 0
    assert belonging.of(["paint", "wall"]) < 0


def test_where_nothing_is_known_of_other_fields_everything_belongs() -> None:
    assert Belonging({"open": 1}, 1, ()).of(["paint"]) == MOST


def test_a_question_made_of_what_is_asked_elsewhere_is_less_sure() -> None:
    known = (Item(("paint a port",)), Item(("open a folder",)))
    alone, beside = Lookup(known, str.split), Lookup(known, str.split, foreign=FOREIGN)
    question = "how do i paint a port"
    assert beside.find(question).sureness < alone.find(question).sureness


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("whats a backend in this context", "term:loader"),
        ("y do ppl quantize models", "term:quantization"),
        ("hf stands for what", "term:hugging-face"),
        ("抱脸是哪个网站", "term:hugging-face"),
        ("后端是個什麼東西", "term:loader"),
        ("max_seq_len which meaning", "term:max-seq-len"),
        ("disable mmap勾了会怎样", "term:koboldcpp-mmap"),
        ("awq use case", "format:AWQ:suits"),
        ("gguf loaders", "format:GGUF:loaders"),
        ("concurrent requests meaning", "term:concurrency"),
        ("装git有什么用", "term:git"),
        ("explain quantization like im 5", "term:quantization"),
        ("huggingface是干什么的网站", "term:hugging-face"),
        ("chunk_size越大越好吗", "term:tabbyapi-chunk-size"),
        ("发帖前应该先查什么", "before-asking"),
        ("koboldcpp可以跑awq吗", "reads:koboldcpp:AWQ"),
        ("why pick lm studio over koboldcpp", "compare:koboldcpp:LM Studio"),
        ("什么时候选exl2", "format:EXL2:suits"),
        ("vllm conditions", "loader:vLLM:suits"),
        ("install steps of vllm", "vllm-start"),
        ("how do i download a model in ollama", "ollama-first-model"),
        ("where to change the runtime in lm studio", "lm-studio-runtime"),
        ("arch linux ollama amd gpu package", "ollama-arch"),
        ("vpn works in browser but not in the terminal", "browser-not-terminal"),
        ("is google the place to look up errors", "before-asking"),
        ("got 24 gigs and everything fits, which quant do i grab", "fits-in-vram-which"),
        ("chunk_size 4096会更快吗", "term:tabbyapi-chunk-size"),
        ("how do I report a bug in koboldcpp", "report-a-bug"),
        ("狗头人能改成中文不", "koboldcpp-chinese"),
        ("i put a second gpu in but lm studio doesn't use it", "lm-studio-second-gpu"),
        ("一张4090同时开两个模型行吗", "two-models-one-card"),
        ("mac studio和4090电脑跑模型选哪个", "mac-or-pc"),
        ("openwebui里选不到ollama的模型", "open-webui-no-models"),
        ("run the vllm container on my gpu", "vllm-docker"),
        ("vllm serve换成8001端口", "vllm-network"),
        ("where do i write the draft model in tabby's config.yml", "tabby-draft"),
        ("koboldcpp listen on port 5005", "koboldcpp-port"),
        ("ooba 7860 is taken, other port", "webui-port"),
        ("llama-server q8_0 kv cache option", "llama-server-kv-cache"),
        ("酒馆隐藏几楼消息不发给模型", "st-hide-message"),
    ],
)
def test_facts_are_reached_in_many_words(question: str, entry: str) -> None:
    found = CLINIC.faq(question).found
    assert found is not None
    assert found.id == entry
