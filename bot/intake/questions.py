"""Whether a text asks: by a question mark, or by how a sentence begins or ends. "How I did it" asks nothing."""

from bot.base.late import late

_SENTENCES = late(r"[!\n。！;；]|\.(?=\s|$)|(?<=[?？])")
_CLAUSES = late(r"[\s,，、.。!！;；:：\n]+|(?<=[?？])")
_OPENERS = (
    r"(?:so|and|but|ok|okay|hey|hi|hello|also|btw|oh|well|guys|folks|everyone|all|sorry|please|quick question|question"
    r"|noob question|dumb question|stupid question|newbie here|noob here)"
)
_ENGLISH = late(
    rf"^\W*(?:{_OPENERS}[\s,:.-]+){{0,3}}(?:"
    r"how (?:do|can|to|should|would|does|is|are|come|much|many|long|big|large|fast|good|bad|hard|well|about|far)\b"
    r"|what(?:'s|s| is| are| do| does| did| should| would| can| could| am| was|'re| if| about| kind| size| model| gpu"
    r"| card| quant| settings?| context| else)\b|which\b|why(?! not\b)\b"
    r"|what (?:[a-z0-9/.-]+ ){1,6}(?:should|do|would|can|does)"
    r" (?:i|you|we|one|people|everyone|y'all|my|the|a|an)\b|(?:at|from|in|on|for|with|by) (?:what|which|whom)\b"
    r"|where(?:'s| is| are| do| does| did| can| should)\b"
    r"|who (?:can|knows|has|is|are|should|needs|else (?:has|gets))\b|rule of thumb (?:for|to)\b"
    r"|when (?:will|should|does|is)\b"
    r"|(?:is|are|was|were|am|does|did|do|can|could|should|would|will|has|have|isn't|aren't|doesn't|don't|can't|won't)"
    r" (?:i|you|it|this|that|there|these|those|they|he|she|we|my|the|a|an|any|anyone|anybody|someone|somebody|one|\d\w*"
    r"|[a-z0-9._+-]+ (?:work|run|fit|support|enough|worth|better|any)"
    r"|(?=[^\n]{0,40}\d)(?:[a-z0-9._+-]+ ){1,4}(?:good|faster|slower|worse|still|really|actually|safe|possible|ok"
    r"|better|enough|worth|supported|required|needed|free|compatible|different|the same|dead|normal|okay|fine"
    r"|too (?:high|low|much|little|slow|old|small|big|weak|long|short|many|few)))\b"
    r"|(?:does|did) (?!not\b)(?:[a-z0-9._/+'-]+ ){1,6}(?:help|hurt|harm|matter|need|use|make|take|cost|slow|affect|have"
    r"|count|mean|change|require|load|allow|beat|improve|handle|reduce|increase|lower|save|give|exist)\b"
    r"|any(?:one|body)? (?:know|knows|else|idea|ideas|tip|tips|advice|way|chance|help|got|have|has|had|good|models?"
    r"|fix)\b"
    r"|best \w+ (?:for|to)\b|better to\b|possible to\b|worth (?:it|buying|getting|trying)\b)"
)
# Behind a comma: "8gb of ram and no gpu, is there anything i can run".
_ENGLISH_BEHIND = late(
    r",\s*(?:and |so |but )?(?:(?:is|are) there (?:any|some)(?:thing|one|where)?\b|should i\b|can (?:i|it|they)\b"
    r"|what (?:can|should|do|would|could) (?:i|we)\b|how (?:much|many) \w+ (?:do|can|should|would|will) i\b"
    r"|why (?:is|does|do|are) (?:it|this|that|they|my|the)\b|where (?:do|can|should) i\b|what now\s*$"
    r"|is (?:it|that|this) (?:normal|right|ok|okay|enough|possible|worth|too|any good)\b"
    r"|(?:what|which) (?:model|models|llm|card|gpu|quant)\b|what(?:'s|s| is) the (?:reason|point|use|trick)\b)"
)
_MOST_ASKED_AT_ONCE = 2
_CHINESE_END = late(
    r"(?:吗|么|呢|嘛|(?<![都也还])没有|行不行|好不|行不|可不|能不|对不|是不|多少|(?<!没)(?<!没有)(?:什么|啥)|哪个|哪里|几个|几层|几位|几种|几张|多大|多快|怎样|咋样"
    r"|如何|[?？])$"
)
_CHINESE_IN = late(
    r"怎么(?!都|也|着)|怎样|会不会|是否|需不需要|用不用|值不值|咋(?:整|办|弄|回事|解决|样|搞)?|哪(?:个|里|些|种|款|张|位|儿)|[在去从上到]哪(?!怕)|有没有|能不能|是不是|可不可以"
    r"|要不要|该不该|为什么|为啥|如何|求(?:助|教|解|推荐|问|个|大佬|帮|指)|请问|请教|想问|问一?下|多少|几(?:层|个|b|g)"
    r"|(?:要|得|用|占|吃|到|选|下|开|买|跑|写|设|填|留|给|调|放)多(?:大|高|长|快|久)|多(?:大|高|长|快|久)(?:合适|比较好|才够|为好)|干(?:嘛|啥)(?:用|的)"
    r"|(?:是|到底)[^\n,，。]{1,20}还是(?!不|没|一样|会|要|很|报|有|那|这)[^\n,，。]{1,16}"
    r"|(?<!没)(?<!没有)什么(?!时候.{0,12}(?:支持|出)|都|的)|(?<!没)(?<!没有)啥(?!都)|(?:值得|能|可以|够|行|需要|适合)[^吗么]{0,6}[吗么](?=[\u3400-\u9fff])"
)

# As "不管用什么模型", "怎么填都连不上": what is so in every case is not asked.
_WHATEVER = late(
    r"(?:不管|无论|不论)[^\n,，。]{0,8}?(?:什么|啥|哪(?:个|种|款|张)?|怎么|多少|多大|谁)"
    r"|怎么[^\n,，。怎]{1,5}都(?=[不没连报是无出失])"
)
_CHOICE = late(
    r"\b(?:or|vs|versus)\b|还是[^\n,，。]{0,6}[a-z0-9]|(?<![a-z])pk(?![a-z])"
    r"|worth (?:switching|changing|moving|upgrading)|compared (?:to|with)\b|值得换|值不值得换"
)


def is_choice(folded: str) -> bool:
    """Whether things are put side by side to choose from: "A or B", "A还是B"."""
    return _CHOICE.search(folded) is not None


def is_asked(folded: str) -> bool:
    """Whether anything is asked in the folded text."""
    if any(_ENGLISH.match(sentence) for sentence in _SENTENCES.split(folded) if sentence.strip()):
        return True
    if _ENGLISH_BEHIND.search(folded):
        return True
    clauses = [clause for clause in _CLAUSES.split(folded) if clause]
    return any(clause.endswith(("?", "？")) or _asks_in_chinese(clause) for clause in clauses)


def only_asks(folded: str) -> bool:
    """Whether all that is said is one question, or two."""
    sentences = [sentence for sentence in _SENTENCES.split(folded) if sentence.strip()]
    return 0 < len(sentences) <= _MOST_ASKED_AT_ONCE and all(map(is_asked, sentences))


def asked_in(folded: str) -> str:
    """The sentences of a text that ask, one a line."""
    return "\n".join(sentence.strip() for sentence in _SENTENCES.split(folded) if is_asked(sentence))


def ends_asking(folded: str) -> bool:
    """Whether the last thing said is a question: somebody waits for an answer."""
    last = [clause for clause in _CLAUSES.split(folded.rstrip()) if clause][-2:]
    return bool(last) and (last[-1].endswith(("?", "？")) or any(map(_asks_in_chinese, last)))


def _asks_in_chinese(clause: str) -> bool:
    if clause.isascii():
        return False
    clause = _WHATEVER.sub("", clause)
    return _CHINESE_END.search(clause) is not None or _CHINESE_IN.search(clause) is not None
