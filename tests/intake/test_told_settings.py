import pytest
from shipped import read_request


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
