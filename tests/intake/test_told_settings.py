import pytest
from shipped import CLINIC, read_request

from bot.clinic.told_facts import context_of


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("temp 1.25, min p 0.06 and it loops, why?", "temperature 1.25, min-p 0.06"),
        ("为什么老复读，温度拉到1.1，topp0.95", "temperature 1.1, top-p 0.95"),
        ("温度都降到0.6了，重复惩罚也加到1.15，还是复读", "temperature 0.6, repetition penalty 1.15"),
        ("min p 填的0.08，输出乱码求助", "min-p 0.08"),
        ('{"temperature": 0.35, "top_k": 20} still garbage, any idea?', "temperature 0.35, top-k 20"),
        ("rep pen is set to 1.08, dry 0.8 why does it repeat?", "repetition penalty 1.08, DRY multiplier 0.8"),
        ("llama-server -m a.gguf --temp .7 --top-p 0.9\nword salad, help", "temperature 0.7, top-p 0.9"),
        ("采样参数都是默认，输出乱码怎么办", "参数都是默认"),
    ],
)
def test_sampler_settings_are_told_whole(text: str, settings: str) -> None:
    assert read_request(text).points.get("sampler_settings") == settings


@pytest.mark.parametrize(
    "text",
    ["显卡温度81度正常吗", "gpu temp goes to 84C, is that ok?", "is a temp 0.7B model good?"],
)
def test_what_is_no_sampler_setting(text: str) -> None:
    assert "sampler_settings" not in read_request(text).points


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("一直替我说话，模板是 Metharme，怎么办", "模板是 Metharme"),
        ("vllm serve m --chat-template /opt/t.jinja --port 80 why garbage?", "--chat-template /opt/t.jinja"),
        ("using Alpaca preset with a 13b, why does it write my lines?", "Alpaca preset"),
    ],
)
def test_prompt_settings_are_told_whole(text: str, settings: str) -> None:
    assert read_request(text).points.get("prompt_settings") == settings


def test_marks_of_a_template_in_the_answer_are_no_setting() -> None:
    request = read_request("回复最后总是带着 <|im_end|> 和 [/INST]，怎么去掉？")
    assert request.text_quality
    assert "prompt_settings" not in request.points


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("上下文8192的时候正常，改成32768就爆显存了，有什么办法能用32k上下文", 32768),
        ("16k context crashes, 8k context works", 16384),
        ("context 8192 is fine but i want to raise it to 32k", 32768),
        ("the model supports 128k context but I set context to 16k", 16384),
        ("上下文开到32k，还是慢，又把上下文降到8k", 8192),
        ("set context to 32k and temperature to 1", 32768),
        ("qwen 14b 32 layers context 4096", 4096),
    ],
)
def test_of_several_contexts_the_wanted_one_counts(text: str, tokens: int) -> None:
    assert context_of(CLINIC.posts.read(text)) == tokens
