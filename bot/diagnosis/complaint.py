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
