"""What people say in a chat: complaints are recognised, talk about the same subject is left alone."""

import pytest

from bot.diagnosis.complaint import load_complaints
from bot.diagnosis.diagnoser import Diagnoser
from bot.intake.cleaning import clean
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures


@pytest.fixture(scope="module")
def diagnoser() -> Diagnoser:
    return Diagnoser(load_failures(knowledge_root()), complaints=load_complaints(knowledge_root()))


COMPLAINTS = {
    "symptom-gibberish": (
        "模型说胡话了咋整",
        "输出全是 !!!!!!!!!!!!!!!!!!! 什么情况",
        "回复牛头不对马嘴，7b 模型 q4",
        "the bot suddenly spits random chinese characters in the middle of the sentence",
        "The output is complete garbage since I updated",
    ),
    "symptom-slow": (
        "跑 32b 慢成狗",
        "半天憋不出一个字",
        "生成一条要等十分钟",
        "why is generation so slow even though my GPU is a 4080",
        "takes around 4 minutes for each response",
    ),
    "symptom-repetition": (
        "bot 变成复读机了",
        "写着写着就开始重复前面的段落",
        "输出停不下来，一直重复到最后",
        "my bot keeps saying the same line",
    ),
    "symptom-empty-reply": ("酒馆空回怎么办", "AI 只回三个点", "every response comes back blank"),
    "symptom-speaks-for-user": ("老是替我做动作，烦死了", "它自己跟自己聊起来了", "bot keeps describing my actions"),
    "symptom-exe-closes-at-once": (
        "kobold 打不开，一闪就没",
        "exe 双击没有任何反应",
        "cmd window pops up then disappears",
        "I double click it and nothing happens",
    ),
    "symptom-install-hangs": ("npm 一直转圈不动", "依赖装了一个小时还没好", "install is stuck at 45%"),
    "api-connection-refused": ("st 连接不上本地的 ollama", "can't get sillytavern to connect to ollama"),
    "lan-address-changed": ("手机打不开电脑的酒馆", "I can't open sillytavern from my phone, same wifi"),
    "st-template-wrong": ("每句话最后都有个 </s>", "回复最后总带着 <|im_end|>"),
    "gpu-not-used": ("koboldcpp 跑起来显卡占用0，全是CPU在跑，怎么回事",),
}

TALK = (
    "哪个 12B 模型慢一点但是文笔好？",
    "24g 显存跑 70b 会很慢吗？",
    "q2 的量化能用吗，会不会胡言乱语",
    "今天更新以后不再胡言乱语了，谢谢大佬",
    "下载模型太慢了，有没有镜像",
    "谁能推荐一个不复读的模型",
    "重复惩罚一般设多少？",
    "有没有不抢话的模型",
    "酒馆怎么连接 ollama？",
    "手机怎么连电脑上的酒馆？",
    "cmd 里中文显示乱码怎么办",
    "npm install 是干什么的？",
    "python 死循环怎么写",
    "我想让模型一次回复多一点字，怎么设置",
    "I get 45 t/s on my 4090, really happy",
    "Which model is slow but good for writing?",
    "Everything works now, thanks. It was the proxy.",
    "Does anybody know a model that doesn't repeat itself?",
    "How do I connect SillyTavern to koboldcpp?",
    "Can I let the model write my next message for me (impersonate)?",
    "Is there a mobile app for SillyTavern?",
    "load_tensors: offloaded 33/33 layers to GPU",
)


@pytest.mark.parametrize(
    ("failure_class", "text"), [(name, text) for name, texts in COMPLAINTS.items() for text in texts]
)
def test_a_complaint_is_recognised(diagnoser: Diagnoser, failure_class: str, text: str) -> None:
    findings = diagnoser.diagnose(clean(text))
    assert [finding.entry.failure_class for finding in findings][:1] == [failure_class]


@pytest.mark.parametrize("text", TALK)
def test_talk_is_no_complaint(diagnoser: Diagnoser, text: str) -> None:
    assert diagnoser.diagnose(clean(text)) == ()


@pytest.mark.parametrize(
    ("text", "failure_class"),
    [
        (
            "好慢啊\nggml_backend_cuda_buffer_type_alloc_buffer: allocating 9000.00 MiB on device 0: cudaMalloc failed: out of memory",  # noqa: E501
            "gpu-out-of-memory",
        ),
        (
            "酒馆连不上 kobold\nFetchError: request to http://127.0.0.1:5001/api failed, reason: connect ECONNREFUSED 127.0.0.1:5001",  # noqa: E501
            "api-connection-refused",
        ),
    ],
)
def test_what_a_log_proves_stands_before_what_is_told(diagnoser: Diagnoser, text: str, failure_class: str) -> None:
    first = diagnoser.diagnose(clean(text))[0].entry
    assert (first.kind, first.failure_class) == ("failure", failure_class)
