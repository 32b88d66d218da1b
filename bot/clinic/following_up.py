"""What is asked back in a conversation, and "that did not help": answered with what is known by now."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.answers.blocks import Answer, Step
from bot.answers.faster import faster_answer
from bot.answers.follow_up import (
    MOST_STEPS,
    Computed,
    asked_answer,
    code_answer,
    first_steps,
    lacking_answer,
    next_answer,
    of_plan,
    other_answer,
    quoted_answer,
    said_on,
    says_answer,
    step_answer,
    then_answer,
    unsure_answer,
    where_answer,
    without_layers,
)
from bot.answers.of_advice import (
    OfStep,
    as_steps,
    meant_step,
    of_effect_answer,
    of_step_answer,
    order_answer,
    why_answer,
    why_fits_answer,
)
from bot.base.languages import Words, told
from bot.clinic.asides import COMPUTED_INSTEAD
from bot.clinic.asked_beside import FILE_SIZE, asked_beside
from bot.clinic.asking import Asking, FollowUp, part_of, with_log
from bot.clinic.at_a_step import at_a_step
from bot.clinic.fit_matter import FitMatter, Planned
from bot.clinic.fit_part import FitPart
from bot.clinic.fit_replies import FitReplies
from bot.clinic.knowing import Known, known
from bot.clinic.of_program import NAMED_SETTING, of_program, programs_of, setting_known
from bot.clinic.parts import Parts
from bot.clinic.reading import Reading
from bot.clinic.speed_asked import COMPARED, speed_asked
from bot.clinic.told_facts import context_of, with_context_of
from bot.clinic.wishes import USE_SIGNS
from bot.hardware.systems import system_family
from bot.intake.posts import APPLIES, PostReading
from bot.intake.template import PointId
from bot.knowledge.effects import Effect, effect_of
from bot.knowledge.lookup import FORMS
from bot.models.quant_names import cache_type_in

_SUPPOSED = ("machine", "vram", "ram", "model", "size", "quant")
_TELLING = (*_SUPPOSED, "loader")
_SHORT = 80  # characters of a question that its program may be added to
_EXACT = 0.75  # score of an answer that is meant more surely than a step in which the same words stand
_OF_STEP: frozenset[OfStep] = frozenset({"safe", "lasts", "restart", "stays"})
_FEW_SIGNS = 5  # characters of a question that names nothing: "is it safe" in Chinese
_OF_SYSTEM = 2  # telling words of a message that tells a system and nothing else: "windows 11"
_MORE_THAN_ONE = 2  # words that a doubtful answer shares with a question
_FEW = 24  # characters of a message that tells a program or a system and nothing else
_THE_CARD = re.compile(
    r"(?<![a-z])(?:that|this|my|the) (?:card|gpu)(?![a-z])|(?:这|那|我的)(?:张|个|块|款)?(?:显)?卡", re.IGNORECASE
)
_OPTION = re.compile(r"(?<!\S)--?[a-zA-Z][\w-]*")
_NUMBER = re.compile(r"\d")
_VALUE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?|[\u3400-\u9fff]{2}")
_ASKING = ("asks", "how-to")
_QUESTIONS = ("asks", "how-much", "which-one", "can-it")
_SLOW = "t-slow"  # the sign of a model that runs slowly
_CHOOSES = ("which-model", "can-it")  # signs that models are to be chosen
_NAMED_MODEL = ("model", "size")
_OF_HARDWARE = ("machine", "vram", "ram")
_OTHERWISE_ASKED = ("trouble", "my-trouble", "buying", "loader-choice", "which-model", "which-one", "options", "how-to")
_NAMED = (*_NAMED_MODEL, "machine", "vram", "ram")
_ALL = 99  # steps: none is left
_TELLS = 2  # characters from which on a word tells something
_SHARED = 0.5  # of a word: one that stands in two steps
_ASKED_ANEW, _PLAINLY = 0.6, 0.9  # scores of an answer to another question, and of one that is meant without a doubt
_NO_CAUSES = ("root-cause-cut-off",)  # classes of what only says that something failed
_LAYERED = "llama.cpp"  # the engine that splits a model by layers
_LOOKED_BACK = 2  # messages in which a step may have been spoken of
_TERM = "term:"  # explains a word: less than what is said of the thing itself
_OF_CHOICE = (*COMPUTED_INSTEAD, "find-models")  # ids of questions that a talk of models answers better
_WHERE_MODELS_ARE = "find-models"  # id of the frequent question


def follow_up(asking: Asking, parts: Parts) -> FollowUp | None:
    """What the last message asks back, answered; None where it does not."""
    if (found := at_a_step(asking, parts)) is not None:
        return found
    if asking.last.has("printed") or _is_back(asking, parts):
        return None
    found = _not_again(_found(asking, parts), asking, parts)
    if found is None or found.part.id in (FILE_SIZE, COMPARED):
        return found
    return replace(found, adds=found.adds or not _is_plain(asking.last))


def _not_again(found: FollowUp | None, asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer; where it is the very one that was given last, what it says of the words of the question."""
    if found is None or asking.recent is None or not _is_same(found.part.answer, asking.recent):
        return found
    return _of_what_was_said(asking, parts) or FollowUp(part_of("howto", "quoted", said_on(asking.recent)))


def _is_same(answer: Answer, given: Answer) -> bool:
    """Whether the very same is said; a figure stands in the title, over what it was counted with."""
    is_figure = len(answer.blocks) == 1 and answer.title != given.title
    return answer.blocks == given.blocks and not is_figure


def _is_back(asking: Asking, parts: Parts) -> bool:
    """Whether only that is said that a recognised failure is back: then its whole answer is told again."""
    is_back = parts.turns.relapses(asking.said) and not parts.turns.failed(asking.said)
    return is_back and asking.diagnosed.is_recognised and not asking.last.has("asks")


def _found(asking: Asking, parts: Parts) -> FollowUp | None:
    for first in (
        asked_beside,
        _of_download,
        of_program,
        speed_asked,
        _of_start,
        _of_what_runs,
        _of_steps,
        _of_fit,
        _of_supposed,
        _of_plainly_known,
        _of_choice,
    ):
        if (found := first(asking, parts)) is not None:
            return found
    answer = _of_option(asking, parts) or _of_knowledge(asking, parts)
    if answer is not None and _is_meant(answer, asking, parts):
        return answer
    found = _of_step(asking, parts) or answer or _of_reason(asking, parts)
    return found or _of_what_was_said(asking, parts)


def _is_meant(answer: FollowUp, asking: Asking, parts: Parts) -> bool:
    """Whether an answer of the knowledge goes before a step that speaks of the same: by its score, where its title
    holds a word of the question, or no step does.
    """
    if answer.part.id.startswith(_TERM):
        return True
    if parts.turns.deictic(asking.said) and asking.is_advised and step_meant(asking, parts):
        return False  # "that toolkit" is the one of the step
    is_alone = not step_meant(asking, parts)
    return answer.part.score >= _EXACT and (is_alone or _shares_a_word(asking, answer.part.title, parts))


def _of_reason(asking: Asking, parts: Parts) -> FollowUp | None:
    """The cause of what fails, to any question that begins with "why"."""
    return _why(asking, parts) if parts.turns.asks_why(asking.said) else None


def _of_steps(asking: Asking, parts: Parts) -> FollowUp | None:
    """What is said of the steps of the answer: they did not help, are done, or it is not clear where they are taken."""
    if asking.others and (parts.turns.is_other(asking.said) or _is_of_other(asking, parts)):
        return FollowUp(part_of("diagnosis", "other", other_answer(asking.others[0])))
    if (slow := _of_a_slow_model(asking, parts)) is not None:
        return slow
    if _says_failed(asking, parts):
        return _failed(asking, parts)
    found = (answer(asking, parts) for answer in (_more, _of_advice, _of_lead, _of_recent, _of_place, _of_claim))
    return next((each for each in found if each is not None), None)


def _of_a_slow_model(asking: Asking, parts: Parts) -> FollowUp | None:
    """Why a model that is named now is slow, once what failed is over: "it uses the card now, but 14b is slow"."""
    last = asking.last
    is_named = last.has(_SLOW) and last.has_any(_NAMED_MODEL) and not last.has("asks")
    if not (is_named and asking.diagnosed.is_recognised):
        return None
    planned = FitMatter(parts, with_log(asking, parts)).planned()
    is_why = planned is not None and planned[0].plan.verdict in ("split", "no")
    return replace(_computed("faster", planned, parts), adds=True) if planned is not None and is_why else None


def _is_of_other(asking: Asking, parts: Parts) -> bool:
    """Whether what is said not to be solved is the other one of two things, by its words."""
    own, turns = _words(asking.own, parts), parts.turns
    titles = [_words(f"{told(each.title, 'en')}\n{told(each.title, 'zh')}", parts) for each in _titles_of(asking)]
    first, other = (len(own & words) for words in titles)
    return other > first and (turns.failed(asking.said) or asking.last.has_any(("trouble", "my-trouble")))


def _titles_of(asking: Asking) -> tuple[Answer, Answer]:
    """The answer that stands, and what it says of the other thing."""
    return asking.diagnosed.answer, asking.others[0]


def _says_failed(asking: Asking, parts: Parts) -> bool:
    """Whether the advice is said not to have helped; a question, or another model, only in plain words."""
    turns, last = parts.turns, asking.last
    if asking.was_computed and not is_of_trouble(asking.earlier or asking.post, asking.diagnosed):
        return False  # nothing was advised that could help
    if _is_first_fault(asking):
        return False  # it tells what is wrong for the first time
    is_other = last.has("asks") or last.has_any(_NAMED_MODEL)
    return turns.says_failed(asking.said) if is_other else turns.failed(asking.said)


def _is_first_fault(asking: Asking) -> bool:
    """Whether a fault of what a model writes is told where nothing was known to be wrong so far."""
    before = asking.earlier
    if before is None or asking.last.scores["quality"] < APPLIES or before.has("printed"):
        return False
    return before.scores["quality"] < APPLIES


def _of_lead(asking: Asking, parts: Parts) -> FollowUp | None:
    """The step that a question is about though it names none of its words: "how do i stop this from happening"."""
    leads = parts.turns.step_words(asking.said) if asking.is_advised and asking.diagnosed.is_recognised else ()
    step = step_with(leads, asking) if leads else 0
    return FollowUp(part_of("howto", "says", says_answer(asking.diagnosed.answer, step))) if step else None


def _of_place(asking: Asking, parts: Parts) -> FollowUp | None:
    """Where a step is taken, or the one to take first, for somebody who does not see it."""
    turns, answer = parts.turns, asking.diagnosed.answer
    if not (asking.is_advised and first_steps(answer)):
        return None
    if turns.points_back(asking.said) or (turns.asks_where(asking.said) and _step_with_option(asking.own, asking)):
        where = where_answer(answer, _step_pointed_at(asking, parts), sets=turns.sets(asking.said))
        return FollowUp(part_of("howto", "where", where))
    if _asks_of_system(asking, parts):
        return FollowUp(part_of("howto", "where", where_answer(answer, _step_in_hand(asking, parts), sets=True)))
    return _explained(asking, parts) if turns.does_not_understand(asking.said) else None


def _asks_of_system(asking: Asking, parts: Parts) -> bool:
    """Whether a short question asks how the same is done on a system: "and on windows?"."""
    systems = list(parts.vocabulary.systems_in(asking.own))
    if not systems or not asking.last.has_any(_ASKING) or len(asking.said) > _FEW:
        return False
    rest = asking.own
    for system in reversed(systems):
        rest = f"{rest[: system.start]}{rest[system.end :]}"
    return parts.turns.points_back(rest.strip()) or not _telling(rest, parts)


def _of_claim(asking: Asking, parts: Parts) -> FollowUp | None:
    """What comes after a step that is said to be done."""
    last, diagnosed = asking.last, asking.diagnosed
    is_plain = parts.turns.claims(asking.said) and not (last.has("asks") or last.has_any(_SUPPOSED))
    is_plain = is_plain and parts.turns.around(asking.said) is None  # that is no step done
    if not (is_plain and asking.is_advised and first_steps(diagnosed.answer)):
        return None
    step = step_meant(asking, parts)
    return FollowUp(part_of("diagnosis", "next", next_answer(_of_other_kinds(diagnosed), step))) if step else None


def _of_advice(asking: Asking, parts: Parts) -> FollowUp | None:
    """What is asked of the advice itself, answered with what is known of its cause and of what its steps do."""
    asked = parts.turns.of_advice(asking.said)
    if asked == "why":
        return _why(asking, parts)
    if asked == "stays" and not asking.last.has("asks"):
        return None  # "it reads 8000 tokens every time"
    if asked in _OF_STEP and asking.recent is not None:
        return _of_recent_step(asked, asking.recent, parts)
    if asked is None or not (asking.is_advised and first_steps(asking.diagnosed.answer)):
        return None
    if asked == "all":
        return FollowUp(part_of("howto", asked, order_answer()))
    return _what_it_does(asking, parts) if asked == "does" else _of_effect(asked, asking, parts)


def _of_recent_step(asked: OfStep, recent: Answer, parts: Parts) -> FollowUp | None:
    """The same of what an answer to a question says to do."""
    meant = meant_step(as_steps(recent), 0, parts.effects)
    return FollowUp(part_of("howto", asked, of_step_answer(asked, meant, is_numbered=False))) if meant else None


def _why(asking: Asking, parts: Parts) -> FollowUp | None:
    """The cause of what fails, or what a verdict comes from."""
    found = why_answer(asking.diagnosed.answer) if asking.is_advised else None
    return FollowUp(part_of("diagnosis", "why", found)) if found is not None else _why_it_fits(asking, parts)


def _of_effect(asked: OfStep, asking: Asking, parts: Parts) -> FollowUp | None:
    """Whether a step is safe, how long it takes, what is to be started again after it."""
    if asked == "safe" and not (_is_of_a_step(asking, parts) or _effect_named(asking, parts)):
        return None
    if (named := _effect_named(asking, parts)) is not None:
        return FollowUp(part_of("howto", asked, of_effect_answer(asked, named)))
    meant = meant_step(asking.diagnosed.answer, _step_in_hand(asking, parts), parts.effects)
    return FollowUp(part_of("howto", asked, of_step_answer(asked, meant))) if meant is not None else None


def _effect_named(asking: Asking, parts: Parts) -> Effect | None:
    """What a question names by itself: "is it safe to open the port"."""
    named = None if parts.turns.step(asking.said) else effect_of(asking.own, parts.effects)
    return named if named is not None and named.asked else None


def _is_of_a_step(asking: Asking, parts: Parts) -> bool:
    """Whether a question is of the advice, not of something that it does not speak of."""
    return parts.turns.deictic(asking.said) or bool(_step_in_hand(asking, parts)) or len(asking.said) <= _FEW_SIGNS


def _of_what_runs(asking: Asking, parts: Parts) -> FollowUp | None:
    """What runs on the machine in the place of what was spoken of."""
    last = asking.last
    is_of_models = bool(asking.post.models or asking.post.sizes) or asking.diagnosed.facts.model is not None
    is_asked = is_of_models and parts.turns.asks_what_runs(asking.said)
    if not is_asked or last.has_any((*_NAMED_MODEL, *USE_SIGNS, "printed")):
        return None
    found = FitReplies(parts, with_log(asking, parts)).all_that_runs()
    return FollowUp(part_of("fit", found.id, found.answer)) if found is not None else None


def _why_it_fits(asking: Asking, parts: Parts) -> FollowUp | None:
    """What the verdict on a model and a machine comes from."""
    if is_of_trouble(asking.post, asking.diagnosed):
        return None
    planned = FitMatter(parts, with_log(asking, parts)).planned()
    return FollowUp(part_of("fit", "why", why_fits_answer(planned[0].plan))) if planned is not None else None


def _what_it_does(asking: Asking, parts: Parts) -> FollowUp | None:
    """What the first option in the step that is meant does, as far as it is known; else the step with its words."""
    answer, number = asking.diagnosed.answer, max(_step_in_hand(asking, parts), 1)
    steps = first_steps(answer)
    commands = [code.text for step in steps[number - 1 : number] for code in step.commands]
    options = (option for command in commands for option in _OPTION.findall(command))
    programs = programs_of(asking)
    found = (each for option in options if (each := setting_known(option, programs, parts)) is not None)
    if (first := next(found, None)) is not None:
        return _of_known(first)
    return FollowUp(part_of("howto", "where", step_answer(answer, min(number, len(steps)))))


def _of_recent(asking: Asking, parts: Parts) -> FollowUp | None:
    """What is said to the answer of a question that was given last: where its commands go, how it is with the program
    or the system that is told now.
    """
    last = asking.last
    if asking.recent is None or last.has("trouble"):
        return None
    only_tells = not last.has_any((*_SUPPOSED, "asks", "thanks", "solved")) and len(asking.said) <= _FEW
    if (only_tells or _only_names_program(asking, parts)) and last.loaders and len(asking.texts) > 1:
        return _asked_of_another(asking, parts)
    tells_system = only_tells and "system" in last.request.points and len(_words(asking.own, parts)) <= _OF_SYSTEM
    is_of_place = parts.turns.points_back(asking.said) or tells_system
    return _of_recent_commands(asking, asking.recent) if is_of_place else None


def _asked_of_another(asking: Asking, parts: Parts) -> FollowUp | None:
    """What was asked before, of the program that is named now."""
    found = known(f"{asking.last.loaders[0]} {_without_programs(asking.texts[-2], parts)}", parts)
    return _of_known(found) if found is not None and found.sure else None


def _only_names_program(asking: Asking, parts: Parts) -> bool:
    """Whether a short question asks the same once more of another program: "and in ollama?"."""
    is_short = asking.last.has("asks") and len(asking.said) <= _FEW
    return is_short and bool(asking.last.loaders) and not _telling(_without_programs(asking.own, parts), parts)


def _without_programs(text: str, parts: Parts) -> str:
    """A text without the names of programs."""
    for program in reversed(list(parts.vocabulary.programs_in(text))):
        text = f"{text[: program.start]} {text[program.end :]}"
    return text


def _telling(text: str, parts: Parts) -> frozenset[str]:
    """The words of a text that are more than small ones."""
    return _words(text, parts) - parts.turns.small_words


def _of_recent_commands(asking: Asking, recent: Answer) -> FollowUp | None:
    """Where the commands of an answer go, on the system that is told."""
    points, before = asking.last.request.points, asking.post.request.points
    named = points.get("system") or before.get("system", "")
    found = code_answer(recent, system_family(named) if named else None)
    return FollowUp(part_of("howto", "where", found)) if found is not None else None


def _explained(asking: Asking, parts: Parts) -> FollowUp:
    """The one step to take first, and where, for somebody who does not understand the advice."""
    answer = asking.diagnosed.answer
    step = max(parts.turns.step(asking.said), 1)
    has_commands = bool(first_steps(answer)[step - 1 : step]) and bool(first_steps(answer)[step - 1].commands)
    said = where_answer(answer, step) if has_commands else step_answer(answer, min(step, len(first_steps(answer))))
    return FollowUp(part_of("howto", "where", said))


def _more(asking: Asking, parts: Parts) -> FollowUp | None:
    """What else there is to be tried."""
    diagnosed, turns = asking.diagnosed, parts.turns
    if not turns.asks_for_more(asking.said) or turns.relapses(asking.said) or not is_of_trouble(asking.post, diagnosed):
        return None
    answer = next_answer(_of_other_kinds(diagnosed), 0) if diagnosed.is_recognised else then_answer()
    return FollowUp(part_of("diagnosis", "next", answer))


def _failed(asking: Asking, parts: Parts) -> FollowUp | None:
    diagnosed = asking.diagnosed
    is_of_quality = max(asking.post.scores["failure"], asking.post.scores["quality"]) >= APPLIES
    if diagnosed.is_recognised or (is_of_quality and first_steps(diagnosed.answer)):
        answer = next_answer(_of_other_kinds(diagnosed), _step_failed(asking, parts))
        return FollowUp(part_of("diagnosis", "next", answer), failed=True)
    if is_of_quality:
        return FollowUp(part_of("ask", "lacking", then_answer()), failed=True)
    return None


def _step_failed(asking: Asking, parts: Parts) -> int:
    """Up to which step the advice did not help, from 1; 0 where that is not told and nothing failed before. A step that
    was told after another one had failed is not told again.
    """
    if named := parts.turns.step(asking.said):
        return named
    return max(_step_of(asking.own, asking, parts), _told_so_far(asking, parts))


def _told_so_far(asking: Asking, parts: Parts) -> int:
    """The last of the steps that were told because others had not helped."""
    told = 0
    for text in (each for each in asking.before if parts.turns.failed(each) or parts.turns.claims(each)):
        step = parts.turns.step(text) or _step_of(text, asking, parts)
        told = max(told, step) + MOST_STEPS if told or step else _ALL
    return told


def _of_step(asking: Asking, parts: Parts) -> FollowUp | None:
    """How a step is taken that the question names: "how do i install that toolkit"."""
    if not _may_ask_of_a_step(asking) or parts.turns.asks_why(asking.said):
        return None
    step, deictic = step_meant(asking, parts), parts.turns.deictic(asking.said) and _names_little(asking, parts)
    if parts.turns.asks_whether(asking.said) or parts.turns.asks_what_happens(asking.said):
        if (option := _known_option(asking, parts)) is not None:
            return _of_known(option)
        return FollowUp(part_of("howto", "says", says_answer(asking.diagnosed.answer, step))) if step else None
    if not (step or (asking.last.has("how-to") and deictic)):
        return None
    if step and parts.turns.asks_for_source(asking.said):
        return FollowUp(part_of("howto", "says", says_answer(asking.diagnosed.answer, step)))
    return FollowUp(part_of("howto", "where", where_answer(asking.diagnosed.answer, step)))


def _may_ask_of_a_step(asking: Asking) -> bool:
    """Whether something is asked under the advice on a failure that is not the meaning of a word."""
    last = asking.last
    return _is_of_failure(asking) and (last.has("how-to") or (last.has("asks") and not last.has("what-is")))


def _names_little(asking: Asking, parts: Parts) -> bool:
    """Whether a question names at most one thing beside "that"."""
    return len(_telling(asking.own, parts)) <= 1


def _known_option(asking: Asking, parts: Parts) -> Known | None:
    """What is known of the option that a question names."""
    return setting_known(" ".join(_OPTION.findall(asking.own)), programs_of(asking), parts)


def step_meant(asking: Asking, parts: Parts) -> int:
    """Which step of the answer a message speaks of, from 1: by its number, else by the words that it shares with one,
    those that stand in few steps first; 0 for none.
    """
    return parts.turns.step(asking.said) or _step_of(asking.own, asking, parts)


def _step_of(text: str, asking: Asking, parts: Parts) -> int:
    """The step whose words a text shares, an option of its commands first, or 0."""
    if (at := _step_with_option(text, asking)) != 0:
        return at
    said = _words(text, parts)
    steps = [_words(_plain_step(step), parts) for step in first_steps(asking.diagnosed.answer)]
    in_steps = Counter(word for words in steps for word in words)
    shared = [sum(_weight(word) / in_steps[word] for word in said & words) for words in steps]
    if max(shared, default=0.0) < _SHARED:
        return 0
    often = [_times(said, step) for step in first_steps(asking.diagnosed.answer)]  # of equals, who speaks of it more
    return max(range(len(shared)), key=lambda at: (shared[at], often[at], -at)) + 1


def _times(words: frozenset[str], step: Step) -> int:
    """How often one of some words stands in what a step says."""
    text = f"{told(step.text, 'en')}\n{told(step.text, 'zh')}".lower()
    return sum(text.count(word) for word in words)


def _step_with_option(text: str, asking: Asking) -> int:
    """The first step with an option or a variable in its commands that a text names, or 0."""
    named = {name.lower() for name in NAMED_SETTING.findall(text)}
    commands = ("\n".join(code.text for code in step.commands) for step in first_steps(asking.diagnosed.answer))
    settings = ({name.lower() for name in NAMED_SETTING.findall(text)} for text in commands)
    return next((at for at, each in enumerate(settings, start=1) if named & each), 0)


def step_with(leads: Sequence[str], asking: Asking) -> int:
    """The first step of the answer that speaks of one of these words, from 1; 0 for none."""
    steps = [
        f"{told(step.text, 'en')}\n{told(step.text, 'zh')}".lower() for step in first_steps(asking.diagnosed.answer)
    ]
    return next((at for at, text in enumerate(steps, start=1) if any(_holds(text, word) for word in leads)), 0)


def _holds(text: str, word: str) -> bool:
    """Whether a word stands in a text in small letters; one of Latin letters as a whole."""
    if not word.isascii():
        return word in text
    around = pairwise(text.split(word))
    return any(not (_is_letter(before[-1:]) or _is_letter(behind[:1])) for before, behind in around)


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _step_in_hand(asking: Asking, parts: Parts) -> int:
    """The step that is meant; else the one that was spoken of last, or told after another that did not help."""
    before = asking.before[-1] if asking.before else ""
    failed = parts.turns.step(before) if parts.turns.failed(before) else 0
    meant = step_meant(asking, parts) or _nearest_step(asking, parts)
    return meant or (failed + 1 if failed else _spoken_of_last(asking, parts))


def _nearest_step(asking: Asking, parts: Parts) -> int:
    """The first step that shares most with a few words that are asked of one, though little; 0 for none."""
    said = _words(asking.own, parts) if len(asking.own) <= _FEW else frozenset()
    often = [_times(said, step) for step in first_steps(asking.diagnosed.answer)] if said else [0]
    best = max(often, default=0)
    return often.index(best) + 1 if best else 0


def _step_pointed_at(asking: Asking, parts: Parts) -> int:
    """The same of "where is that in sillytavern": the program is that of every step."""
    alone = _without_programs(asking.own, parts)
    if alone != asking.own and not (parts.turns.step(asking.said) or _step_of(alone, asking, parts)):
        return max(_spoken_of_last(asking, parts), 1)
    return _step_in_hand(asking, parts)


def _spoken_of_last(asking: Asking, parts: Parts) -> int:
    """The step that one of the last messages under the advice spoke of, or 0."""
    for text in (*asking.aside[-1:], *reversed(asking.texts[1:-1][-_LOOKED_BACK:])):
        if step := parts.turns.step(text) or _step_of(text, asking, parts) or _step_around(text, asking, parts):
            return step
    return 0


def _step_around(text: str, asking: Asking, parts: Parts) -> int:
    """The step that speaks of what a message tells of the things around: "no vpn here"; 0 for none."""
    around = parts.turns.around(text)
    return step_with(around[0].leads, asking) if around is not None else 0


def _weight(word: str) -> float:
    """How much it says that a word is shared: a pair of Chinese characters is often none."""
    return 1.0 if word.isascii() else 0.4


def _words(text: str, parts: Parts) -> frozenset[str]:
    """The words of a text that tell what it is about."""
    words = frozenset(word for word in parts.wordings.read(text) if len(word) >= _TELLS)
    return words - FORMS - parts.turns.common_words


def _plain_step(step: Step) -> str:
    return "\n".join((told(step.text, "en"), told(step.text, "zh"), *(code.text for code in step.commands)))


def _of_fit(asking: Asking, parts: Parts) -> FollowUp | None:
    """What is asked back about the machine and the model, or what is lacking for an answer."""
    asked = parts.turns.asked(asking.said, [*_advice_of(asking), *asking.texts[:-1]])
    if asked == "faster" and asking.last.has_any((*_NAMED_MODEL, "quant")):
        return None  # it is asked of another file
    if asked is None or (_NUMBER.search(asking.said) and not asking.last.has_any(_QUESTIONS)):
        return None
    fit = FitReplies(parts, with_log(asking, parts))
    if (planned := fit.matter.planned(as_told=asked != "context") or fit.matter.planned_as_recommended()) is not None:
        return _computed(asked, planned, parts)
    if (lacking := _lacking(fit)) is not None and asking.diagnosed.is_recognised:
        return FollowUp(part_of("ask", "lacking", lacking_answer(parts.template.point(lacking))), asked=(lacking,))
    return None


def _of_start(asking: Asking, parts: Parts) -> FollowUp | None:
    """The command for what was computed, or for what was told of model and machine: "which command do i use with
    llama.cpp".
    """
    if not (parts.turns.asks_command(asking.said) or _only_shows_command(asking)):
        return None
    fit = FitReplies(parts, with_log(asking, parts))
    planned = fit.matter.planned()
    if planned is None and (asking.was_computed or asking.last.has("model")):
        planned = fit.matter.planned_as_recommended()
    return _computed("command", planned, parts) if planned is not None else _command_of_step(asking, parts)


def _command_of_step(asking: Asking, parts: Parts) -> FollowUp | None:
    """The command of the step that was spoken of last, else of the first that has one, where nothing is computed."""
    steps = first_steps(asking.diagnosed.answer) if asking.is_advised and not asking.was_computed else ()
    spoken = _step_in_hand(asking, parts) if steps else 0
    typed = [at for at, step in enumerate(steps, start=1) if step.commands]
    if not typed:
        return None
    return FollowUp(
        part_of("howto", "where", where_answer(asking.diagnosed.answer, spoken if spoken in typed else typed[0]))
    )


def _only_shows_command(asking: Asking) -> bool:
    """Whether nothing but the command is shown by which a model is started that is slow."""
    last = asking.last
    is_alone = bool(last.commands) and not last.prose.strip() and not last.has_any(("printed", "asks", "trouble"))
    return is_alone and asking.post.has(_SLOW)


def _advice_of(asking: Asking) -> list[str]:
    """What the first step speaks of first: it says what "how low should i go" means where its author names nothing."""
    steps = first_steps(asking.diagnosed.answer)[:1] if asking.is_advised else ()
    return [told(step.text, "en").split(",")[0] for step in steps]


def _of_supposed(asking: Asking, parts: Parts) -> FollowUp | None:
    """How it would be with another model, file, machine or context: "how about a 12b then?", "16k context ok?"."""
    last = asking.last
    supposes = parts.turns.supposes(last.prose)
    is_asked = last.has("asks") or supposes
    if is_asked and (context_of(last) is not None or cache_type_in(last.prose) is not None):
        return _computed_anew(asking, parts)
    names_another = supposes and (asking.changes or last.has_any(_SUPPOSED))
    is_another = names_another or _asks_of_another_machine(asking) or _asks_of_another_model(asking)
    return _computed_anew(asking, parts) if is_another else None


def _asks_of_another_model(asking: Asking) -> bool:
    """Whether a question under the advice on a failure is whether a model runs that it names: "can it do qwen3 32b"."""
    last = asking.last
    asks = last.has("asks") and last.has_any(_CHOOSES) and bool(last.models) and last.scores["fit"] >= APPLIES
    return asks and _is_of_failure(asking) and not last.has_any(("trouble", "my-trouble", "printed"))


def _asks_of_another_machine(asking: Asking) -> bool:
    """Whether a question names hardware alone, or something that was computed is corrected. What corrects the first
    answer changes that one; only a figure that was asked back for is told anew.
    """
    last, is_recognised = asking.last, asking.diagnosed.is_recognised
    corrects = asking.changes and asking.was_computed and asking.recent is not None and not is_recognised
    return corrects or (last.has("asks") and last.has_any(_OF_HARDWARE) and not last.has_any(_OTHERWISE_ASKED))


def told_anew(asking: Asking, parts: Parts) -> FollowUp | None:
    """What follows for model and machine from what is told of them now: "not 32b, 14b"."""
    last = asking.last
    is_told = asking.changes or last.has_any(_SUPPOSED) or context_of(last) is not None
    is_told = is_told or last.machine.ram_speed is not None
    found = _computed_anew(asking, parts) if is_told else None
    return replace(found, adds=True) if found is not None else None


def _computed_anew(asking: Asking, parts: Parts) -> FollowUp | None:
    planned = FitMatter(parts, with_context_of(asking.last, with_log(asking, parts))).planned()
    if planned is None or _is_only_supposed(asking, planned):
        return None
    is_why = asking.post.has(_SLOW) and not asking.last.has("asks") and planned[0].plan.verdict == "split"
    return _computed("faster" if is_why else "fits", planned, parts)


def _is_only_supposed(asking: Asking, planned: Planned) -> bool:
    """Whether a plan says no by an amount of RAM that nobody told: beside a trouble that is no news."""
    found, machine, _ = planned
    return found.plan.verdict == "no" and machine.lacks_ram and is_of_trouble(asking.post, asking.diagnosed)


def _computed(asked: Computed, planned: Planned, parts: Parts) -> FollowUp:
    found, machine, loader = planned
    if asked == "faster":
        return FollowUp(part_of("fit", asked, of_plan(faster_answer(found.plan), found.plan, machine)))
    answer = asked_answer(asked, found.plan, found.commands, machine, loader)
    if asked == "layers" and loader is not None and not _splits_layers(loader, parts):
        answer = without_layers(answer, loader)
    return FollowUp(part_of("fit", asked, answer))


def _splits_layers(loader: str, parts: Parts) -> bool:
    """Whether a program splits a model by layers between card and RAM."""
    told = parts.loaders.get(loader)
    return told is None or told.runs is None or _LAYERED in told.runs.families


def _of_choice(asking: Asking, parts: Parts) -> FollowUp | None:
    """What is to be chosen: a program, a model of a size, what runs on the machine for the use that is told now."""
    last = asking.last
    if last.has("trouble") or (_is_of_failure(asking) and not last.has_any((*_ASKING, *_NAMED))):
        return None
    found = _chosen(asking, FitReplies(parts, with_log(asking, parts)), parts)
    return FollowUp(part_of("fit", found.id, found.answer)) if found is not None and found.answer.blocks else None


def _chosen(asking: Asking, fit: FitReplies, parts: Parts) -> FitPart | None:
    if _chooses_program(asking):
        return fit.program()
    if asking.last.loaders and not asking.last.has_any(("which-model", *_NAMED)):
        return None  # a program is asked about
    return _model_chosen(asking, fit, parts)


def _model_chosen(asking: Asking, fit: FitReplies, parts: Parts) -> FitPart | None:
    last = asking.last
    if last.has_any(_CHOOSES) and last.sizes and not last.models:
        return fit.plans.of_that_size(last.sizes[0])
    if _asks_what_runs(asking):
        return fit.all_that_runs()
    return fit.for_use() if _tells_machine_or_use(asking, parts) else None


def _asks_what_runs(asking: Asking) -> bool:
    """Whether it is asked what runs, without a name; in a talk of models few words are enough: "so what can it run"."""
    last = asking.last
    is_clear = not last.has("bare") or (asking.post.scores["fit"] >= APPLIES and asking.post.has("machine"))
    return is_clear and last.has_any(_CHOOSES) and last.has("asks") and not last.has_any(_NAMED_MODEL)


def _tells_machine_or_use(asking: Asking, parts: Parts) -> bool:
    """Whether the machine is told, or what the model is for, and nothing fails."""
    last = asking.last
    if asking.recent is not None and last.has("asks") and not (asking.was_computed or last.has_any(USE_SIGNS)):
        return False  # the phone is asked about for the sake of what was answered
    if last.machine.is_told and (not last.has("asks") or parts.turns.supposes(asking.said)):
        return not is_of_trouble(asking.post, asking.diagnosed)
    return last.has_any(USE_SIGNS) and not last.has_any(_TELLING)


def _chooses_program(asking: Asking) -> bool:
    """Whether a program is to be chosen, for its own sake or of several that were spoken of."""
    last = asking.last
    chooses = last.has("loader-choice") or (last.has("which-one") and len(asking.post.loaders) > 1)
    return chooses and not last.has_any(_NAMED)


def is_of_trouble(post: PostReading, diagnosed: Reading) -> bool:
    """Whether a conversation is about something that fails."""
    scores = post.scores
    return diagnosed.is_recognised or max(scores["failure"], scores["quality"]) >= APPLIES


def _of_knowledge(asking: Asking, parts: Parts) -> FollowUp | None:
    """The sure answer to a question beside the trouble: one that nothing has to be computed for."""
    last = asking.last
    if not last.has_any(("asks", "how-to")) or (last.has("trouble") and not last.has("only-asks")):
        return None
    found = None if parts.turns.asks_whether(asking.said) and _only_values(asking, parts) else _known_of(asking, parts)
    return _of_known(found) if found is not None and _is_meant_beside(found, asking, parts) else None


def _is_meant_beside(found: Known, asking: Asking, parts: Parts) -> bool:
    """Whether an answer is what is asked beside the advice, and not something of it."""
    if _strays(found, asking, parts) or _is_rather_of_a_step(found, asking, parts):
        return False
    if not found.is_plain and _of_what_was_said(asking, parts) is not None:
        return False
    return not _is_rather_computed(found, asking.last) and (found.is_plain or _may_be_doubted(found, asking, parts))


def _is_rather_computed(found: Known, last: PostReading) -> bool:
    """Whether a question is one of what fits, and not what a word means."""
    is_computed = last.scores["fit"] >= APPLIES or last.has_any(_SUPPOSED)
    return is_computed and not (last.has("what-is") and (found.id.startswith(_TERM) or found.score >= _EXACT))


def _may_be_doubted(found: Known, asking: Asking, parts: Parts) -> bool:
    """Whether an answer is told that may not be the one meant: beside advice on a failure it has to share more than a
    word with the question, or that is led in as one of something else.
    """
    is_led_in = parts.turns.without_lead(asking.own) != asking.own
    return is_led_in or not _is_of_failure(asking) or len(_shared_words(asking, found.title, parts)) >= _MORE_THAN_ONE


def shares_enough(found: Known, asking: Asking, parts: Parts) -> bool:
    """Whether an answer that is only near shares words with a question: two under advice on a failure, else one."""
    shared = _shared_words(asking, found.title, parts) - parts.turns.small_words
    return len(shared) >= (_MORE_THAN_ONE if _is_of_failure(asking) else 1)


def _is_of_what_was_said(asking: Asking, parts: Parts) -> bool:
    """Whether a yes or no is asked of "that", which is what was answered last."""
    return asking.recent is not None and parts.turns.deictic(asking.said) and parts.turns.asks_whether(asking.said)


def _strays(found: Known, asking: Asking, parts: Parts) -> bool:
    """Whether a question of yes or no about what was answered last finds something else, which shares no word of it."""
    return _is_of_what_was_said(asking, parts) and not _shares_a_word(asking, found.title, parts)


def _shares_a_word(asking: Asking, title: Words, parts: Parts) -> bool:
    """Whether a title holds a word of the question."""
    return bool(_shared_words(asking, title, parts))


def _shared_words(asking: Asking, title: Words, parts: Parts) -> frozenset[str]:
    return _words(asking.own, parts) & _words(f"{told(title, 'en')}\n{told(title, 'zh')}", parts)


def _is_of_failure(asking: Asking) -> bool:
    """Whether advice on a recognised failure stands: what is only near a question there is of something else."""
    return asking.is_advised and asking.diagnosed.is_recognised


def _of_plainly_known(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer that a question means without a doubt, where what fits would be told next: "which draft model"."""
    last = asking.last
    if not last.has("asks") or last.has_any(("trouble", *_SUPPOSED)) or not asking.own:
        return None
    found = known(parts.turns.without_lead(asking.own), parts)
    return _of_known(found) if found is not None and _is_plainly_meant(found, asking, parts) else None


def _is_plainly_meant(found: Known, asking: Asking, parts: Parts) -> bool:
    """Whether an answer is meant without a doubt, and no choice that is computed."""
    if not found.is_plain or found.score < _EXACT or found.id.startswith(_TERM) or found.id in _OF_CHOICE:
        return False
    return not (_strays(found, asking, parts) or _is_rather_of_a_step(found, asking, parts))


def _is_rather_of_a_step(found: Known, asking: Asking, parts: Parts) -> bool:
    """Whether a question beside the advice on a failure shares as many words with one of its steps as with what
    answers another question, or it asks yes or no, and shares none with that.
    """
    last = asking.last
    asks_of_word = last.has("what-is") and not last.has("how-to")
    step = step_meant(asking, parts) if _is_of_failure(asking) and not asks_of_word else 0
    if not step:
        return False
    shared = _shared_words(asking, found.title, parts)
    if parts.turns.asks_whether(asking.said):
        return not shared
    of_step = _words(asking.own, parts) & _words(_plain_step(first_steps(asking.diagnosed.answer)[step - 1]), parts)
    return len(of_step) >= max(len(shared), _MORE_THAN_ONE)


def _only_values(asking: Asking, parts: Parts) -> bool:
    """Whether a short question names nothing but a value: "make it 0.95?" is of what was advised."""
    is_short = len(asking.said) <= _FEW and _NUMBER.search(asking.said) is not None
    return is_short and not (_words(asking.own, parts) - frozenset(_VALUE.findall(asking.own.lower())))


def _of_option(asking: Asking, parts: Parts) -> FollowUp | None:
    """What one more option does, named in a word or two after an answer to a question: "and -c 0"."""
    is_short = asking.recent is not None and len(asking.own) <= _FEW
    option = _OPTION.search(asking.own) if is_short else None
    found = setting_known(option.group(), programs_of(asking), parts) if option is not None else None
    return _of_known(found) if found is not None else None


def _of_known(found: Known) -> FollowUp:
    return FollowUp(found.part())


def _of_what_was_said(asking: Asking, parts: Parts) -> FollowUp | None:
    """What the last answer says of the words of a question about it; that it says no more, where it has none."""
    if asking.recent is None or asking.last.has("trouble") or not asking.last.has("asks"):
        return None
    own = _words(asking.own, parts)
    said = quoted_answer(asking.recent, lambda text: sum(map(_weight, own & _words(text, parts))) >= _SHARED)
    if said is not None:
        return FollowUp(part_of("howto", "quoted", said))
    if not _is_of_what_was_said(asking, parts):
        return None
    return FollowUp(part_of("howto", "unsure", unsure_answer(has_steps=False)))


def _of_download(asking: Asking, parts: Parts) -> FollowUp | None:
    """What is often asked in a talk of models and machines: "how do i download it", "is it safe"."""
    is_of_models = asking.post.scores["fit"] >= APPLIES and not is_of_trouble(asking.post, asking.diagnosed)
    is_of_models = is_of_models or asking.was_computed
    meant = _WHERE_MODELS_ARE if parts.turns.fetches(asking.said) else parts.turns.of_models(asking.said)
    if not is_of_models or asking.last.loaders or not meant:
        return None
    found = next((each for each in parts.topics.items if each.id == meant), None)
    return FollowUp(part_of("howto", found.id, Answer(found.title, "neutral", found.blocks))) if found else None


def _known_of(asking: Asking, parts: Parts) -> Known | None:
    """The sure answer of the knowledge; where files are is asked of the program that the conversation is about. "With
    ollama?" asks once more what was asked before.
    """
    own = _with_card_named(parts.turns.without_lead(asking.own), asking)
    programs = [*asking.post.loaders, *(["SillyTavern"] if asking.post.has("for-roleplay") else [])]
    of_program = [
        found for each in _asked_of(programs[:1], own, asking, parts) if (found := known(each, parts)) is not None
    ]
    alone = known(own, parts)
    if alone is not None and not _is_doubted(alone, of_program):
        of_program.append(alone)
    sure = [each for each in of_program if each.sure and each.score >= _ASKED_ANEW and _is_of(each, programs, parts)]
    return max(
        sure, key=lambda each: (each.score >= _PLAINLY or not each.id.startswith(_TERM), each.score), default=None
    )


def _with_card_named(own: str, asking: Asking) -> str:
    """A question with the name of the only card that was told for "that card"."""
    cards = {device.name for device in asking.post.machine.devices if device.name}
    return _THE_CARD.sub(f" {cards.pop()} ", own) if len(cards) == 1 else own


def _asked_of(programs: Sequence[str], own: str, asking: Asking, parts: Parts) -> Sequence[str]:
    """What the `own` words ask, put to the program of the conversation; "with ollama?" puts what was asked before."""
    if asking.last.loaders and parts.turns.supposes(asking.said) and len(asking.texts) > 1:
        return [f"{asking.last.loaders[0]} {asking.texts[-2]}"]
    others = {mention.program.name for mention in parts.vocabulary.programs_in(own)}.difference(programs)
    return [f"{program} {own}" for program in programs if len(own) <= _SHORT and not others]


def _is_doubted(alone: Known, of_program: Sequence[Known]) -> bool:
    """Whether an answer changes once the program of the conversation is named."""
    is_other = any(found.id != alone.id and not found.sure for found in of_program)
    return is_other and not alone.id.startswith(_TERM)


def _is_of(found: Known, programs: Sequence[str], parts: Parts) -> bool:
    """Whether an answer is none of another program than those of the conversation."""
    named = {name for name in parts.loaders if name.lower() in told(found.title, "en").lower()}
    return not (named and programs) or bool(named.intersection(programs))


def _of_other_kinds(diagnosed: Reading) -> list[Answer]:
    """The likeliest cause, and those that are not the same thing said more generally."""
    if not diagnosed.is_recognised:
        return [diagnosed.answer]
    first, *others = zip(diagnosed.answers, diagnosed.candidates, strict=False)
    no_others = (first[1].failure_class, *_NO_CAUSES)
    return [first[0], *(answer for answer, cause in others if cause.failure_class not in no_others)]


def _lacking(fit: FitReplies) -> PointId | None:
    """What a figure still needs."""
    return "model" if not fit.matter.knows_model else None


def _is_plain(last: PostReading) -> bool:
    """Whether a message tells nothing of machine, system and model, nor of how the model is run."""
    is_of_run = context_of(last) is not None or cache_type_in(last.prose) is not None
    return not (is_of_run or last.has_any(_TELLING) or "system" in last.request.points)
