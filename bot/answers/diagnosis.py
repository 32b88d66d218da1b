"""A diagnosis in words: the cause, the line that proves it, what to do now; or an honest "not recognised"."""

from collections.abc import Iterator, Mapping, Sequence

from bot.answers.blocks import Answer, Block, Evidence, Links, Paragraph, Step, Steps, Table, Tone
from bot.answers.cures import NO_VARIABLES, cure_steps, way_back
from bot.answers.facts import fact_values, facts_block
from bot.answers.filling import filled_text
from bot.answers.headings import CAUSE, CHECK, CONFIDENCE, EVIDENCE_STEPS, QUESTIONS
from bot.answers.links import page_title
from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.diagnosis.calibration import LEAST_HEARD
from bot.diagnosis.finding import Diagnosis, Finding, Suspect
from bot.intake.facts import Facts
from bot.intake.lines import Line
from bot.knowledge.architectures import key_of
from bot.knowledge.failures import Failure, FixStep, Spell
from bot.knowledge.known_faults import KnownFault
from bot.knowledge.placeholders import VARIABLE
from bot.knowledge.variables import Variables

TONES: dict[str, Tone] = {"blocking": "bad", "degraded": "careful", "warning": "careful"}

_LEAST_BESIDE, _MOST_BESIDE = 0.04, 2  # how likely what is named beside it has to be, and how many are

NO_ARCHITECTURES: Mapping[str, Sequence[Spell]] = {}
NO_NAMES: Mapping[str, Text] = {}
UNDERSTOOD = Text("What I understood", "我读到的信息")
ALTERNATIVES = Text("It could also be", "也可能是")
SOURCES = Text("Sources", "参考")

SECRET_WARNING = Text(
    "Your text held a key, token or password. I masked it, but others may have seen it: please replace it now.",
    "你贴的内容里有密钥、令牌或密码。我已经打码，但别人可能看到了：请现在就去换一个新的。",
)
SHORTENED = Text(
    "The log is very long: I read its beginning, its end and what stands around errors.",
    "日志太长了，我读了开头、结尾和报错附近的内容。",
)
UNKNOWN_TITLE = Text("I do not recognise this one", "这个问题我还认不出来")
UNKNOWN_CAUSE = Text(
    "I read {lines} and found nothing that I know well enough to name. Better to say so than to guess.",
    "我读了 {lines}，没有发现我有把握的问题。与其乱猜，不如直说。",
)
LOOK_TITLE = Text("Not sure yet: look at these first", "还不能确定，先看看这几种可能")
LOOK_CAUSE = Text(
    "I read {lines}. No message in it is one that I know for certain, but it resembles these. Compare before you act.",
    "我读了 {lines}，没有一句是我能认准的，但和下面几种情况很像。先对照，再动手。",
)
GO_BACK = Text("First: back to what worked", "先退回能用的版本")
LOOK = Text("Look at these", "先看这几种")
LOOK_AT = Text("{title}. First: {check}", "{title}。先试：{check}")
LOOK_AT_LINE = Text(
    "{title}. It is this one when the log says something like “{line}”. First: {check}",
    "{title}。日志里有类似“{line}”的话，就是它。先试：{check}",
)
LOOK_AT_CAUSE = Text("{title}. {cause} First: {check}", "{title}。{cause}先试：{check}")
ELSE_LOOK = Text("If that is not it, look at these", "如果不像，再看这几种")
IF_NONE = Text("If it is none of them", "如果都不是")
SEARCH = Text("Search for this error", "搜索这条报错")
UNKNOWN_STEPS = (
    Text(
        "Send more of the log: from the start of the program to the error, not only the last line.",
        "把日志发全：从程序启动一直到报错，不要只发最后一行。",
    ),
    Text(
        "Start the program from a terminal in its own folder, so that the window stays open and shows the error.",
        "在程序所在的文件夹里打开终端，从终端启动它，这样窗口不会关掉，报错也看得见。",
    ),
    Text(
        "Copy text rather than taking a picture; if it must be a picture, show the whole window.",
        "尽量复制文字而不是截图；一定要截图的话，请截全整个窗口。",
    ),
    Text(
        "Say in a sentence what you did and what you expected.",
        "用一句话说说你做了什么、希望看到什么。",
    ),
)


def diagnosis_answer(
    diagnosis: Diagnosis,
    facts: Facts,
    *,
    has_secrets: bool = False,
    omitted: int = 0,
    advice: Sequence[Block] = (),
    fitting: Mapping[str, str] | None = None,
    variables: Variables = NO_VARIABLES,
    search: Sequence[str] = (),
    back: Sequence[FixStep] = (),
    update: Sequence[FixStep] = (),
    fault: KnownFault | None = None,
    architectures: Mapping[str, Sequence[Spell]] = NO_ARCHITECTURES,
    usual: Mapping[str, str] | None = None,
    telling: Line | None = None,
    renamed: Mapping[str, Text] = NO_NAMES,
) -> Answer:
    """The answer to a log. `advice` is what the memory estimator adds, `fitting` its values for texts and commands
    (see bot.answers.facts.FITTING); `omitted` characters were not read; `variables` says what may get into commands;
    `search`: addresses that look for what was not recognised; `back` and `update`: how to go back to an older
    version and how to bring a newer one; `fault`: what the reader's version is known to do wrong; `architectures`:
    since when programs know them; `usual`: values of this loader where the log tells no other; `telling`: the line
    that tells most where nothing was recognised; `renamed`: by entry, what became of the options that were refused.
    """
    notes = tuple(_notes(has_secrets=has_secrets, shortened=diagnosis.truncated or omitted > 0))
    if not diagnosis.findings:
        step = way_back(facts, back, variables=variables)
        return _unknown(diagnosis, facts, (*notes, *_told_back(step)), search, variables, telling)
    best, *others = diagnosis.findings
    values = dict(usual or {}) | fact_values(facts) | dict(best.captured) | dict(fitting or {})
    read = "\n".join(line.text for line in diagnosis.lines)
    now = renamed.get(best.entry.id)
    arrived = key_of(best.entry.arrives, values.get(best.entry.arrives, ""))
    spells = architectures.get(arrived, ()) if now is None else ()
    steps = cure_steps(best.entry, facts, values, variables, back, read, spells, fault, update)
    blocks: list[Block] = [
        *notes,
        Paragraph(filled_text(_cause(best), values), CAUSE),
        evidence_block(best, diagnosis.lines),
        Steps(EVIDENCE_STEPS, (*([Step(now)] if now else []), *steps)),
        *_besides(best, diagnosis.suspects, facts, variables),
        *_check(best.entry, values),
        *advice,
        *_questions(best.entry),
        Paragraph(f"{best.score:.0%}", CONFIDENCE),
    ]
    return Answer(
        filled_text(best.entry.title, values),
        TONES[best.entry.severity],
        tuple(blocks),
        tuple(_details(best, others, facts)),
    )


def _cause(finding: Finding) -> Text:
    """The cause, after what just this message means where the knowledge says that."""
    signature, cause = finding.evidence.signature, finding.entry.cause
    said = signature.said if signature else None
    return cause if said is None else joined((said, cause), BETWEEN_SENTENCES)


def evidence_block(finding: Finding, lines: Sequence[Line], around: int = 1) -> Evidence:
    """The deciding line with its neighbours."""
    at = _place(finding, lines)
    if at is None:
        text = finding.evidence.text
        focus = _focus(finding, text)
        return Evidence((_cut_around(text, focus),), finding.evidence.line, finding.evidence.line, focus)
    first = at
    while first > 0 and at - first < around and lines[first - 1].number == lines[first].number - 1:
        first -= 1
    last = at
    while last + 1 < len(lines) and last - at < around and lines[last + 1].number == lines[last].number + 1:
        last += 1
    shown = lines[first : last + 1]
    focus = _focus(finding, lines[at].text)
    cut = tuple(_cut_around(line.text, focus) if line is lines[at] else _cut(line.text) for line in shown)
    return Evidence(cut, shown[0].number, finding.evidence.line, focus)


def _place(finding: Finding, lines: Sequence[Line]) -> int | None:
    """Where the deciding line stands; a line of megabytes is several pieces of one number."""
    same = [index for index, line in enumerate(lines) if line.number == finding.evidence.line]
    return next((index for index in same if lines[index].text == finding.evidence.text), same[0] if same else None)


def _focus(finding: Finding, line: str) -> str:
    """The piece of the line that the signature has word for word and that says most: in words, not in identifiers."""
    signature = finding.evidence.signature
    if signature is None:
        return ""
    literals = VARIABLE.sub("\0", signature.text).split("\0")
    pieces = sorted((literal.strip() for literal in literals), key=_words_in, reverse=True)
    plain = line.lower()
    found = ((plain.find(piece.lower()), len(piece)) for piece in pieces if len(piece) > 3)
    return next((line[start : start + size] for start, size in found if start >= 0), "")


def _words_in(piece: str) -> tuple[int, int]:
    """How much a piece of a message says to a reader."""
    return sum(word.strip(":,.()'\"").isalpha() for word in piece.split()), len(piece)


def _notes(*, has_secrets: bool, shortened: bool) -> Iterator[Paragraph]:
    if has_secrets:
        yield Paragraph(SECRET_WARNING, tone="bad")
    if shortened:
        yield Paragraph(SHORTENED, tone="careful")


def _check(entry: Failure, values: Mapping[str, str]) -> Iterator[Block]:
    told = [text for text in (entry.solved, entry.send) if text is not None]
    if told:
        yield Paragraph(joined([filled_text(text, values) for text in told], BETWEEN_SENTENCES), CHECK)


def _besides(best: Finding, suspects: Sequence[Suspect], facts: Facts, variables: Variables) -> Iterator[Block]:
    """What else may be meant where what was only told is a guess."""
    if not best.told or best.score >= LEAST_HEARD:
        return
    others = [each for each in suspects if (each.likelihood or 0.0) >= _LEAST_BESIDE][:_MOST_BESIDE]
    if others:
        values = fact_values(facts)
        yield Steps(ELSE_LOOK, tuple(_look(each, facts, values, variables) for each in others))


def _questions(entry: Failure) -> Iterator[Block]:
    if entry.questions:
        label = QUESTIONS
        yield Steps(label, tuple(Step(question) for question in entry.questions))


def _details(best: Finding, others: Sequence[Finding], facts: Facts) -> Iterator[Block]:
    # the general entry behind a specific one says the same again
    if others := [other for other in others if other.entry.failure_class != best.entry.failure_class]:
        values = fact_values(facts)
        yield Table(
            ("", ""),
            tuple(
                (f"{other.score:.0%}", filled_text(other.entry.title, values | dict(other.captured)))
                for other in others
            ),
            ALTERNATIVES,
        )
    if understood := facts_block(facts, UNDERSTOOD):
        yield understood
    links = tuple((page_title(source.url), source.url) for source in best.entry.sources)
    yield Links(links, SOURCES)


def _told_back(step: Step | None) -> tuple[Steps, ...]:
    return (Steps(GO_BACK, (step,)),) if step else ()


def _unknown(
    diagnosis: Diagnosis,
    facts: Facts,
    notes: tuple[Block, ...],
    search: Sequence[str],
    variables: Variables,
    telling: Line | None,
) -> Answer:
    """What to look at where nothing was recognised, and how to send more."""
    read = diagnosis.lines_read
    lines = Text("1 line", "1 行") if read == 1 else Text("{read:,} lines", "{read:,} 行").format(read=read)
    ask = Steps(EVIDENCE_STEPS, tuple(map(Step, UNKNOWN_STEPS)))
    proof = (Evidence((_cut(telling.text),), telling.number, telling.number),) if telling and read > 1 else ()
    understood = facts_block(facts, UNDERSTOOD)
    links = tuple((page_title(address), address) for address in search)
    details = (*([understood] if understood else ()), *([Links(links, SEARCH)] if search else ()))
    if not diagnosis.suspects:
        said = Paragraph(UNKNOWN_CAUSE.format(lines=lines))
        return Answer(UNKNOWN_TITLE, "neutral", (*notes, said, *proof, ask), details)
    values = fact_values(facts)
    looks = tuple(_look(suspect, facts, values, variables) for suspect in diagnosis.suspects)
    told = Paragraph(LOOK_CAUSE.format(lines=lines))
    more = Steps(IF_NONE, tuple(map(Step, UNKNOWN_STEPS[:2])))
    return Answer(
        LOOK_TITLE,
        "neutral",
        (*notes, told, *proof, Steps(LOOK, looks), more),
        details,
    )


def _look(suspect: Suspect, facts: Facts, values: Mapping[str, str], variables: Variables) -> Step:
    """A failure to look at: its title, by which line it is told apart, and its first step."""
    entry = suspect.entry
    title = filled_text(entry.title, values).changed(lambda text: text.rstrip(".。"))
    first = cure_steps(entry, facts, values, variables)[:1]
    check = first[0].text if first else filled_text(entry.cause, values)
    if suspect.told and first:
        said = LOOK_AT_CAUSE.format(title=title, cause=filled_text(entry.cause, values), check=check)
    elif entry.kind == "symptom" or suspect.signature is None:
        said = LOOK_AT.format(title=title, check=check)
    else:
        said = LOOK_AT_LINE.format(title=title, line=shown_signature(suspect.signature.text), check=check)
    return Step(said, first[0].commands if first else ())


def shown_signature(text: str, width: int = 90) -> str:
    """A signature as people may read it: an ellipsis stands where it varies."""
    return _cut(VARIABLE.sub("…", text), width)


def _cut_around(text: str, focus: str, width: int = 400) -> str:
    """The text, or what stands around `focus` where it is too long to be shown."""
    start = text.find(focus) - width // 3
    if len(text) <= width or start <= 0:
        return _cut(text, width)
    return f"… {_cut(text[start:], width)}"


def _cut(text: str, width: int = 400) -> str:
    return text if len(text) <= width else f"{text[: width * 2 // 3]} … {text[-width // 3 :]}"
