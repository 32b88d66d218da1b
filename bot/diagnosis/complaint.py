"""Whether somebody complains of what they name, or only asks about it, denies it, or has solved it.

Symptoms are told in words. "It repeats itself, why?" is a complaint; "will it repeat itself?", "it no longer repeats
itself" and a program's own output are none.
"""

import re

_BREAK = re.compile(
    r"[.!?;\n。！？；…~](?:\s|$)|[。！？；\n]|(?<![!?])[!?]+$"
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
    r"|\b(?:solved|fixed) (?:it|now|that|the|my)\b|\bworks? (?:now|again)\b"
    r"|\bworks? (?:fine|well|great|perfectly) (?:now|again|since|after)\b"
    r"|\bnow (?:it |everything |all )?works? (?:fine|well|great)\b"
    r"|^\W*(?:solved|fixed|resolved)\b",
    re.IGNORECASE,
)
_GONE = re.compile(r"\bno longer\b(?! (?:support|work|avail|valid|exist|accept|load|start))", re.IGNORECASE)
_UNMENDED = re.compile(r"(?:\b(?:nothing|none|not|never|\w{1,9}n'?t)\b(?:\W+\w+){0,3}\W?|没有?|不|未)$", re.IGNORECASE)
_RELAPSED = re.compile(
    r"\b(?:but|still|however|yet|though|except|until|new (?:error|problem))\b"
    r"|但|还是|还有|仍|又|可是|不过|然而|结果|接着|现在(?:报|提示|出)",
    re.IGNORECASE,
)
_WISH_OR_NEWS = re.compile(
    r"^\W*(?:feature(?: request)?|enhancement|proposal|rfc|suggestion|docs?|documentation|changelog|release notes"
    r"|what'?s (?:changed|new)|功能请求|功能建议|建议|更新日志|更新内容|文档)\W{0,3}[:：]"
    r"|^\s*[-*•+]\s+(?:\[[\w/ -]+\]\s*)*(?:new:? )?(?:fix(?:e[sd])?|add(?:s|ed)?|improve[sd]?|raises?d?"
    r"|explain(?:s|ed)?|support(?:s|ed)?|handle[sd]?|merge[sd]?|better|clearer|修复|新增|优化|改进)\b"
    r"|\bby @[\w-]+ in (?:#|https?:)"
    r"|^\s*\|(?:[^|\n]+\|){3,}\s*$",  # a row of a table
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"(?:如果|若是?|假如|要是)[^，。,]{0,4}(?:提示|出现|报|显示|看到|遇到)[^。！？!?]{2,60}[，,]\s{0,4}(?:请|就?先|则|说明|那就)"
    r"|\bif (?:you|it) (?:see|sees?|get|gets|says?|shows?|prints?)\b[^.!?]{2,80}, (?:please |then |just )?"
    r"(?:install|update|lower|reduce|check|run|use|set|try|make sure)\b",
    re.IGNORECASE,
)
# Somebody talks about a message instead of having it: they ask what it means, quote documentation, translate it,
# plan for it, or say that it is over.
_ABOUT = re.compile(
    r"什么区别|有区别吗|是一回事|一样吗|写(?:教程|文档|脚本|笔记)|翻译|会不会|是否会|以前|之前那个|上次那个|更新日志"
    r"|\b(?:docs?|documentation|wiki|readme|faq|guide|tutorial|release notes?|changelog|article) "
    r"(?:says?|said|of|for|mentions?)\b"
    r"|\brelease notes\b|\bchangelog\b|\btranslate\b|\bnot my (?:error|log|problem)\b"
    r"|\b(?:haven'?t|have not|never|didn'?t) (?:had|have|seen|get|got|hit)\b|\bno errors? (?:yet|so far)\b"
    r"|\bjust (?:planning|tuning|curious|asking|wondering)\b|\bdifference between\b",
    re.IGNORECASE,
)
_GENERAL_QUESTION = re.compile(
    r"\b(?:does|do|will|would|can|could|should|how do i|how to)\b[^.!?…]{0,150}…[^.!?]{0,150}\?", re.IGNORECASE
)
_HAS_IT = re.compile(
    r"\b(?:i|it|and|now|still|always|then|me|we) (?:\w+ ){0,2}?"
    r"(?:get|gets|got|getting|gives?|gave|says?|said|shows?|throws?|prints?|crash\w*|fails?|failed|see|have)\b"
    r"|\bgetting\b|报错|报了|提示|出现|显示|弹|崩|闪退|求助|咋|怎么(?:办|解决|回事)|为什么|\b(?:fix|solve|help)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"^\s*(?:raise \w|except [\w.(]|throw new |catch ?\(|assert |if .*:\s*$|log(?:ger|ging)?\.)")
_PRINTS = re.compile(  # and the message begins
    r"^\s*(?:print\w*|console\.\w+|warnings\.warn)\(|(?:^|[\s;{&|])(?:echo|Write-(?:Host|Error)) [\"'][^\"']{0,300}$"
    r"|\b(?:throw new \w+|f?printf|pytest\.raises)\([^)]{0,300}$|\bstd::c(?:err|out) <<"
)
_FRAME = re.compile(r'^\s*(?:File "|at |[│|>❱]|\d+ )')

_LOG_LIKE = re.compile(
    r"^\s*(?:File \"|at \S+\(|\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|[\w.]+(?:Error|Exception|Warning)\b"
    r"|[a-z_]+: [a-z_]+\s*=|[\w-]+=\S+ [\w-]+=)"
    r"|\b0x[0-9a-f]{4,}\b|[{}\[\]|=_]{3,}|(?:/[^\s/]*+){4}"
    r"|\bms per token\b|\d ?T/s\)|^\s*Output: "
)


def is_prose(text: str) -> bool:
    """Whether a cleaned line is somebody's sentence, not a program's output."""
    return _LOG_LIKE.search(text) is None


def is_complaint(text: str, start: int, end: int) -> bool:
    """Whether the sentence around `text[start:end]` complains of it."""
    first = max((found.end() for found in _BREAK.finditer(text, 0, start)), default=0)
    following = _BREAK.search(text, end)
    sentence = text[first : following.end() if following else len(text)]
    if _DENIED_BEFORE.search(text[first:start]) or _WISH_OR_NEWS.search(text):
        return False
    return not _ONLY_ASKED.search(sentence) or _SUFFERS.search(text) is not None


def is_wish_or_news(text: str) -> bool:
    """Whether a text asks for a feature, or reports what a version or a change brings."""
    return _WISH_OR_NEWS.search(text) is not None


def is_solved(text: str) -> bool:
    """Whether a text says that all is well again."""
    return _GONE.search(text) is not None or _is_mended(text)


def _is_mended(text: str) -> bool:
    """Whether a text says that something was repaired, and of no trouble after that."""
    found = _SOLVED.search(text)
    if found is None or _UNMENDED.search(text[: found.start()]):
        return False
    return _RELAPSED.search(text, found.end()) is None


def _is_advice(text: str) -> bool:
    """Whether a text tells what to do in case of a message, and of nobody who has it."""
    return _ADVICE.search(text) is not None and not (_RELAPSED.search(text) or _SUFFERS.search(text))


def is_mention(text: str, start: int, end: int) -> bool:
    """Whether a sentence only speaks of the message in `text[start:end]`."""
    if not is_prose(text):
        return False
    if _WISH_OR_NEWS.search(text) or _is_mended(text) or _is_advice(text):
        return True
    if len(text) - (end - start) < 12:
        return False
    outside = text[:start] + " … " + text[end:]
    speaks = _ABOUT.search(outside) is not None or _GENERAL_QUESTION.search(outside) is not None
    return speaks and _HAS_IT.search(outside) is None


def is_source(text: str, end: int, before: str) -> bool:
    """Whether a line is source code that could print the message which ends at `end`, not the message itself (frames
    of a traceback show source code too).
    """
    if _FRAME.match(before):
        return False
    return _SOURCE.match(text) is not None or _PRINTS.search(text[:end]) is not None
