"""`wenzhen explain`: what a name, file name, link or tag says."""

from collections.abc import Mapping
from typing import Any

import click

from bot.base.errors import UserError
from bot.base.languages import Language, told
from bot.cli.common import language_option, preferred_language, write_json, wrong_usage
from bot.cli.lines import answer_each_line
from bot.clinic.door import Clinic
from bot.clinic.looking_up import Explained


@click.command()
@click.argument("name", nargs=-1)
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input: id, model.")
def explain(name: tuple[str, ...], language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Tell what each part of a model's name means: repository, file, link, tag, or plain words."""
    clinic, chosen = Clinic(), preferred_language(language)
    if as_jsonl:
        answer_each_line(lambda case: _document(clinic.explain(_model(case)), chosen))
        return
    if not name:
        raise wrong_usage(
            "NAME is missing, for example: wenzhen explain qwen2.5:7b", "请写出名字，例如：wenzhen explain qwen2.5:7b"
        )
    found = clinic.explain(" ".join(name))
    if as_json:
        write_json({"id": None, **_document(found, chosen)})
        return
    from bot.cli.terminal import show

    show(found.answer, chosen)


def _document(found: Explained, language: Language) -> dict[str, object]:
    """The JSON contract of `wenzhen explain`."""
    name, facts = found.name, found.facts
    return {
        "base": name.base,
        "org": name.org,
        "size_b": name.size_b,
        "variant": name.variant,
        "format": name.format,
        "quant": name.quant,
        "bpw": name.bpw,
        "part": name.part,
        "parts": name.parts,
        "kind": None if name.kind == "closed" else name.kind,
        "also": list(name.also),
        "bytes": facts.bytes,
        "loaders": list(facts.loaders),
        "confidence": name.confidence,
        "known": name.known,
        "nearest": list(facts.nearest),
        **_looked(found, language),
    }


def _looked(found: Explained, language: Language) -> dict[str, object]:
    """The same as everything that is looked up says it: the model, whether it is meant for sure, and others."""
    from bot.answers.markdown import blocks_as_markdown

    name = found.name
    answer = {
        "id": name.base,
        "title": told(found.answer.title, language),
        "text": blocks_as_markdown(found.answer.blocks, language),
    }
    others = (*name.also, *found.facts.nearest)
    return {
        "answer": answer if name.base else None,
        "sure": name.base is not None and name.known and name.is_sure,
        "candidates": [{"id": each, "title": each, "score": None} for each in others],
    }


def _model(case: Mapping[str, Any]) -> str:
    text = case.get("model", case.get("question", case.get("text")))
    if not isinstance(text, str):
        raise UserError(
            'The line has no model: each line is {"id": ..., "model": "..."}',
            '这一行没有模型名：每行应为 {"id": ..., "model": "..."}',
        )
    return text
