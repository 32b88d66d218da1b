"""What a further language still lacks: texts of the knowledge and of the program that its folder does not translate."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import msgspec

from bot.base.languages import Language, Text
from bot.clinic.parts import Parts
from bot.intake.template import Hint

_CHINESE = re.compile("[一-鿿]")
PROGRAM = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Missing:
    """English texts without a translation, of the program and of the knowledge; and translations of nothing."""

    program: tuple[str, ...]
    knowledge: tuple[str, ...]
    unused: tuple[str, ...]


def untranslated(parts: Parts, language: Language) -> Missing:
    """What `language` lacks, each text once, in the order in which it is met."""
    translated = parts.translations.dictionary.get(language, {})
    program, knowledge = list(dict.fromkeys(program_texts())), list(dict.fromkeys(knowledge_texts(parts)))
    known = {*program, *knowledge}
    return Missing(
        tuple(text for text in program if text not in translated),
        tuple(text for text in knowledge if text not in translated),
        tuple(text for text in translated if text not in known),
    )


def knowledge_texts(parts: Parts) -> Iterator[str]:
    """Every text of the knowledge in English."""
    rest = (parts.template, parts.questions, parts.terms.items, parts.conditions.values(), parts.formats)
    for part in (parts.failures, parts.loaders.values(), *rest):
        yield from _texts(part)


def program_texts(folder: Path = PROGRAM) -> Iterator[str]:
    """Every English text written in the program: `Text("English", "中文")`, errors and whatever else is called with
    both, and the table of the chat's words.
    """
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _written(node, getattr(node.func, "id", ""))


def _written(call: ast.Call, name: str) -> Iterator[str]:
    if (name == "Text" and len(call.args) == 2) or [
        language for each in call.args[:2] for language in _language(each)
    ] == ["en", "zh"]:
        yield from _constant(call.args[0])
    elif name == "_add":
        for keyword in call.keywords:
            if isinstance(keyword.value, ast.Tuple):
                yield from _constant(keyword.value.elts[0])


def _language(node: ast.expr) -> Iterator[str]:
    for text in _constant(node):
        yield "zh" if _CHINESE.search(text) else "en"


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Text | Hint):
        yield value.en
    elif isinstance(value, str):
        return
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
