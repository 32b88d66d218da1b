"""What a message in a conversation is: a success, a failure, or neither."""

import pytest
from shipped import PARTS

TURNS = PARTS.turns


@pytest.mark.parametrize(
    "text",
    [
        "changed the port to 5002 and now sillytavern sees it",
        "yep, wrong folder. embarrassing. thanks!",
        "ok so it was the quotes in the path. thank you so much",
        "gpu gets used again, many thanks",
        "upgraded to 0.12 and the error is history",
        "cool, no more oom",
        "raised it to 7168, server stays up. thanks!",
        "changed the id to 2, got it. cheers mate",
        "added the ip and restarted, phone gets in now",
        "4.0bpw loads, 30 t/s. sweet",
        "symlinked it to /data and the pull went through. cheers!",
        "装好了，现在显示cuda true",
        "换cuda版 45t/s了 谢谢老哥",
        "挂了代理下完了",
        "原来是路径里有中文，改了就行，谢谢",
        "更新到最新版就没这个问题了",
        "速度起飞了，感谢大佬",
    ],
)
def test_it_is_solved(text: str) -> None:
    assert TURNS.solved(text)
    assert not TURNS.failed(text)


@pytest.mark.parametrize(
    "text",
    [
        "tried the dns thing, same",
        "no dice",
        "pulled it already, says the same",
        "reinstalled twice, error stays",
        "set it to 20, still ooms",
        "that's not it, cuda is already 12.8",
        "to no avail",
        "照着弄了，依旧闪退",
        "白搭",
        "层数降到10还爆",
        "不是这个原因",
    ],
)
def test_it_did_not_help(text: str) -> None:
    assert TURNS.failed(text)
    assert not TURNS.solved(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks for the quick reply",
        "thanks, will do that when i'm home",
        "thx, that explains it",
        "thanks. so i need more ram?",
        "i set gpu layers to 40",
        "it works in lm studio but not here",
        "it loads but the output is garbage",
        "nice, ordering one",
        "谢谢，先去下载",
        "行，就它了，谢谢",
        "ok 就lmstudio了",
        "能加载但是输出乱码",
        "昨天还好好的",
    ],
)
def test_it_is_neither(text: str) -> None:
    assert not TURNS.solved(text)
    assert not TURNS.failed(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("im in china", "in China"),
        ("没有梯子", "in China"),
        ("firefox", "the browser: firefox"),
        ("它在移动硬盘上", "移动硬盘"),
        ("my card is a 3060", None),
    ],
)
def test_things_around_are_told_in_a_word(text: str, name: str | None) -> None:
    found = TURNS.around(text)
    assert (found and found[0].name["en"].replace("…", found[1])) == name
