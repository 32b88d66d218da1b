"""How somebody sounds who has a trouble, and who has none; what their words are most like."""

import pytest
from shipped import PARTS

from bot.diagnosis.senses import shipped_senses
from bot.diagnosis.voices import NOTHING_HEARD, Voices, heard_in
from bot.knowledge.told import LEFT, TEXT, load_told

TROUBLED = [
    "the launcher opens, I pick a file, and then it is simply gone",
    "replies arrive empty although the window counts tokens",
    "点了连接没反应，后台也没有报错",
    "每句话都要等好几分钟才出来",
    "since the update the card is idle and the processor does everything",
    "it never finishes a paragraph, always stops in the middle",
    "换了电脑之后模型怎么都加载不进去",
    "my phone cannot open the page, the pc can",
]
WELL = [
    "thanks, a newer driver cured it",
    "you should start the loader before the page, that is why it refuses",
    "v2.1 is out: fixes empty replies and a crash on phones",
    "谢谢，重装之后就正常了",
    "你先把代理关了再连，一般就好了",
    "实测双卡二十五token每秒，满意",
]


def troubled(text: str) -> float:
    found = PARTS.diagnoser.impression(text)
    assert found is not None
    return found.troubled


def test_complaints_sound_more_troubled_than_thanks_advice_news_and_figures() -> None:
    pairs = [troubled(one) > troubled(other) for one in TROUBLED for other in WELL]
    assert sum(pairs) >= 0.85 * len(pairs)


def test_chinese_complaints_sound_as_troubled_as_english_ones() -> None:
    chinese = ["昨天更新完就连不上了，重装也没用", "每次写到一半就断，怎么办", "一加载就闪退，什么提示都没有"]
    english = ["since the update it cannot connect", "it always stops in the middle of a line", "it dies while loading"]
    means = [sum(map(troubled, texts)) / len(texts) for texts in (chinese, english)]
    assert means[0] == pytest.approx(means[1], rel=0.4)


def test_nothing_said_tells_nothing() -> None:
    assert PARTS.diagnoser.impression(" \n ") is None


def test_nothing_is_learnt_of_a_few_sentences() -> None:
    senses = shipped_senses()
    assert heard_in({"symptom-slow": ["so slow"], LEFT: ["thanks"]}, senses) == NOTHING_HEARD
    assert Voices(NOTHING_HEARD, senses).tells("it is slow") is None


def test_wordings_alone_tell_where_meanings_are_left_out() -> None:
    voices = Voices(heard_in(load_told(PARTS.root), None), None)
    troubled, well = voices.tells("it closes at once and I do not know why"), voices.tells("thanks, it works now")
    assert troubled is not None
    assert well is not None
    assert troubled > well


@pytest.mark.parametrize(
    ("text", "aid"),
    [
        ("suddenly korean words in the middle of her english lines", "text-language"),
        ("剧情推得太快了，才见面就结婚", "text-pace"),
        ("the answer is always cut in the middle of a sentence", "text-short"),
        ("it lectures me instead of writing the fight scene", "text-refuses"),
    ],
)
def test_a_fault_of_a_text_is_known_by_what_it_is_like(text: str, aid: str) -> None:
    found = PARTS.diagnoser.impression(text)
    assert found is not None
    assert found.like == TEXT + aid
