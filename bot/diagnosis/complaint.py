"""Whether somebody complains of what they name, or only asks about it, denies it, or has solved it.

Symptoms are told in words. "It repeats itself, why?" is a complaint; "will it repeat itself?", "it no longer repeats
itself" and a program's own output are none.
"""

import re

_BREAK = re.compile(
    r"[.!?;\n。！？；…~](?:\s|$)|[。！？；\n]|[!?]+$"
    "|(?<=[\u3400-\u9fff])[!?;,~](?=[\u3400-\u9fff])"  # folded punctuation between Chinese characters
)
_DENIED_BEFORE = re.compile(
    r"(?:不|没|没有|不会|不再|不是|不太|别|避免|防止|免得|以免|不用担心|再也不|未)\s?$"
    r"|\b(?:not|no|never|no longer|\w+n'?t|without|avoid(?:s|ing)?|prevent(?:s|ing)?|stop(?:s|ped)?)"
    r"(?:\s+\w+){0,2}\s*$",
    re.IGNORECASE,
)
_ONLY_ASKED = re.compile(
    r"会不会|是否会|会[^,。]{0,12}[吗么嘛]|什么是|是什么意思|有没有可能|如果[^,。]{0,10}会|万一"
    r"|\b(?:will|would|does|do|can|could|might|is|are) (?:it|this|that|they|the \w+)\b[^.!?]{0,60}\?"
    r"|\bwhat (?:is|does|are)\b|\bhow (?:slow|fast|much|many|big|long|often)\b|\bif (?:it|i|the)\b",
    re.IGNORECASE,
)
_SUFFERS = re.compile(
    r"为什么|为啥|怎么(?:办|回事|解决|弄|搞|修|会|老|总|又|一直|突然)|咋|求助|求救|求解|救命|帮忙|求大佬|大佬"
    r"|一直|总是|老是|每次|突然|坏了|不行|有问题|出问题|报错|卡"
    r"|\b(?:why|help|how (?:can|do|to) (?:i |you |we )?(?:fix|solve|stop)|keeps?|always|every time|suddenly"
    r"|problem|issue|wrong|broken|anyone)\b",
    re.IGNORECASE,
)
_SOLVED = re.compile(
    r"已经?解决|解决了[,。!]|修好了|搞定了|没问题了|好了[,。!]?谢谢"
    r"|\b(?:solved|fixed) (?:it|now|that)\b|\bworks? (?:fine|now|again|well)\b|\bno longer\b",
    re.IGNORECASE,
)
# Somebody talks about a message instead of having it: they ask what it means, quote documentation, translate it,
# plan for it, or say that it is over.
_ABOUT = re.compile(
    r"什么区别|有区别吗|是一回事|一样吗|写(?:教程|文档|脚本|笔记)|翻译|会不会|是否会|以前|之前那个|上次那个|已经?解决|更新日志"
    r"|\b(?:docs?|documentation|wiki|readme|faq|guide|tutorial|release notes?|changelog|article) "
    r"(?:says?|said|of|for|mentions?)\b"
    r"|\brelease notes\b|\bchangelog\b|\btranslate\b|\bnot my (?:error|log|problem)\b"
    r"|\b(?:haven'?t|have not|never|didn'?t) (?:had|have|seen|get|got|hit)\b|\bno errors? (?:yet|so far)\b"
    r"|\bjust (?:planning|tuning|curious|asking|wondering)\b|\bdifference between\b|\bsolved\b"
    r"|\bworks? (?:now|again)\b",
    re.IGNORECASE,
)
_GENERAL_QUESTION = re.compile(
    r"\b(?:does|do|will|would|can|could|should|how do i|how to)\b[^.!?]*…[^.!?]*\?", re.IGNORECASE
)
_HAS_IT = re.compile(
    r"\b(?:i|it|and|now|still|always|then|me|we) (?:\w+ ){0,2}?"
    r"(?:get|gets|got|getting|gives?|gave|says?|said|shows?|throws?|prints?|crash\w*|fails?|failed|see|have)\b"
    r"|\bgetting\b|报错|报了|提示|出现|显示|弹|崩|闪退|求助|咋|怎么(?:办|解决|回事)|为什么|\b(?:fix|solve|help)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"^\s*(?:raise \w|except [\w.(]|throw new |catch ?\(|assert |if .*:\s*$|log(?:ger|ging)?\.)")
_FRAME = re.compile(r'^\s*(?:File "|at |[│|>❱]|\d+ )')

_LOG_LIKE = re.compile(
    r"^\s*(?:File \"|at \S+\(|\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|[\w.]+(?:Error|Exception|Warning)\b"
    r"|[a-z_]+: [a-z_]+\s*=|[\w-]+=\S+ [\w-]+=)"
    r"|\b0x[0-9a-f]{4,}\b|[{}\[\]|=_]{3,}|(?:\S*/){4,}"
)


def is_prose(text: str) -> bool:
    """Whether a cleaned line is somebody's sentence, not a program's output."""
    return _LOG_LIKE.search(text) is None


def is_complaint(text: str, start: int, end: int) -> bool:
    """Whether the sentence around `text[start:end]` complains of it."""
    first = max((found.end() for found in _BREAK.finditer(text, 0, start)), default=0)
    following = _BREAK.search(text, end)
    sentence = text[first : following.end() if following else len(text)]
    if _DENIED_BEFORE.search(text[first:start]):
        return False
    return not _ONLY_ASKED.search(sentence) or _SUFFERS.search(text) is not None


def is_solved(text: str) -> bool:
    """Whether a text says that all is well again."""
    return _SOLVED.search(text) is not None


def is_mention(text: str, start: int, end: int) -> bool:
    """Whether a sentence only speaks of the message in `text[start:end]`."""
    if not is_prose(text) or len(text) - (end - start) < 12:
        return False
    outside = text[:start] + " … " + text[end:]
    speaks = _ABOUT.search(outside) is not None or _GENERAL_QUESTION.search(outside) is not None
    return speaks and _HAS_IT.search(outside) is None


def is_source(text: str, before: str) -> bool:
    """Whether a line is source code that could print a message, not the message (frames of a traceback are one)."""
    return _SOURCE.match(text) is not None and _FRAME.match(before) is None
