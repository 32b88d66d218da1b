"""What is asked of any program alike finds the answer of that program, in both languages and in words of one's own."""

import pytest
from shipped import CLINIC

from bot.clinic.message import Message
from bot.clinic.parts import Parts

ASKED_OF = Parts().asking.of_programs
# Two ways to ask for each row that stand nowhere in the knowledge.
IN_OTHER_WORDS = {
    "install-windows": ("how do I set up {} on windows", "win11怎么装{}"),
    "install-linux": ("installing {} on linux mint", "ubuntu上装{}的步骤"),
    "runs-on": ("does {} work on a macbook m4", "{}支持a卡吗"),
    "start": ("{} is installed, how do i launch it", "{}装好了怎么跑起来"),
    "update": ("how to upgrade {} to the newest version", "{}怎么升级到新版"),
    "back": ("how can I go back to last month's {}", "{}怎么退回旧版本"),
    "log": ("where does {} write its logs", "{}的日志文件在哪个位置"),
    "formats": ("what model formats can {} open", "{}能用哪些格式的模型"),
    "users": ("can {} serve several users at once", "{}能好几个人同时用吗"),
    "address": ("what port is the {} api on", "{}的接口地址是啥"),
    "port": ("how do I run {} on another port", "{}的端口怎么改"),
    "context": ("how do I raise the context length in {}", "{}的上下文长度在哪里改"),
    "layers": ("how many layers on gpu in {}, where is that set", "{}在哪设置放多少层到显卡"),
    "kv": ("how to quantize the kv cache in {}", "{}怎么开kv缓存量化"),
    "flash": ("how do I enable flash attention in {}", "{}怎么开flash attention"),
    "gpus": ("does {} support two gpus", "{}怎么用两张卡"),
    "models-folder": ("which folder does {} load models from", "{}的模型要放哪个文件夹"),
    "download": ("how do i download a model for {}", "{}怎么下载模型"),
    "version": ("how to check my {} version", "怎么看{}是哪个版本"),
    "uninstall": ("how to uninstall {} completely", "{}怎么卸载干净"),
    "docker": ("how can I run {} in docker", "{}用docker怎么跑"),
    "key": ("how do I set an api key in {}", "{}怎么设置api密钥"),
    "lan": ("use {} from another pc in my network", "局域网别的电脑怎么访问{}"),
    "suits": ("what kind of person is {} for", "{}适合新手吗"),
    "drawbacks": ("whats bad about {}", "{}有啥缺点"),
    "unload": ("how do I free vram, unload the model in {}", "{}怎么卸载模型释放显存"),
    "sillytavern": ("how do I connect sillytavern to {}", "酒馆怎么连{}"),
    "vision": ("can {} handle images, vision models", "{}能用视觉模型看图吗"),
    "embeddings": ("does {} offer embeddings", "{}能跑embedding吗"),
    "tools": ("does {} support tool calling", "{}支持函数调用吗"),
    "thinking": ("how do I turn thinking off in {}", "{}里怎么关思考"),
    "json": ("how do I force json output with {}", "{}怎么限制输出json"),
    "samplers": ("where do I set temperature in {}", "{}里温度在哪调"),
    "licence": ("is {} free and open source", "{}是免费开源的吗"),
    "autostart": ("how do I start {} automatically at boot", "{}怎么开机自启"),
}
# Where another answer says the same, or more.
AS_GOOD = {
    "loader:koboldcpp:runs_on": ("koboldcpp-mac", "koboldcpp-amd"),
    "loader:tabbyAPI:runs_on": ("tabby-amd",),
    "loader:LM Studio:update": ("update-loader",),
    "lm-studio-models-folder": ("lm-studio-import",),
}


def test_every_row_is_asked_for_in_words_of_ones_own() -> None:
    assert set(IN_OTHER_WORDS) == set(ASKED_OF)


def test_every_answer_of_the_table_is_known() -> None:
    parts = Parts()
    known = {topic.id for topic in parts.topics.items}
    for row in ASKED_OF.values():
        assert set(row.answers) <= set(parts.loaders)
        assert set(row.answers.values()) <= known


@pytest.mark.parametrize("row", sorted(ASKED_OF))
def test_each_program_is_answered_for(row: str) -> None:
    missed = []
    for program, answer in ASKED_OF[row].answers.items():
        for words in IN_OTHER_WORDS[row]:
            said = CLINIC.reply(Message(words.format(program))).parts
            if not said or said[0].id not in (answer, *AS_GOOD.get(answer, ())):
                missed.append((words.format(program), [part.id for part in said]))
    assert len(missed) <= 1, missed
