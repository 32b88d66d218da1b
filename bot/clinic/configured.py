"""A pasted configuration on its way to an answer: read again with its problems, put right, and measured."""

from collections.abc import Sequence

from bot.answers.blocks import Answer, Paragraph
from bot.answers.configuration import Judged, advice_answer, configuration_answer, sound_answer
from bot.clinic.parts import Parts
from bot.diagnosis.complaint import is_prose
from bot.diagnosis.configuration.correcting import LANGUAGES, corrected
from bot.diagnosis.configuration.forms import Configuration, configurations_in
from bot.diagnosis.configuration.judging import Problem, problems_of
from bot.diagnosis.finding import Finding, Opinion
from bot.intake.facts import Facts
from bot.intake.lines import Line

_FEW = 3  # settings from which on a configuration without faults is worth an answer of its own
_MEASURED = 1  # the same where model and card are told beside it: then there is something to say of it


def answers_with_configuration(
    answers: tuple[Answer, ...], opinion: Opinion, lines: Sequence[Line], facts: Facts, parts: Parts
) -> tuple[Answer, ...]:
    """The answers, where a configuration is treated in the words of that. One that is sound is told so, where nothing
    else was recognised.
    """
    findings = opinion.findings
    if not findings:
        sound = None if _is_printed(opinion.telling, parts) else _sound(lines, facts, parts)
        return answers if sound is None else (_without_faults(sound, lines, facts, parts),)
    if not any(map(_is_configured, findings)):
        return answers
    measured = _measured(_largest(lines, parts), facts, parts)
    judged = [_judged(each.evidence.line, lines, parts) if _is_configured(each) else None for each in findings]
    return tuple(
        configuration_answer(own, answer, measured) if own else answer
        for own, answer in zip(judged, answers, strict=True)
    )


def _without_faults(sound: Configuration, lines: Sequence[Line], facts: Facts, parts: Parts) -> Answer:
    """What is said of a configuration in which nothing is wrong: what could be better, and what the estimator says."""
    blocks = _measured(sound, facts, parts)
    advice = _with_lines(sound, lines, parts)
    if advice.problems:
        return advice_answer(advice, blocks)
    return sound_answer(sound.table.program, blocks, is_good=not any(each.tone == "bad" for each in blocks))


def _measured(configuration: Configuration | None, facts: Facts, parts: Parts) -> tuple[Paragraph, ...]:
    """What the estimator says of a configuration; it is not even imported for other texts."""
    from bot.clinic.configured_memory import memory_blocks

    return memory_blocks(configuration, facts, parts)


def _is_configured(finding: Finding) -> bool:
    """Whether a finding is of an option in a configuration."""
    return finding.is_of_settings and "option" in finding.captured


def _is_printed(telling: Line | None, parts: Parts) -> bool:
    """Whether the line that tells most of a failure is a program's."""
    if telling is None:
        return False
    return bool(telling.level) or not is_prose(telling.text) or parts.line_kinds.is_printed(telling.text)


def _judged(line: int, lines: Sequence[Line], parts: Parts) -> Judged | None:
    """The configuration that a line (from 1) belongs to, and all that is wrong with it and with what stands in it."""
    found = list(configurations_in(lines, parts.options))
    whole = next((each.whole for each in found if _holds(each, line, lines)), None)
    if whole is None:
        return None
    inside = [each for each in found if each is not whole and whole.first <= each.first and each.last <= whole.last]
    return _with_lines(whole, lines, parts, inside)


def _with_lines(
    configuration: Configuration, lines: Sequence[Line], parts: Parts, inside: Sequence[Configuration] = ()
) -> Judged:
    """A configuration with what is said of it and of those inside it, each at its line, and put right."""
    every = [configuration, *inside]
    found = [(lines[each.setting.at].number, each) for one in every for each in problems_of(one)]
    numbered = sorted(found, key=lambda each: each[0])
    text = corrected(configuration, problems_of(configuration), lines, inside)
    left = _left(text, [each for each in numbered if each[1].kind != "advice"], parts) if text else ()
    return Judged(configuration.table.program, tuple(numbered), text, LANGUAGES[configuration.table.form], left)


def _left(text: str, problems: Sequence[tuple[int, Problem]], parts: Parts) -> tuple[int, ...]:
    """The lines whose problems are still there once a configuration was put right."""
    lines = [Line(number, each, number) for number, each in enumerate(text.split("\n"), 1)]
    still = {each.said for one in configurations_in(lines, parts.options) for each in problems_of(one)}
    return tuple(dict.fromkeys(line for line, problem in problems if problem.said in still))


def _holds(configuration: Configuration, line: int, lines: Sequence[Line]) -> bool:
    return any(lines[problem.setting.at].number == line for problem in problems_of(configuration))


def _sound(lines: Sequence[Line], facts: Facts, parts: Parts) -> Configuration | None:
    """A configuration that makes up most of the text and has no fault; what is only advised counts as none."""
    found = list(configurations_in(lines, parts.options))
    problems = [problem.kind for each in found for problem in problems_of(each)]
    if set(problems) - {"advice"}:
        return None
    few = _MEASURED if problems or _is_told_of(facts) else _FEW
    large = [each for each in found if len(each.settings) >= few and 2 * each.size + 2 >= len(lines)]
    return max(large, key=_has_problems, default=None)


def _is_told_of(facts: Facts) -> bool:
    """Whether model and card are told."""
    return bool((facts.model or facts.model_file) and (facts.gpus or facts.vram))


def _has_problems(configuration: Configuration) -> bool:
    return bool(problems_of(configuration))


def _largest(lines: Sequence[Line], parts: Parts) -> Configuration | None:
    """The configuration with the most settings."""
    return max(configurations_in(lines, parts.options), key=lambda each: len(each.settings), default=None)
