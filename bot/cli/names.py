"""`wenzhen explain`: what a name, file name, link or tag says."""

from typing import Any

import click

from bot.answers.names import explain_answer
from bot.base.errors import UserError
from bot.cli.common import json_lines, language_option, preferred_language, write_json
from bot.clinic.door import Clinic
from bot.intake.redaction import redact
from bot.knowledge.reference import load_formats, load_loaders
from bot.models.name_facts import NameFacts, name_facts
from bot.models.names import ModelName, parse_name


@click.command()
@click.argument("name", nargs=-1)
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input: id, model.")
def explain(name: tuple[str, ...], language: str | None, as_json: bool, as_jsonl: bool) -> None:
    """Tell what each part of a model's name means: repository, file, link, tag, or plain words."""
    explainer = _Explainer(Clinic())
    if as_jsonl:
        for number, case in enumerate(json_lines(), start=1):
            write_json(explainer.document(_model(case, number), case.get("id")))
        return
    if not name:
        raise click.UsageError("NAME is missing, for example: wenzhen explain qwen2.5:7b")
    text = redact(" ".join(name)).text
    if as_json:
        write_json(explainer.document(text, None))
        return
    from bot.cli.terminal import show

    parsed = parse_name(text)
    formats = load_formats(explainer.clinic.root)
    show(explain_answer(parsed, explainer.facts(parsed), formats), preferred_language(language))


class _Explainer:
    """Names together with what the catalog knows of them."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.loaders = load_loaders(clinic.root)

    def facts(self, name: ModelName) -> NameFacts:
        return name_facts(name, self.clinic.catalog, self.loaders)

    def document(self, text: str, id_: Any) -> dict[str, Any]:
        """The JSON contract of `wenzhen explain`."""
        name = parse_name(redact(text).text)
        facts = self.facts(name)
        return {
            "id": id_,
            "base": name.base,
            "org": name.org,
            "size_b": name.size_b,
            "variant": name.variant,
            "format": name.format,
            "quant": name.quant,
            "bpw": name.bpw,
            "part": name.part,
            "parts": name.parts,
            "kind": name.kind,
            "also": list(name.also),
            "bytes": facts.bytes,
            "loaders": list(facts.loaders),
            "confidence": name.confidence,
            "known": name.known,
            "nearest": list(facts.nearest),
        }


def _model(case: dict[str, Any], number: int) -> str:
    text = case.get("model", case.get("text"))
    if not isinstance(text, str):
        raise UserError(
            f'Line {number} of the input has no model: each line is {{"id": ..., "model": "..."}}',
            f'输入的第 {number} 行没有模型名：每行应为 {{"id": ..., "model": "..."}}',
        )
    return text
