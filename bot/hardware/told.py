"""The machine that somebody tells of in a sentence: "双3090 64g内存", "4070 ti, 64gb", "m4 pro 24gb", "no gpu".

Amounts get their meaning from the words beside them, from the card in front of them, and what is left by elimination.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import Any, Literal

from bot.base.late import late
from bot.base.phrases import folded
from bot.hardware.amounts import COUNT_WORDS, GIB, GUESSED_MAC, MIB, TIB, UNITS, Device, card_device, usual_card
from bot.hardware.card_mentions import CardNames
from bot.hardware.cards import Card, CardIndex
from bot.hardware.machines import MachineWords, NamedMachine

Kind = Literal["desktop", "laptop", "phone", "handheld", "board", "unified"]
Role = Literal["vram", "ram", "unified", "other", "card", ""]
Relation = Literal["owned", "option", "former"]

LARGEST_RAM = 4 * TIB
LARGEST_VRAM = 300 * GIB  # of one card: more is a slip of the pen
_READ = 6_000  # characters of a post that are searched for a machine
_NEAR = 30  # characters around an amount in which its meaning stands
_RIGHT_BEFORE = 10  # characters right before a card, in which it is told that it would come beside others
_MOST_CARDS = 16

_AMOUNT = late(
    # "16g+512g": a phone's RAM and storage; where the second may be RAM as well, it is said so
    r"(?<![a-z0-9_.])(?P<own>\d{1,2})\s?gb?\s?\+\s?(?:256|512|1024|1t)\s?g?b?(?![a-z0-9])(?!\s?的?(?:内存|ram|ddr))"
    r"|(?<![a-z0-9_.])(?:(?:(?P<count>\d{1,2})\s?(?:[x*×]|条|根|sticks? of)|(?P<sticks>[两双四])(?:条|根))\s?)?"
    r"(?P<number>\d{1,6}(?:\.\d{1,2}|(?<=[1-9]),\d(?=\s?gb))?)\s?(?:个\s?)?"
    r"(?P<unit>tb|t(?=内存)|g(?:i?b|igs?|i)?s?|m(?:i?b))(?:\s?[x*×]\s?(?P<times>[248]|1[26])(?![\d.]))?(?![a-z0-9/]|\s?\d{1,3}核|\s?hz)"
    r"|(?<![a-z0-9_.])(?P<phone>\d{1,2})\s?\+\s?(?P<disk>64|128|256|512|1024|1t)\s?g?b?(?![a-z0-9])"
)
_BARE = late(  # "显存8", "vram: 12", "16 vram"
    r"(?P<label>显存|内存|运存|(?<![a-z])v?ram)\s?(?:是|有|只有|才|大小|[加升扩换](?:到|成|至)|升级到|=|:|：)?\s?(?P<number>\d{1,4}(?:\s?\+\s?\d{1,3}){0,3})"
    r"(?![\d.]* ?(?!l?p?ddr)[a-z0-9%块元层条根x*×]| ?的?(?:显存|内存|运存)(?! ?(?:是|有|=|:|：)? ?\d))"
)
_BARE_BEFORE = late(  # "128内存", "8+16 内存", "64 ram"
    r"(?<![a-z0-9.+])(?P<number>\d{1,3}(?:\s?\+\s?\d{1,3}){0,3})\s?的?(?P<label>显存|内存|运存|v?ram(?![a-z]))"
    r"(?! ?(?:是|有|只有|=|:|：)? ?\d)"
)
_STICKS = late(  # "32x2 ddr5", "内存 2*16": modules without a unit, where a word beside tells that it is RAM
    r"(?<![a-z0-9.])(?:(?P<count>[248])\s?[x*×]\s?(?P<size>8|16|24|32|48|64|128)"
    r"|(?P<one>8|16|24|32|48|64|128)\s?[x*×]\s?(?P<times>[248]))(?![\d.]*[a-z\d])"
)
_BARE_BEHIND = late(
    r"\s?(?:mac\s?book|i?mac)?\s?(?:pro|air|mini|studio)?[\s,，]{0,2}(?P<number>\d{1,3})(?![\d.]*\s?[a-z0-9\"”寸\-])"
)
_COUNT_BEFORE = late(
    r"(?:(?<![a-z0-9_.])(?P<number>\d{1,2})\s?(?:[x*×]|张|块|片|个|卡|台|-?\s?gpus?(?=\s))\s?"
    r"|(?<=have |with )(?P<bare>[2-8])\s"
    r"|(?P<word>dual|two|double|a pair of|双路?|两|俩|二|三|triple|three|四|四路|quad|four|八|eight|8卡|4卡)"
    r"\s?(?:张|块|片|卡|个|台)?\s?)(?:二手|used|rtx|gtx|nvidia|geforce|tesla|的|\s)*$"
)
_COUNT_BEFORE_SIZE = late(  # "两张24g的p40", "2块 16GB 5060ti", "10x 48g vram (modded 4090s)"
    r"(?:(?<![a-z0-9_.])(?P<number>\d{1,2})\s?[张块片卡x×]|(?P<word>两|俩|二|三|四|八|双)\s?[张块片卡])\s?"
    r"\d{1,3}\s?g(?:i?b)?\s?(?:显存|vram)?的?\s?[(（]?(?:(?:modded|modified|魔改|rtx|nvidia)\s?)?$"
)
_SECOND_OF_ALL = late(  # "just got a second 5060 ti": the first is told by that
    r"(?:got|bought|added|installed|picked up|received|have|own|又买了?|刚买了?|加了|装了)[^\n.,。，]{0,10}"
    r"(?:second|2nd|another|第二[张块个]|一[张块]一样的)\s?(?:used\s|new\s|二手)?(?:rtx|gtx|rx|nvidia|geforce|\s)*$"
)
_COUNT_AFTER = late(
    r"^(?:\s?(?:魔改|改|modded)?\s?\d{1,3}\s?g(?:i?b)?(?:\s?(?:魔改版?|改版|显存|版|modded))?)?\s?"
    r"(?:(?:转接卡?|涡轮|公版|pcie|sxm\d?|nvlink|nvl)[\s,，]{0,2}){0,2}(?:\d{1,3}\s?g(?:i?b)?[\s,，]{0,2})?"
    r"(?:(?:[x*×])\s?(?P<number>\d{1,2})(?![\dg])|(?P<word>双|两|三|四|八)(?:卡|张|路|块)"
    r"|(?P<figure>[2-9]|1[0-6])\s?(?:张|卡(?![顿死住在])|片)(?!图|照片)"
    r"|[\s,，]{0,2}(?:(?P<cards>双|三|四|八)卡|(?P<dual>dual|quad|pair)(?![\s-]?(?:channel|rank|boot|core))(?![a-z])))"
)
_COUNTS = COUNT_WORDS | {
    "double": 2, "a pair of": 2, "pair": 2, "双路": 2, "俩": 2, "四路": 4, "eight": 8, "8卡": 8, "4卡": 4,
}  # fmt: skip
_ASKS_IF_WORTH = late(r"worth|should i|makes? sense|(?:would|will) (?:it|i) |值|有必要|划算")
_TO_ANOTHER = late(r"\s?(?:\d{1,2}\s?gb?)?\s?(?:to|升级到|升到|换成?|换到)\s?(?:an?|the|一张)?\s?")
_SMALL_GAP = late(r"^\s?[(（\-]?\s?(?:的|显卡|单卡|单张|card|with|有|带|魔改|改|modded)?\s?(?:only|just)?\s?[(（]?\s?$")
_GLUED = late(r"(?<=[a-z])(?<=ti|er|xt|re|tx)(?=\d{1,2}g)|(?<=\d[sd])(?=\d{1,2}g)|(?<=\d)(?=rtx|gtx)")
_COUNT_GLUED = late(  # "2x3090", "4090x2", "8xH100"
    r"(?<![a-z0-9.])\d{1,2}[x*×](?=\d{4}(?!\d)|[rg]tx|rx\s?\d|(?:[abhlptv]|mi|gb)\d{2,3}[a-z]?(?![a-z0-9]))|(?<![a-z0-9.])(?:[rg]tx\s?|rx\s?)?\d{4}(?:ti|xtx?)?(?=[x*×]\d(?!\d))"
)
_SIDE_BY_SIDE = late(r"[^\n。.]{0,20}(?:和|跟|与|and)[^\n。.]{0,8}")
# "还是" that says "still": "4卡4090还是需要大内存吗".
# "a 3060 12gb to add to my 3060": beside it, not in its place.
_NUMBERED = late(r"(?<![a-z])(?:second|2nd|third|3rd|further)\s(?:used\s|new\s|rtx\s|gtx\s|rx\s)*$")
_ADDED_TO = late(
    r"[^.,\n]{0,16}(?:to add to|to go with|to put next to|next to|alongside|beside|together with"
    r"|on top of) (?:my|the|our|it(?![a-z]))"
)
_STILL = late(r"还是(?=卖|出掉|留着|需要|要|得|会|能|可以|不|没|很|挺|太|有点|只|卡|慢|报|爆|那么|一样)")
_CHOICE_BEHIND = late(
    r"哪(?:个|张|款|种|一个)|选|差|区别|对比|纠结|犹豫|二选一"
    r"|which|better|faster|or\b|difference|torn|undecided|can't decide"
)
# "5060ti 16g、二手3080 20g、p40，选哪个": cards told one behind the other, to choose from.
_LISTED = late(
    r"\s*+\(?(?:\d{1,3}\s?g(?:i?b)?)?+(?:\s*+(?:魔改版?|改版|改|显存|版|modded))?+\)?\s*+[,，、/]\s*+"
    r"(?:(?:一张|一块|二手的?|全新的?|魔改的?|或者?|还是|used|an?|new|or)\s*+){0,3}+(?:rtx|gtx|rx|nvidia|amd)?+\s*+"
)
_WHICH_OF_THEM = late(
    r"(?:选|买|入|要|挑)哪(?!个模型|个量化|种)|哪(?:个|张|块|款)(?:好|更|划算|值|合适|性价比)|怎么选|选谁"
    r"|which (?:one|card|gpu|of (?:them|these)|is (?:better|best)|would|should i (?:get|buy|choose|pick|take))"
    r"|what should i (?:get|buy|pick)"
)
# Two machines of which one is to be used: "a 7600 in the pc and a macbook, which of the two".
_WHICH_MACHINE = late(
    r"which (?:of (?:the two|these two|them|those|both)|machine|computer|pc|laptop|device)"
    r"|which one (?:should|would|is better|to use)|(?:用|选|拿)?哪台|哪个(?:机器|电脑|设备)|用哪个(?:跑|好)"
)
# One more of the card that is there, without its name: "想加一张同样的".
_BANDWIDTH = late(r"(?<![\d.])(?P<speed>\d{2,4})\s?gb/s(?:ec)?(?![a-z])")
_CURRENCIES = ("$", "€", "£", "¥", "￥")
# "does a second 3060 help": the first is there.
_SECOND_OF_IT = late(r"(?<![a-z])(?:a|the|another) (?:second|2nd) (?:used |new |rtx |gtx |rx )*$|第二[张块](?:二手)?$")
_SAME_AGAIN = late(
    r"(?:加|再加|再买|再来|添|补)(?:一张|一块|张|块|个|一个)?(?:同样|一样|同款|相同)的?|another one|a second one"
    r"|(?:an?|another|a second) (?:identical|same)|one more of the same|another of the same|second identical"
)
# Two of the card that is spoken of: "thinking about getting two of them".
_TWO_OF_IT = late(
    r"(?:getting|buying|get|buy|with|run|running|have|about|if|of) (?:two|2|a pair) of (?:them|these|those)(?![a-z])"
    r"|(?:买|上|插|来|弄|组)(?:两|2|二)[张块](?:这个|这种|这张|它)?(?=[\s,，。?？呢的]|$)"
)
# Words by which a card that is called old still works beside another: "my old 1070 together with my 4070".
_TOGETHER = late(
    r"一起用|同时用|一块用|插一起|一起插|一起跑|混插|混着"
    r"|together|alongside|along with|both (?:cards|gpus)|combine|use both|in addition"
)
# "什么模型 12g": the model that is asked for has no size yet, so that the amount is the machine's.
_MODEL_ASKED = late(
    r"(?:什么|啥|哪个|哪款|哪些|推荐个?|求个?|what|which|best|good|any)[^\d,，.。]{0,8}(?:模型|models?|llms?)[\s,，]{0,2}$"
)
# The word for what comes next: in "显存8g内存16g" it says nothing of the 8.
_OF_THE_NEXT = late(r"\s?(?:显存|内存|运存|v?ram)\s?(?:是|有|只有|=|:|：)?\s?\d")
# The same for sure: "4060 8g 内存升级到64g".
_UP_TO_THE_NEXT = late(r"\s?(?:显存|内存|运存|ram)\s?(?:升级?|加|扩|换|upgraded?)(?:到|成|至|了|个|条| to)?\s?\d")
# "selling my 4080 for a 7900 xtx": one that is there against one that is thought of.
_WOULD_SWAP = late(
    r"(?:sell(?:ing)?|trad(?:e|ing)(?: in)?|swap(?:ping)?|replac(?:e|ing)) (?:my|the|our)[a-z0-9\s]{0,12}$"
)
# "on a different pc with a 4060ti": a card of another computer, told beside the one that is asked about.
_ELSEWHERE = late(
    r"(?:different|another|other|second|work|(?:friend|brother|roommate|flatmate|buddy|wife|husband|dad|son|sister"
    r"|cousin|colleague|coworker|neighbor|neighbour|boss)['’]?s) (?:pc|computer|machine|rig|laptop|desktop|server)"
    r"[^\n.!?。]{0,40}$|(?:另一台|另外一台|别的电脑|朋友的|别人的|同事的|公司的)[^\n。！？?]{0,16}$"
)
# "使用示例的2x3090启动命令", "the doc says minimum 2x4090": a card of instructions, beside the one that is there.
_IN_INSTRUCTIONS = late(
    r"(?:示例|例子|教程|文档|官方|作者|博主|攻略|readme|example|tutorial|guide|docs?|document(?:ation)?|instructions)"
    r"[^\n.!?。，,]{0,12}$"
    r"|(?:works?|working|runs?|ran)(?: good| fine| well| ok| great)? on (?:a |an )?$"
    r"|(?:minimum|minum|requires?|required|recommended|最低|至少|起步|推荐配置)"
    r"(?: is| of| a| an|需要|要|是)?[\s:：]{0,2}$"
)
# "cards such as the 3090, 4090": what others have, or what is meant by a class of cards.
_SUCH_AS = late(
    r"(?:such as|for example|for instance|e\.g\.?|owners? of|anyone with|people with|somebody with"
    r"|someone with|cards like|gpus like|例如|比如|譬如|兼容|类似|诸如)[^\n.!?。]{0,60}$"
)
_FOR_IT = late(
    r"\s?(?:\d{1,3}\s?gb?\s?)?(?:for|with|to get|and (?:get|buy)(?:ing)?) (?:an? |the )?(?:used |new )?"
    r"(?:rtx|rx|amd|nvidia)?\s?"
)
# "这张卡能跑吗，跟4070比差多少": two cards measured against each other, far apart.
_MEASURED = late(r"(?:跟|和|与|同)(?:那个|这个|一张)?\s?$|(?:compared (?:to|with)|than) (?:an? |the )?$")
# Asked of each by itself: "8卡a800够吗，8卡4090够吗".
_ENOUGH = late(r"(?<![^\W\d_])[^\n,，。?？]{0,12}?(?:够吗|够不够|行吗|行不行|可以吗|enough\s?\?)")
_AGAINST = late(r"\s?(?:\d{1,3}g)?\s?(?:比|相比|差多|差距|哪个|$|[?？.,，。])")
# Where the name of a card may begin that no pattern of `card_mentions` knows.
_STARTS = late(
    r"(?<![a-z0-9.])(?:(?:nvidia|geforce|radeon|intel|amd|ryzen|quadro|tesla|arc|apple|titan|jetson|dgx|steam"
    r"|strix|framework|ai max|ryzen ai"
    r"|max\+ 395|395 (?:ai )?max|vega|iris|uhd|mtt|ascend|atlas|instinct|rx|gt|rtx|gtx|hd|pro|firepro)(?![a-z])"
    r"|(?:rx|gt|mi|mx|m|k|p|t|v|w|a|l|b|h|cmp|gfx)\s?\d"
    r"|\d{3,4}\s?(?:m|xt|gre|xtx|hs|hx|u|g|h|v|t|s|p)(?![a-z])|gb10|昇腾|摩尔线程|骁龙|天玑|snapdragon|dimensity|iphone)"
)
_CARD_LIKE = late(
    r"(?<![a-z0-9])(?:rtx|gtx|gt|rx|radeon hd|geforce|voodoo|arc)\s?-?[ab]?\d{1,4}"
    r"(?:\s?(?:ti|super|xtx?|gre)){0,2}(?![a-z0-9])"
)
_MORE_OF_IT = late(r"\s?super(?![a-z0-9])")
_CLAUSE = late(r"[\n?？!！;；。]|\.\s")
_OF_A_COMPUTER = late(  # "a 16gb laptop": what a computer has without more words is its RAM
    r"\s?(?:的|ram\s)?\s?(?:(?:old|gaming|windows|work|office|linux)\s)?(?:laptop|notebook|thinkpad|笔记本|轻薄本|游戏本|本子|笔电)"
)
_EITHER = late(r"(?<![a-z])or(?![a-z])|还是|或者")
_CARD_BEFORE = late(r"\d{3,4}\s?(?:ti|super|xtx?|gre|m|d)?(?:\s?(?:max-?q|mobile|laptop))?\s?[(（]?$")
_WORD = late(r"[\s\-]?[a-z0-9+]+")
_OF_A_DISK = late(  # "980 PRO SSD 2TB"
    r"\s?(?:pro|evo|qvo|plus)(?:\s?plus)?(?![a-z])"
    r"(?=[^,;\n]{0,16}(?:ssd|nvme|固态|硬盘|\d\s?tb?(?![a-z])|\d{3}\s?g))"
)
# What stands between two cards of one machine: "3090 24gb + 3090".
_JOINED = late(
    r"\s*+\(?(?:\d{1,3}\s?g(?:i?b)?\)?)?+\s*+(?:[+&,、/]|and|和|加|跟|与)?+\s*+(?:an?\s)?+\s*+(?:rtx|gtx|rx|nvidia|amd)?+\s*+"
)
_APART = "\n"  # stands between messages: another one tells of the same card once more
_LONGEST_NAME = 7  # words of a card's name
_LONGEST_HAN_NAME = 12  # characters of one that begins in Chinese


@dataclass(frozen=True, slots=True)
class ToldCard:
    """A card where a text names it. `count` cards of it; `said` is the memory that the text gives it, bytes."""

    card: Card
    start: int
    end: int
    count: int = 1
    said: int | None = None
    relation: Relation = "owned"
    stands_for: str = ""  # what is told instead of the chip: "Mac"

    @property
    def device(self) -> Device:
        """The card as a device, with the memory that was told."""
        device = card_device(self.card, self.said)
        assumed = GUESSED_MAC if self.card.unified else usual_card(self.card)
        return replace(device, name=self.stands_for, assumed=assumed) if self.stands_for else device


@dataclass(frozen=True, slots=True)
class ToldMachine:
    """What a text tells of a machine. Sizes in bytes, None where not told.

    `devices` are the cards the author has, `options` those compared or wished for. `vram` is set where an amount is
    told without a card. `without_card`: the author says to have none. `unbelievable`: amounts that no machine has;
    `unknown_cards`: names that look like a card's and belong to none that is known. `ram_speed`: bytes per second that
    the RAM delivers, from and to; `ram_options`: amounts of RAM that are put side by side. `joined`: computers of that
    kind, whose memory is one, where there are several ("two DGX Sparks"); the memory of the device is that of all.
    `granted`: what of a shared memory graphics were allowed to use.
    """

    devices: tuple[Device, ...] = ()
    options: tuple[tuple[Device, ...], ...] = ()
    vram: int | None = None
    ram: int | None = None
    kind: Kind = "desktop"
    without_card: bool = False
    integrated: bool = False
    unbelievable: tuple[str, ...] = ()
    unknown_cards: tuple[str, ...] = ()
    ram_speed: tuple[float, float] | None = None
    ram_options: tuple[int, ...] = ()
    joined: int = 0
    granted: int = 0

    @property
    def is_told(self) -> bool:
        """Whether anything can be planned with it."""
        is_small = self.kind in ("board", "phone")  # of which one knows what it usually has
        has_any = self.devices or self.options or self.vram or self.ram or self.without_card or self.integrated
        return bool(has_any) or is_small

    def merged(self, later: "ToldMachine") -> "ToldMachine":
        """This machine with what a later message of the same author adds or corrects."""
        kept: dict[str, Any] = {name: getattr(later, name) or getattr(self, name) for name in _LAST_TOLD}
        return ToldMachine(
            vram=later.vram or (None if later.devices else self.vram),
            kind=later.kind if later.kind != "desktop" else self.kind,
            without_card=later.without_card or (self.without_card and not later.devices),
            unbelievable=(*self.unbelievable, *later.unbelievable),
            unknown_cards=(*self.unknown_cards, *later.unknown_cards),
            **kept,
        )


# What of a machine is as it was told last.
_LAST_TOLD = ("devices", "options", "ram", "integrated", "ram_speed", "ram_options", "joined", "granted")


_SIZE_BEFORE = late(r"(?<![\d.])(?P<size>\d{2,3})\s?g(?:i?b)?\s?的?\s?$")
_SIZE_BEHIND = late(r"\s?的?\s?(?P<size>\d{2,3})\s?g(?:i?b)?(?![a-z0-9])")
_LARGER_CHIP = late(r"[\s-]?(?:max|ultra)(?![a-z])")
_MODEL_BEFORE = late(r"minimax[\s_-]?$")
# "qwen3:32b (18.8gb)", "a 70b at q4 is 40gb": what a model weighs.
_OF_A_MODEL = late(r"(?:\d\s?b|q[2-8](?:_[a-z0-9]{1,3}){0,2}|a\d{1,2}b)\s?(?:\(|is |是|=|有|大概|约){1,2}\s?$")
# "the system uses 700mb of ram": what is taken, of whatever.
_TAKEN = late(
    r"(?:uses|used|takes(?: up)?|taking up|occupies|eats|(?:各|都|会|要)?占用?了?|平摊|均摊|分摊|吃掉?了?|用掉?了)"
    r"(?: about| around| approximately| roughly| nearly| only| like|大概|约)?\s?(?:\d{1,3}\s?g?b?\s?[-~～]\s?)?$"
)
# "64 in total", "总共64g": what there is with what comes beside it.
_IN_TOTAL = late(
    r"(?<![\d.])(?P<number>\d{2,4})\s?(?:g(?:i?b)?\s?)?(?:in total|altogether|total)(?!\s?(?:vram|gpu))(?![a-z])"
)
# "16gb is $430 new", "about $700 here", "700一张": the price of a card that is for sale.
_PRICED = late(
    r"\s?(?:太贵|买不起|(?:is|are) (?:too |way too |so )?expensive)"
    r"|(?:\s?\d{1,3}\s?g(?:i?b)?)?s?\s?(?:is|are|for|at|goes for|go for|costs?|要|卖|只要|才)?\s?"
    r"(?:about |around |like |only |~)?(?:[$€£¥￥]\s?\d{2,5}|\d{3,5}\s?(?:一[张块]|块钱?|元|bucks|usd|eur|euros?))"
)
_PRINTED = late(r"\(\d+\.\d*[1-9] [gm]ib\)")
# "64.0 gb (63.7 gb usable)": what Windows leaves of the RAM, told once more.
_OF_IT_USABLE = late(
    r"\s?(?:usable|available|可用)\s?\)"
    r"|(?:\s?(?:of )?(?:vram|ram|显存|内存|memory))?\s?(?:left|remaining|to spare|剩余)(?![a-z])"
)
# "需要120G吗", "does it need 120gb?": what is asked of a model is none that there is.
_NEEDED_BEFORE = late(r"(?:需要|要用|得要|得有|(?<!还)要|need|require)\s?(?:about |大概|差不多)?$")
_ASKED_BEHIND = late(r"\s?(?:的?显存|of )?(?:vram)?\s?(?:吗|么|\?|？)")
# "12gb vram and it says 6.0gb available": what is free of what was told before.
_LEFT_OF_IT = late(r"\s?(?:is |are )?(?:available|free|usable|可用|空闲|剩余)(?![a-z])")
# "18gb to load, leaving 6gb", "6gb of gpu memory is available": what a model leaves.
_LEAVING = late(r"(?:leaving|leaves|还剩|剩下?|只剩)(?: me| you| about| only| just|大概|约|了)?\s?$")
_FREE_OF_A_CARD = late(
    r"\s?(?:of )?(?:gpu |video |graphics )?(?:memory|vram) (?:is|are) "
    r"(?:still )?(?:available|free|left|unused)(?![a-z])"
)
_VRAM_BEFORE = late(r"\d\s?g(?:i?b)?\s?(?:of )?(?:vram|显存)")
# "a card with more than 16 gb": what is asked of one, and nothing that is there.
_AT_LEAST = late(r"(?:more than|larger than|bigger than|超过|大于|多于)\s?$")
# "it just uses 1.6 gb", "stays below 3 gb": what a program takes.
_USED = late(
    r"(?:uses|using|used|below|under|only takes?|takes? (?:up )?|只用了?|只占了?|占了?|用了)"
    r"(?: about| around| only| just)?\s?$"
)
# "allocates 24gb on vram then 7gb on ram": how much of the RAM a program took.
_ALLOCATED = late(
    r"(?:allocat(?:es?|ed|ing)|offload(?:s|ed|ing)?|puts|loads) [^\n.]{0,50}\d{1,3}\s?g(?:i?b)?\s?"
    r"(?:of it )?(?:on|in|into|to) (?:the )?(?:system )?ram"
)
_STICK = late(r"条|根|stick")
# "my card has 12gb of ram": what a card has is its own memory, whatever it is called.
_OF_A_CARD = late(
    r"(?<![a-z])(?:card|gpu)s? (?:only )?(?:has|have|had|with|got|comes with)(?: only| just| about| like)? $"
    r"|显卡(?:是|有|只有|才|就)\s?$"
)
_OF_RAM_KIND = late(r"(?<=\dg)d(?=[345](?![a-z0-9]))")  # "256gd4内存"
_TERABYTES = late(r"(?:dram|内存|(?<![a-z])ram)\s?(?:是|有|=|:|：)?\s?(?P<number>\d(?:\.\d{1,2})?)\s?t(?![a-z])")
_A_CARD_OF = late(
    r"(?:an?|another|one) (?:used |new |second )?(?P<size>12|16|24|32|48)\s?gb? (?:vram )?(?:card|gpu)(?![a-z])"
    r"|(?:一张|一块|张|块)(?P<zh>12|16|24|32|48)\s?gb?(?:显存)?的?(?:显卡|卡)(?![顿死])"
)
_USUAL_OF_SIZE = {12: "RTX 3060", 16: "RTX 5060 Ti", 24: "RTX 3090", 32: "RTX 5090", 48: "RTX A6000"}
# A computer by Apple of which the memory is told and no chip, beside a card: "a 96GB RAM MacBook".
_A_MAC = r"(?:mac\s?book(?:\s(?:pro|air))?|mac\s?(?:mini|studio)|imac)(?![a-z])"
_MAC = late(
    rf"(?<![\d.])(?P<size>\d{{2,3}})\s?gb?\s?(?:的\s?|of\s|unified\s|ram\s|memory\s|内存的?\s?){{0,3}}{_A_MAC}"
    rf"|{_A_MAC}\s?(?:with\s|,\s?|带)?(?P<behind>\d{{2,3}})\s?gb?(?![a-z0-9])"
)
_MACS = ((192, "M2 Ultra"), (72, "M2 Max"), (33, "M4 Pro"), (0, "M4"))  # chips with which so many GB are sold
_MACBOOK = late(r"mac\s?book(?:\s(?:pro|air))?")
_LETTER_APART = late(r"[a-z]\s", re.IGNORECASE)  # "top k 40" is a sampler's value and no card


@dataclass(frozen=True, slots=True)
class _Amount:
    size: int
    start: int
    end: int
    role: Role
    text: str
    count: int = 1  # cards of which it is the sum: "10x 48g vram"


class MachineReader:
    """Reads machines by the cards and words of one knowledge folder. Build once, share freely."""

    def __init__(self, cards: CardIndex, words: MachineWords) -> None:
        self.cards = cards
        self._names = CardNames(cards)
        self._words = words
        self._find = lru_cache(maxsize=4096)(cards.find)

    def read(self, text: str) -> ToldMachine:
        """The machine of the text; one without anything told where there is none. Never raises."""
        plain = _OF_RAM_KIND.sub(" ddr", _COUNT_GLUED.sub(r"\g<0> ", _GLUED.sub(" ", folded(text[:_READ]))))
        mentions = self._mentions(plain)
        amounts = self._amounts(plain, mentions)
        cards, amounts = _sized(plain, mentions, amounts)
        return self._machine(plain, self._related(plain, self._laptops(plain, cards)), amounts)

    def unhedged(self, text: str) -> str:
        """A text without the words that say how sure somebody is of an amount, or that it is theirs."""
        return self._words.hedged.sub(" ", unicodedata.normalize("NFKC", text)).strip()

    def names_processor(self, folded_text: str) -> bool:
        """Whether a processor is named."""
        return self._words.processor.search(folded_text) is not None

    # ---- cards

    def _mentions(self, plain: str) -> list[ToldCard]:
        found = [*self._by_pattern(plain), *self._by_name(plain)]
        found += self._macs(plain, found)
        found += self._nameless_cards(plain, found)
        kept: list[ToldCard] = []
        for mention in sorted(found, key=lambda each: (each.start, each.start - each.end)):
            if self._is_a_phone_s(plain, mention) or _is_of_another_name(plain, mention):
                continue
            if self._is_strange(plain, mention) or plain[: mention.start].endswith(_CURRENCIES):
                continue
            mention = self._as_sized(plain, mention)
            if not kept or mention.start >= kept[-1].end:
                kept.append(replace(mention, count=_count(plain, mention.start, mention.end)))
        return kept

    def _is_a_phone_s(self, plain: str, mention: ToldCard) -> bool:
        """Whether a card's short name is a phone's: "红米k80"."""
        before = plain[max(0, mention.start - _NEAR) : mention.start].rstrip()
        return mention.card.kind not in ("phone", "unified") and self._words.phone_before.search(before) is not None

    def _is_strange(self, plain: str, mention: ToldCard) -> bool:
        """Whether a name is only a part of another's: of an accelerator by another maker, of a "SUPER" not known."""
        others = self._words.strange.finditer(plain)
        if mention.card.kind in ("desktop", "laptop") and _MORE_OF_IT.match(plain, mention.end):
            return True
        return any(other.start() < mention.end and mention.start < other.end() for other in others)

    def _as_sized(self, plain: str, mention: ToldCard) -> ToldCard:
        """Of cards that are sold as two, the one whose size stands beside: "40G的A100", "A100的40G版"."""
        sizes = (_SIZE_BEFORE.search(plain[: mention.start]), _SIZE_BEHIND.match(plain, mention.end))
        for size in (int(found["size"]) for found in sizes if found is not None):
            twin = self._find(f"{plain[mention.start : mention.end]} {size}gb")
            if twin is not None and size * GIB in twin.memory and size * GIB not in mention.card.memory:
                return replace(mention, card=twin)
        return mention

    def _by_pattern(self, plain: str) -> Iterator[ToldCard]:
        for mention in self._names.found_in(plain):
            written = plain[mention.start : mention.end]
            card = self._find(written) or self._find(mention.name) or self._find(written.removesuffix("s"))
            if card is not None:
                yield ToldCard(card, mention.start, mention.end)

    def _by_name(self, plain: str) -> Iterator[ToldCard]:
        """Cards whose full name stands there although no pattern knows it: "Quadro P4000", "Arc B580", "780M"."""
        for found in _STARTS.finditer(plain):
            best = None
            for end in _ends(plain, found.start()):
                written = plain[found.start() : end]
                if not _LETTER_APART.match(written) and (card := self._find(written)):
                    best = ToldCard(card, found.start(), end)
            if best is not None:
                yield best

    def _macs(self, plain: str, cards: Sequence[ToldCard]) -> Iterator[ToldCard]:
        """The Macs without a chip that are told beside a card."""
        if not cards or any(card.card.vendor == "apple" for card in cards):
            return
        for found in _MAC.finditer(plain):
            size = int(found["size"] or found["behind"])
            chip = self._find(next(name for least, name in _MACS if size >= least))
            if chip is not None:
                yield ToldCard(chip, found.start(), found.end(), said=size * GIB, stands_for="Mac")

    def _nameless_cards(self, plain: str, cards: Sequence[ToldCard]) -> Iterator[ToldCard]:
        """The usual card of a size that is thought of without a name, beside one that is told: "a 24gb card"."""
        if not cards:
            return
        for found in _A_CARD_OF.finditer(plain):
            size = int(found["size"] or found["zh"])
            usual = self._find(_USUAL_OF_SIZE[size])
            if usual is not None:
                yield ToldCard(
                    usual, found.start(), found.end(), said=size * GIB, relation="option", stands_for=f"{size} GB card"
                )

    def _unknown(self, plain: str, cards: Sequence[ToldCard]) -> Iterator[re.Match[str]]:
        for found in (*self._words.strange.finditer(plain), *_CARD_LIKE.finditer(plain)):
            if not any(card.start < found.end() and found.start() < card.end for card in cards):
                yield found

    def _laptops(self, plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
        """The laptop's card where the machine is a laptop, or the memory told is that of the laptop's card."""
        is_laptop = self._words.laptop.found_in(_MACBOOK.sub(" ", plain))
        return [self._laptop_twin(card, is_laptop=is_laptop) for card in cards]

    def _laptop_twin(self, told: ToldCard, *, is_laptop: bool) -> ToldCard:
        twin = self._find(f"{told.card.name} laptop")
        if twin is None or twin is told.card or twin.kind != "laptop":
            return told
        by_size = told.said is not None and told.said in twin.memory and told.said not in told.card.memory
        fits = told.said is None or told.said in twin.memory
        return replace(told, card=twin) if by_size or (is_laptop and fits) else told

    def _related(self, plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
        """Which of the cards the author has, which are compared or wished for, and which are gone."""
        related = self._by_pairs(plain, cards, self._by_words(plain, cards))
        if (own := _doubled(plain, cards)) is not None:
            related[own] = replace(related[own], relation="owned")
        if _are_apart(plain, related):
            related = [replace(card, relation="option") for card in related]
        related = _swapped(plain, _to_be_swapped(plain, related))
        related = _without_others_cards(plain, _as_weighed(plain, _as_examples(plain, related)))
        for at in _listed_choices(plain, cards):
            related[at] = replace(related[at], relation="option")
        if len(related) == 1:
            alone = related[0].relation if related[0].relation != "former" else "owned"
            return [replace(related[0], relation="option" if self._or_none(plain, related[0]) else alone)]
        if len({card.card.name for card in related}) == 1 and any(self._or_none(plain, card) for card in related):
            return [replace(card, relation="option") for card in related]  # named again in another sentence
        return [self._as_priced(plain, card, related) for card in related]

    def _by_words(self, plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
        """The cards by the words in front of each."""
        related = list(cards)
        are_together = _TOGETHER.search(plain) is not None
        for at, card in enumerate(cards):
            before = plain[max(0, card.start - _NEAR) : card.start]
            if self._words.former.ends(before) and not are_together:
                related[at] = replace(card, relation="former")
            elif self._is_thought_of(plain, card, before):
                related[at] = replace(card, relation="option")
        return related

    def _by_pairs(self, plain: str, cards: Sequence[ToldCard], related: list[ToldCard]) -> list[ToldCard]:
        """The cards by what stands between two of them."""
        for at, (first, second) in enumerate(pairwise(cards)):
            between = plain[first.end : second.start]
            is_same = _is_named_again(first, second)
            if len(between) < 2 * _NEAR and not is_same and self._are_choices(between, plain[second.end :][:_NEAR]):
                for place in (*_led_by_choices(plain, cards, at), at, at + 1):
                    related[place] = replace(cards[place], relation="option")
            if _FOR_IT.fullmatch(between) and _WOULD_SWAP.search(plain[max(0, first.start - _NEAR) : first.start]):
                related[at], related[at + 1] = first, replace(second, relation="option")
        return related

    def _as_priced(self, plain: str, card: ToldCard, related: Sequence[ToldCard]) -> ToldCard:
        """A card of which nobody says that it is there, and whose price is told elsewhere: it is thought of as well."""
        before = plain[max(0, card.start - _NEAR) : card.start]
        if card.relation != "owned" or self._words.gained.ends(before):
            return card
        priced = any(each.card is card.card and _PRICED.match(plain, each.end) for each in related)
        return replace(card, relation="option") if priced else card

    def _is_thought_of(self, plain: str, card: ToldCard, before: str) -> bool:
        """Whether a card is wished for, or only its price is told."""
        plainly = _NUMBERED.sub("", before)  # "buy a second 3060"
        ends = self._words.wished.ends(plainly) and not self._words.wished.ends(before)
        wished = self._words.wished.start(plainly if ends else before)
        gained = self._words.gained.start(before)
        if min(wished, gained) <= len(before):
            return wished < gained  # "if i bought" says more than "bought"
        return _PRICED.match(plain, card.end) is not None

    def _once(self, plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
        """The cards without those that are only named again, as in "I have a 3070. Will my 3070 do?"."""
        kept = list(cards[:1])
        for first, second in pairwise(cards):
            between = plain[first.end : second.start]
            is_joined = _JOINED.fullmatch(between) and _APART not in plain[first.start : second.end]
            is_further = is_joined or self._is_one_more(plain, second, _clause_end(between))
            same = next((at for at, card in enumerate(kept) if _is_same(card, second)), None)
            if same is None or is_further:
                kept.append(second)
            elif kept[same].count < second.count:  # named in a title first, and then in full
                kept[same] = second
        return _counted_once(kept)

    def _is_one_more(self, plain: str, card: ToldCard, clause: str) -> bool:
        """Whether a card is told to come beside others by the words before it; "just got my second" counts them all."""
        is_all = _SECOND_OF_ALL.search(plain[max(0, card.start - 40) : card.start]) is not None
        return not is_all and self._words.further.found_in(clause) and not _EITHER.search(clause)

    def _or_none(self, plain: str, card: ToldCard) -> bool:
        """Whether the one card is weighed against having none: "no gpu for now, or a 3060"."""
        without = next(self._words.no_card.finditer(plain), None)
        if without is None:
            return False
        between = plain[min(without.end(), card.end) : max(without.start(), card.start)]
        return self._words.instead.found_in(between)

    def _are_choices(self, between: str, behind: str) -> bool:
        between = _STILL.sub(" ", between)
        if self._words.instead.found_in(between):
            return True
        if _MEASURED.search(between) and _AGAINST.match(behind):
            return True
        if _ENOUGH.search(between) and _ENOUGH.match(behind):
            return True
        return bool(_SIDE_BY_SIDE.fullmatch(between) and _CHOICE_BEHIND.search(behind))

    # ---- amounts

    def _amounts(self, plain: str, cards: Sequence[ToldCard]) -> list[_Amount]:
        found: list[_Amount] = []
        for match in _AMOUNT.finditer(plain):
            if _is_printed(plain, match) or _is_no_size_of_it(plain, match):
                continue
            if not any(card.start <= match.start() and match.end() <= card.end for card in cards):
                found += self._amount(plain, match)
        for amount in (*self._bare_amounts(plain), *self._modules(plain), *_totals(plain, found)):
            if not _overlaps(amount, found) and not _overlaps(amount, cards):
                found.append(amount)
        return sorted(found, key=lambda amount: amount.start)

    def _bare_amounts(self, plain: str) -> Iterator[_Amount]:
        for match in (*_BARE.finditer(plain), *_BARE_BEFORE.finditer(plain)):
            role: Role = "vram" if match["label"] in {"显存", "vram"} else "ram"
            size = sum(map(int, match["number"].split("+"))) * GIB
            yield _Amount(size, match.start(), match.end(), role, match.group())
        for match in _TERABYTES.finditer(plain):
            yield _Amount(round(float(match["number"]) * TIB), match.start(), match.end(), "ram", match.group())

    def _modules(self, plain: str) -> Iterator[_Amount]:
        for match in _STICKS.finditer(plain):
            if self._role(plain, match) == "ram":
                size = int(match["count"] or match["one"]) * int(match["size"] or match["times"]) * GIB
                yield _Amount(size, match.start(), match.end(), "ram", match.group())

    def _amount(self, plain: str, match: re.Match[str]) -> Iterator[_Amount]:
        if phone := match["phone"] or match["own"]:  # "12+256": RAM and storage
            yield _Amount(int(phone) * GIB, match.start(), match.end(), "ram", match.group())
            return
        unit = UNITS[match["unit"][0]]
        role = self._role(plain, match) or ("ram" if _STICK.search(match.group()) else "")
        count = int(match["count"] or _COUNTS.get(match["sticks"] or "", 1))
        if match["times"] and role in ("ram", "unified"):  # behind a card's memory it counts the cards
            count = int(match["times"])
        size = round(float(match["number"].replace(",", ".")) * unit) * count
        yield _Amount(size, match.start(), match.end(), role, match.group(), count if role == "vram" else 1)

    def _role(self, plain: str, match: re.Match[str]) -> Role:
        """What an amount is of, by the words right behind it, else by those right before it."""
        behind = plain[match.end() : match.end() + _NEAR]
        before = plain[max(0, match.start() - _NEAR) : match.start()]
        told_before = None if _MODEL_ASKED.search(before) else self._words.role_before(before)
        if _OF_A_CARD.search(before):
            return "vram"
        if told_before and behind.startswith("\n"):  # "VRAM - 12GB", and the model in the next line
            return told_before
        if _UP_TO_THE_NEXT.match(behind) or (told_before and _OF_THE_NEXT.match(behind)):
            return told_before or ""
        told = self._words.role_behind(behind) or told_before
        if (told is None and _USED.search(before)) or _ALLOCATED.search(
            plain[max(0, match.start() - 60) : match.end() + 8]
        ):
            return "other"
        return told or ("ram" if _OF_A_COMPUTER.match(behind) and not _CARD_BEFORE.search(before) else "")

    # ---- the whole

    def _machine(self, plain: str, cards: Sequence[ToldCard], amounts: Sequence[_Amount]) -> ToldMachine:
        named = self._words.named_in(plain)
        kind = self._kind(plain, named, cards)
        owned = self._once(plain, _related(cards, "owned"))
        none = not owned and self._words.no_card.found_in(plain)
        integrated = self._words.integrated.found_in(plain) or (not owned and self._is_intel_mac(plain))
        one_memory = none or integrated or kind in ("phone", "board", "handheld")
        one_memory = one_memory or (not cards and self._is_of_a_computer(plain, kind, amounts))
        options = _with_shared_memory(_related(cards, "option"), amounts)
        amounts = _without_twice(plain, owned, _without_former(plain, cards, amounts))
        memory = _memory(_without_amounts_of(options, owned, amounts), owned, one_memory=one_memory)
        unknown = tuple(self._unknown(plain, cards))
        devices = (
            _devices(owned, memory)
            or _first_of_two(plain, options)
            or self._built_in(named, memory)
            or _nameless(plain, amounts)
        )
        devices = devices or self._by_bandwidth(plain, memory) or _of_unknown_cards(plain, unknown, memory.vram)
        return ToldMachine(
            devices=devices,
            options=self._options(plain, options, devices),
            vram=None if devices else memory.vram,
            ram=memory.ram or _sold_with(named),
            kind=kind,
            without_card=not devices and none,
            unknown_cards=tuple(found.group().strip() for found in unknown),
            integrated=integrated,
            unbelievable=_unbelievable(amounts),
            ram_speed=self._words.ram_speed(plain),
            ram_options=_ram_options(plain) if cards or memory.vram else (),
            joined=_joined(owned),
            granted=_granted(plain),
        )

    def _options(
        self, plain: str, options: Sequence[ToldCard], devices: tuple[Device, ...]
    ) -> tuple[tuple[Device, ...], ...]:
        """What is compared or wished for, each choice once."""
        return _distinct((*_same_again(plain, devices), *(self._option(plain, card, devices) for card in options)))

    def _option(self, plain: str, card: ToldCard, owned: tuple[Device, ...]) -> tuple[Device, ...]:
        """The cards of a choice: one that would come beside those that are there stands with them."""
        before = plain[max(0, card.start - _RIGHT_BEFORE) : card.start]
        is_further = bool(owned) and (self._words.further.found_in(before) or _ADDED_TO.match(plain, card.end))
        if card.card.kind == "unified" and 1 < card.count <= _MOST_JOINED:  # their memory is one, over the network
            name = f"{card.count} × {card.device.name}"
            return (replace(card.device, memory=card.count * card.device.memory, name=name),)
        return (*(owned if is_further else ()), *(card.device,) * card.count)

    def _is_of_a_computer(self, plain: str, kind: Kind, amounts: Sequence[_Amount]) -> bool:
        """Whether the one amount without a word is a computer's RAM: "i5 12400 16g", "laptop with 32gb"."""
        bare = [amount for amount in amounts if amount.role == ""]
        alone = len(bare) == 1 and not any(amount.role in ("ram", "vram", "unified") for amount in amounts)
        return alone and (kind == "laptop" or self._words.processor.search(plain) is not None)

    def _by_bandwidth(self, plain: str, memory: "_Memory") -> tuple[Device, ...]:
        """Apple's chip of which only the bandwidth and the memory are told: "the one with 273 GB/s, 48 gb"."""
        found, told = _BANDWIDTH.search(plain), memory.unified or memory.ram
        if found is None or not self._words.unified.found_in(plain):
            return ()
        near = [card for card in self.cards.cards if _is_apple_s(card, int(found["speed"]) * 10**9, told)]
        return tuple(card_device(card, told) for card in near[-1:])

    def _built_in(self, named: NamedMachine | None, memory: "_Memory") -> tuple[Device, ...]:
        """What computes in a machine that is sold under one name, with the memory told where there are several."""
        card = self._find(named.card) if named and named.card else None
        if named is None or card is None:
            return ()
        told = memory.unified if named.kind == "unified" else None
        return (card_device(card, told or named.memory * GIB),)

    def _kind(self, plain: str, named: NamedMachine | None, cards: Sequence[ToldCard]) -> Kind:
        if named is not None:
            return named.kind
        kinds = {card.card.kind for card in cards}
        if "phone" in kinds or (not cards and self._is_phone(plain)):
            return "phone"
        if "unified" in kinds or (not cards and self._shares_one_memory(plain)):
            return "desktop" if not cards and self._is_intel_mac(plain) else "unified"
        return "laptop" if self._words.laptop.found_in(plain) else "desktop"

    def _is_intel_mac(self, plain: str) -> bool:
        """Whether a Mac is told of that is older than Apple's own chips."""
        return self._words.intel_mac.search(plain) is not None

    def _shares_one_memory(self, plain: str) -> bool:
        """Whether a chip with one large fast memory is told of; graphics in a usual processor borrow slow RAM."""
        return self._words.unified.found_in(plain) and not self._words.integrated.found_in(plain)

    def _is_phone(self, plain: str) -> bool:
        """Whether a phone is told of: a maker's name alone may be that of a laptop."""
        is_laptop = self._words.laptop.found_in(plain) or self._words.integrated.found_in(plain)
        return self._words.phone.found_in(plain) and not is_laptop


def _is_apple_s(card: Card, bandwidth: int, memory: int | None) -> bool:
    """Whether a card is a chip of Apple's computers with this bandwidth, and sold with this memory, in bytes."""
    return card.vendor == "apple" and card.unified and card.bandwidth == bandwidth and memory in card.memory


def _is_of_another_name(plain: str, mention: ToldCard) -> bool:
    """Whether a name is only a part of another's: of an "M7 Max" nothing is known by the M7, "MiniMax-M1" is a model,
    and a "980 PRO" a disk.
    """
    if mention.card.vendor != "apple":
        return _OF_A_DISK.match(plain, mention.end) is not None
    is_models = _MODEL_BEFORE.search(plain[max(0, mention.start - 12) : mention.start]) is not None
    return is_models or _LARGER_CHIP.match(plain, mention.end) is not None


def _sold_with(named: NamedMachine | None) -> int | None:
    """RAM in bytes of a computer that is sold under one name, where it is not its only memory."""
    return named.memory * GIB if named is not None and named.kind != "unified" else None


def _with_shared_memory(options: Sequence[ToldCard], amounts: Sequence[_Amount]) -> list[ToldCard]:
    """The choices, where the only chip that shares its computer's memory has the amount that is told of RAM: "a 96GB
    RAM MacBook with an M5 Max".
    """
    shared = [card for card in options if card.card.unified and card.said is None]
    sizes = [amount.size for amount in amounts if amount.role in ("ram", "unified")]
    if len(shared) != 1 or len(sizes) != 1:
        return list(options)
    return [replace(card, said=sizes[0]) if card is shared[0] else card for card in options]


def _doubled(plain: str, cards: Sequence[ToldCard]) -> int | None:
    """The place of the card of which one more is thought of without its name; None where none is."""
    again = _SAME_AGAIN.search(plain)
    if again is None:
        return None
    return max((at for at, card in enumerate(cards) if card.end <= again.start()), default=None)


def _first_of_two(plain: str, options: Sequence[ToldCard]) -> tuple[Device, ...]:
    """The card that is there where a second of it is all that is told."""
    if len(options) != 1 or _SECOND_OF_IT.search(plain[max(0, options[0].start - _NEAR) : options[0].start]) is None:
        return ()
    return (options[0].device,)


def _same_again(plain: str, owned: tuple[Device, ...]) -> Iterator[tuple[Device, ...]]:
    """The cards that are there with one more of the same, where that is thought of."""
    if owned and _SAME_AGAIN.search(plain):
        yield (*owned, owned[-1])
    elif len(owned) == 1 and _TWO_OF_IT.search(plain):
        yield (*owned, *owned)


def _distinct(options: Sequence[tuple[Device, ...]]) -> tuple[tuple[Device, ...], ...]:
    """The choices, each once: one that is named again without its size is the same."""
    kept = list(dict.fromkeys(options))
    told = {_names(option) for option in kept if not any(device.assumed for device in option)}
    sure = [each for each in kept if _names(each) not in told or not any(device.assumed for device in each)]
    return tuple({_names(each) if _names(each) not in told else each: each for each in sure}.values())


def _names(option: tuple[Device, ...]) -> tuple[str, ...]:
    return tuple(device.name for device in option)


def _are_two_machines(cards: Sequence[ToldCard]) -> bool:
    """Whether two cards are told that cannot be in one machine: one of them shares its computer's memory."""
    return len(cards) == 2 and cards[0].card.unified != cards[1].card.unified


def _are_apart(plain: str, cards: Sequence[ToldCard]) -> bool:
    """Whether two cards are those of two machines that are asked of one by one."""
    return _are_two_computers(cards) or (_are_two_machines(cards) and _WHICH_MACHINE.search(plain) is not None)


def _are_two_computers(cards: Sequence[ToldCard]) -> bool:
    """Whether two different chips are told that both share their computer's memory, neither of them given up."""
    names = {card.card.name for card in cards if card.card.unified and card.card.memory and card.relation == "owned"}
    return len(names) == len(cards) == 2


def _as_examples(plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
    """The cards, where several stand for a class of them as choices: "for owners of 24 GB cards - 3090, 4090"."""
    examples: set[int] = set()
    for at in range(1, len(cards)):
        first, second = cards[at - 1], cards[at]
        is_listed = _LISTED.fullmatch(plain, first.end, second.start) and first.card is not second.card
        leads = at - 1 in examples or _SUCH_AS.search(plain[max(0, first.start - 80) : first.start]) is not None
        if is_listed and leads:
            examples |= {at - 1, at}
    return [replace(card, relation="option") if at in examples else card for at, card in enumerate(cards)]


# "Weighing: a 5090, an R9700 or a Strix Halo box": all that stands behind it in the sentence is thought of.
_WEIGHING = late(
    r"(?:weighing(?: up)?|considering|my options(?: are)?|options are|choosing between|torn between|deciding between"
    r"|candidates(?: are)?|在纠结|纠结|备选(?:有|是)?|候选(?:有|是)?|考虑(?:过|的有)?)\s?[:：]?(?=[^\n.。?？]{3})"
)
_END = late(r"[\n。?？]|\.(?!\d)")
# Between a card that is gone and the one that came for it.
_SOLD = late(r"卖了|卖掉了|出掉了|出了(?=[,，。])|已经卖|(?<![a-z])(?:is|was|been|got|i|have) sold|sold it")


def _as_weighed(plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
    """The cards, where those that somebody says to be weighing are choices: two of them at least."""
    found = _WEIGHING.search(plain)
    if found is None:
        return list(cards)
    end = _END.search(plain, found.end())
    last = end.start() if end is not None else len(plain)
    weighed = {at for at, card in enumerate(cards) if found.end() <= card.start < last}
    if len(weighed) < 2:
        return list(cards)
    return [replace(card, relation="option") if at in weighed else card for at, card in enumerate(cards)]


def _swapped(plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
    """The cards, where the one that came for a sold one is there: "3070 sold, now a 7900 XTX", "卖了，换成7900XTX"."""
    swapped = list(cards)
    for at, (first, second) in enumerate(pairwise(cards), 1):
        if first.relation == "former" and second.relation == "option":
            is_gone = _SOLD.search(plain, first.end, second.start) is not None
            swapped[at] = replace(second, relation="owned") if is_gone else second
    return swapped


def _to_be_swapped(plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
    """The cards, where it is only asked if one should come for another: "worth upgrading from a 3060 to a 5060 ti"?"""
    swapped = list(cards)
    for at, (first, second) in enumerate(pairwise(cards)):
        is_asked = _ASKS_IF_WORTH.search(plain) is not None
        if is_asked and first.relation == "former" and _TO_ANOTHER.fullmatch(plain, first.end, second.start):
            swapped[at : at + 2] = [replace(first, relation="owned"), replace(second, relation="option")]
    return swapped


def _is_named_again(first: ToldCard, second: ToldCard) -> bool:
    """Whether two mentions are of the same cards, so that neither is a choice beside the other."""
    is_same_size = None in {first.said, second.said} or first.said == second.said
    return first.card is second.card and first.count == second.count > 1 and is_same_size


def _is_same(known: ToldCard, again: ToldCard) -> bool:
    """Whether a card is one that was told before: "a 2060 super ... the 2060 does nothing else" leaves a word out."""
    return known.card is again.card or (again.said is None and known.card.name.startswith(f"{again.card.name} "))


def _without_others_cards(plain: str, cards: Sequence[ToldCard]) -> list[ToldCard]:
    """The cards without those of another computer, or of instructions, where the one that is asked about has one."""
    others = {at for at, card in enumerate(cards) if at and _is_another_s(plain, cards[0], card)}
    has_own = any(at not in others and card.relation == "owned" for at, card in enumerate(cards))
    if not has_own:
        return list(cards)
    return [replace(card, relation="former") if at in others else card for at, card in enumerate(cards)]


def _is_another_s(plain: str, first: ToldCard, card: ToldCard) -> bool:
    """Whether a card is told of another computer than the one with the first card."""
    before = _COUNT_BEFORE.sub("", plain[max(0, card.start - 80) : card.start])
    is_other = (card.card, card.count) != (first.card, first.count)
    return bool(_ELSEWHERE.search(before) or (is_other and _IN_INSTRUCTIONS.search(before)))


def _led_by_choices(plain: str, cards: Sequence[ToldCard], chosen: int) -> Iterator[int]:
    """The places of the cards that stand in a row before the first of two to choose from: "A, B or C"."""
    for at in range(chosen - 1, -1, -1):
        if not _LISTED.fullmatch(plain, cards[at].end, cards[at + 1].start):
            return
        yield at


def _listed_choices(plain: str, cards: Sequence[ToldCard]) -> Iterator[int]:
    """The places of the cards that are told one behind the other, where it is asked then which of them to take."""
    first = 0
    for at in range(1, len(cards) + 1):
        if at < len(cards) and _LISTED.fullmatch(plain, cards[at - 1].end, cards[at].start):
            continue
        behind = plain[cards[at - 1].end : cards[at - 1].end + 2 * _NEAR]
        if at - first > 1 and _WHICH_OF_THEM.search(behind):
            yield from range(first, at)
        first = at


# "96 or 192gb", "32g还是64g内存": amounts of RAM to choose from; no card has such a size.
_RAM_CHOICE = late(
    r"(?<![\d.a-z])(?P<first>32|48|64|96|128|192|256)\s?(?:g(?:i?b)?)?\s?(?:of ram )?(?:内存)?\s?"
    r"(?:or|vs|versus|/|还是|或者?)\s?(?P<second>48|64|96|128|192|256|384|512)\s?g(?:i?b)?(?![a-z0-9])"
)


_RAM_STEP = late(  # "upgrade 64gb to 128gb ram"
    r"upgrad(?:e|ing) (?:from )?(?:my )?(?P<first>16|32|48|64|96|128)\s?(?:g(?:i?b)?)?\s?(?:of ram )?to "
    r"(?P<second>32|48|64|96|128|192|256)\s?g(?:i?b)?(?![a-z0-9])"
)


def _ram_options(plain: str) -> tuple[int, ...]:
    """Amounts of RAM that are put side by side, where RAM is spoken of or no card holds so much."""
    found = _RAM_CHOICE.search(plain) or _RAM_STEP.search(plain)
    if found is None or not _OF_RAM.search(plain):
        return ()
    return int(found["first"]) * GIB, int(found["second"]) * GIB


_OF_RAM = late(r"(?<![a-z])ram(?![a-z])|内存|ddr[45]")


def _totals(plain: str, found: Sequence[_Amount]) -> Iterator[_Amount]:
    """What there is of RAM in all, where an amount of it was told before: "32 gb more ram (64 in total)"."""
    for match in _IN_TOTAL.finditer(plain):
        if any(amount.role == "ram" and 0 <= match.start() - amount.end <= _NEAR for amount in found):
            yield _Amount(int(match["number"]) * GIB, match.start(), match.end(), "ram", match.group())


def _overlaps(amount: _Amount, others: Sequence[_Amount | ToldCard]) -> bool:
    return any(other.start < amount.end and amount.start < other.end for other in others)


def _is_printed(plain: str, amount: re.Match[str]) -> bool:
    """Whether a program wrote an amount, as "requires more system memory (9.3 GiB) than": nobody's machine has that."""
    around = plain[max(0, amount.start() - 1) : amount.end() + 1]
    return _PRINTED.fullmatch(around) is not None


def _is_no_size_of_it(plain: str, amount: re.Match[str]) -> bool:
    """Whether an amount is what is left of another one, what somebody asks of a machine, or what a model weighs."""
    before = plain[max(0, amount.start() - 16) : amount.start()]
    if _NEEDED_BEFORE.search(before) and _ASKED_BEHIND.match(plain, amount.end()):
        return True
    if _LEAVING.search(before) or _FREE_OF_A_CARD.match(plain, amount.end()):
        return True
    further = plain[max(0, amount.start() - 40) : amount.start()]
    if _LEFT_OF_IT.match(plain, amount.end()) and _VRAM_BEFORE.search(further):
        return True
    is_of_something_else = _AT_LEAST.search(before) or _OF_A_MODEL.search(before) or _TAKEN.search(further)
    return _OF_IT_USABLE.match(plain, amount.end()) is not None or is_of_something_else is not None


def _clause_end(between: str) -> str:
    """The last words before a card: "what if i add a second" of what was said since the one before."""
    return _CLAUSE.split(between)[-1][-_NEAR:]


def _counted_once(cards: Sequence[ToldCard]) -> list[ToldCard]:
    """The cards, where the last of several named alike counts them all: "3060 12g, 3060 12g, dual"."""
    if not cards:
        return []
    last = cards[-1]
    alike = sum(card.card is last.card for card in cards)
    return [*cards[:-1], replace(last, count=1)] if alike > 1 and last.count == alike else list(cards)


def _unbelievable(amounts: Iterable[_Amount]) -> tuple[str, ...]:
    return tuple(amount.text for amount in amounts if not _is_believable(amount))


def _has_own_memory(card: ToldCard) -> bool:
    return not card.card.unified or not card.card.memory


def _related(cards: Sequence[ToldCard], relation: Relation) -> list[ToldCard]:
    return [card for card in cards if card.relation == relation]


def _without_amounts_of(
    options: Sequence[ToldCard], owned: Sequence[ToldCard], amounts: Sequence[_Amount]
) -> list[_Amount]:
    """The amounts without those that only a card that is thought of can have: "a P40 for 24gb vram, I have a 2070"."""
    own = {size for card in owned for size in (*card.card.memory, *card.card.mods)}
    theirs = {size for card in options for size in card.card.memory} - own if own else set()
    return [amount for amount in amounts if amount.role != "vram" or amount.size not in theirs]


def _without_former(plain: str, cards: Sequence[ToldCard], amounts: Sequence[_Amount]) -> list[_Amount]:
    """The amounts without those of the machine that is gone: "I had an RTX 2060 6gb with 32gb ram", where the one that
    is there has its own.
    """
    former = _related(cards, "former")
    kept = [amount for amount in amounts if amount.role != "ram" or not _stands_with(plain, amount, former)]
    return kept if any(amount.role == "ram" for amount in kept) else list(amounts)


def _stands_with(plain: str, amount: _Amount, cards: Sequence[ToldCard]) -> bool:
    """Whether an amount is told right behind one of the cards, in the same sentence."""
    return any(
        0 < amount.start - card.end <= _NEAR and _CLAUSE.search(plain[card.end : amount.start]) is None
        for card in cards
    )


def _without_twice(plain: str, owned: Sequence[ToldCard], amounts: Sequence[_Amount]) -> list[_Amount]:
    """The amounts without what two of the one card would hold: "getting two of them for 24gb"."""
    if len(owned) != 1 or not _TWO_OF_IT.search(plain):
        return list(amounts)
    return [amount for amount in amounts if amount.role or amount.size != 2 * owned[0].device.memory]


def _memory(amounts: Sequence[_Amount], owned: Sequence[ToldCard], *, one_memory: bool) -> "_Memory":
    believed = [amount for amount in amounts if _is_believable(amount)]
    sizes = ((card.said,) if card.said else card.card.memory for card in owned if _has_own_memory(card))
    together = sum(card.device.memory * card.count for card in owned)
    of_cards = frozenset((*chain.from_iterable(sizes), *([together] if sum(card.count for card in owned) > 1 else ())))
    return _Memory(believed, has_card=any(map(_has_own_memory, owned)), one_memory=one_memory, of_cards=of_cards)


class _Memory:
    """The amounts by what they are of; what no word explains by elimination."""

    def __init__(
        self, amounts: Sequence[_Amount], *, has_card: bool, one_memory: bool, of_cards: frozenset[int]
    ) -> None:
        """`of_cards`: what the cards hold whose memory is not told beside their name."""
        self._amounts = amounts
        self._has_card = has_card
        self._one_memory = one_memory
        self._of_cards = of_cards

    def _with_role(self, *roles: Role) -> list[int]:
        return [amount.size for amount in self._amounts if amount.role in roles]

    @cached_property
    def _bare(self) -> list[int]:
        return self._with_role("")

    @property
    def ram(self) -> int | None:
        if told := self._with_role("ram", "unified"):
            return max(told)
        if self._has_card or self._one_memory or self._with_role("vram"):
            return next((size for size in self._bare if size not in self._of_cards), None)
        return self._bare[1] if len(self._bare) > 1 else None

    @property
    def vram(self) -> int | None:
        if told := self._with_role("vram"):
            return told[0] if len(set(told)) == 1 else told[-1]  # who corrects himself says it last
        if self._has_card or self._one_memory:
            return None
        return next((size for size in self._bare if size <= LARGEST_VRAM), None)

    @property
    def unified(self) -> int | None:
        """What a chip that shares its memory has: any amount told but that of a disk."""
        return max(self._with_role("unified", "ram", "vram", ""), default=None)

    def of_chip(self, card: Card) -> int | None:
        """The same for a chip that is known: an amount with which it is sold goes before any other."""
        told = [size for size in self._with_role("unified", "ram", "vram", "") if size in card.memory]
        return max(told, default=self.unified)


def _devices(owned: Sequence[ToldCard], memory: _Memory) -> tuple[Device, ...]:
    devices: list[Device] = []
    for card in owned:
        if card.card.unified:
            said = card.said or memory.of_chip(card.card)
            if all(device.card is not card.card for device in devices):  # its chip and its name are one machine
                device = card_device(card.card, said if card.card.memory else None)
                devices.append(replace(device, memory=device.memory * max(1, _joined(owned))))
            continue
        alone = len(owned) == 1 and card.said is None
        told = card if not alone or memory.vram is None else replace(card, said=_per_card(memory.vram, card, "vram"))
        devices += [told.device] * told.count
    return tuple(devices[:_MOST_CARDS])


# "iogpu.wired_limit_mb=43000": what macOS was told to let graphics use.
_GRANTED = late(r"iogpu\.wired_limit(?:_mb)?\s?[=: ]\s?(?P<megabytes>\d{4,6})(?!\d)")


def _granted(plain: str) -> int:
    found = _GRANTED.search(plain)
    return int(found["megabytes"]) * MIB if found is not None else 0


def _joined(owned: Sequence[ToldCard]) -> int:
    """How many computers of one kind, whose memory is that of their chip, are told; 0 for one, or with others."""
    card = owned[0] if len(owned) == 1 else None
    several = card is not None and card.card.kind == "unified" and 1 < card.count <= _MOST_JOINED
    return card.count if card is not None and several else 0


_MOST_JOINED = 8


def _nameless(plain: str, amounts: Sequence[_Amount]) -> tuple[Device, ...]:
    """Several cards of which only the memory is told: "两张8G显存的显卡", "8x 24gb vram"."""
    for amount in amounts:
        if 1 < amount.count <= _MOST_CARDS and _is_believable(amount):
            return (Device(amount.size // amount.count, ""),) * amount.count
        counted = _CARDS_OF_SIZE.search(plain[max(0, amount.start - 8) : amount.start])
        if counted and amount.role == "vram" and _is_believable(amount):
            number = int(counted["number"]) if counted["number"] else _COUNTS[counted["word"]]
            return (Device(amount.size, ""),) * number if 1 < number <= _MOST_CARDS else ()
    return ()


def _of_unknown_cards(plain: str, unknown: Sequence[re.Match[str]], size: int | None) -> tuple[Device, ...]:
    """Several of one card that is not known, by the memory that is told: "沐曦 C500 64G 两张"."""
    if size is None or len(unknown) != 1:
        return ()
    count = _count(plain, unknown[0].start(), unknown[0].end())
    each = size // count if _IN_ALL.search(plain) else size
    return (Device(each, ""),) * count if count > 1 else ()


_IN_ALL = late(r"共|总|合计|\btotal\b|\btogether\b|\bin all\b")
_CARDS_OF_SIZE = late(
    r"(?:(?<![a-z0-9_.])(?P<number>\d{1,2})\s?[张块片]|(?P<word>两|俩|二|三|四|八|双)\s?[张块片卡])\s?$"
)


def _per_card(size: int, card: ToldCard, role: Role) -> int:
    """The memory of one card: of several the sum may have been told. "2x 3090, 48 GB of VRAM" is such a sum, though a
    single one may be rebuilt to that; "2x 2080 ti 22g" is none.
    """
    if card.count < 2 or size in card.card.memory:
        return size
    is_sum = role == "vram" and size % card.count == 0 and size // card.count in card.card.memory
    return size if size in card.card.mods and not is_sum else size // card.count


def _sized(plain: str, cards: Sequence[ToldCard], amounts: list[_Amount]) -> tuple[list[ToldCard], list[_Amount]]:
    """Cards with the memory that stands right behind their name, and the amounts that are left."""
    sized: list[ToldCard] = []
    left = list(amounts)
    for card in cards:
        own = next((amount for amount in left if _belongs(plain, card, amount, _others_may_be_ram(left, amount))), None)
        if own is not None:
            left.remove(own)
            card = replace(card, said=_per_card(own.size, card, own.role))
        sized.append(card if card.said else replace(card, said=_bare_size(plain, card)))
    return sized, left


def _bare_size(plain: str, card: ToldCard) -> int | None:
    """The memory of a chip that shares it, where it stands behind as a bare number: "m1 macbook pro 16"."""
    found = _BARE_BEHIND.match(plain, card.end) if card.card.unified else None
    size = int(found["number"]) * GIB if found else 0
    return size if size in card.card.memory else None


def _others_may_be_ram(amounts: Sequence[_Amount], amount: _Amount) -> bool:
    return any(other is not amount and other.role in {"ram", ""} for other in amounts)


def _belongs(plain: str, card: ToldCard, amount: _Amount, ram_is_told: bool) -> bool:
    """Whether an amount beside a card is its memory. `ram_is_told`: another amount may be the RAM."""
    if amount.role == "ram" or not _is_believable(amount) or not card.card.memory:
        return False
    is_right_behind = 0 <= amount.start - card.end <= 12 and _SMALL_GAP.match(plain[card.end : amount.start])
    if is_right_behind:
        return _may_be_behind(card.card, amount, ram_is_told)
    if amount.count > 1 and amount.count == card.count:  # "10x 48g vram (modded 4090s)"
        is_near = 0 <= card.start - amount.end <= _RIGHT_BEFORE
        return is_near and _is_size_of(card.card, amount.size // amount.count)
    return amount.role == "" and _is_right_before(plain, amount, card) and _is_size_of(card.card, amount.size)


def _is_right_before(plain: str, amount: _Amount, card: ToldCard) -> bool:
    return 0 <= card.start - amount.end <= 2 and not plain[amount.end : card.start].strip(" 的")


def _may_be_behind(card: Card, amount: _Amount, ram_is_told: bool) -> bool:
    """Whether an amount right behind a card may be its memory."""
    if amount.role == "other":  # "5060ti 8g版", "3060 12gb model", but not "4090 24GB file"
        return amount.size in card.memory
    # without a word more than the card was ever sold with tells the RAM: "4070 ti 64gb", "3060 16g"
    most = (2 if ram_is_told else 1) * max(card.memory)
    return amount.role == "vram" or _is_size_of(card, amount.size) or amount.size <= most


def _is_size_of(card: Card, size: int) -> bool:
    return size in card.memory or size in card.mods


def _is_believable(amount: _Amount) -> bool:
    largest = LARGEST_VRAM * amount.count if amount.role == "vram" else LARGEST_RAM
    return 64 * MIB <= amount.size <= largest


def _count(plain: str, start: int, end: int) -> int:
    """How many of the card that is named from `start` to `end` are told."""
    front = plain[max(0, start - 28) : start]
    if _SECOND_OF_ALL.search(plain[max(0, start - 40) : start]):
        return 2
    before = _COUNT_BEFORE.search(front) or _COUNT_BEFORE_SIZE.search(front)
    found = before or _COUNT_AFTER.match(plain[end : end + 24])
    if found is None:
        return 1
    told = next(filter(None, map(found.groupdict().get, _COUNT_GROUPS)))
    number = int(told) if told.isdecimal() else _COUNTS[told]
    return number if 1 <= number <= _MOST_CARDS else 1


_COUNT_GROUPS = ("number", "bare", "figure", "word", "cards", "dual")  # of the patterns of a count


def _ends(plain: str, start: int) -> Iterator[int]:
    """Where a name that begins at `start` may end: after each of the next few words."""
    if not plain[start].isascii():
        yield from range(start + 2, min(len(plain), start + _LONGEST_HAN_NAME) + 1)
        return
    at = start
    for _ in range(_LONGEST_NAME):
        word = _WORD.match(plain, at)
        if word is None:
            return
        at = word.end()
        yield at
