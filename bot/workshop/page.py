"""The knowledge as pages to read: one Markdown document per area, with a table of contents."""

from collections.abc import Iterator, Sequence

from bot.answers.filling import filled
from bot.base.languages import Language, Text
from bot.knowledge.failures import Command, Failure, FixStep

_LABELS = {
    "class": Text("Class", "类别"),
    "components": Text("Printed by", "出自"),
    "recognised": Text("Recognised by", "识别依据"),
    "steps": Text("What to do", "怎么办"),
    "sources": Text("Sources", "参考"),
    "checked": Text("checked", "核对于"),
    "only": Text("only", "仅限"),
    "count": Text("{n} failures", "{n} 种故障"),
}
_MOST_SIGNATURES = 6


def reference_page(items: Sequence[tuple[str, Failure]], language: Language, title: str) -> str:
    """One Markdown document of all entries (file, entry), by area."""
    areas: dict[str, list[Failure]] = {}
    for file, entry in items:
        areas.setdefault(file.split("/")[1], []).append(entry)
    parts = [f"# {title}", "", _label("count", language).replace("{n}", str(len(items))), ""]
    for area, entries in areas.items():
        parts.append(f"- {area}")
        parts += [f"  - [{_escaped(_title(entry, language))}](#{entry.id})" for entry in entries]
    for area, entries in areas.items():
        parts += ["", f"## {area}"]
        for entry in entries:
            parts += ["", *_entry(entry, language)]
    return "\n".join(parts) + "\n"


def _entry(entry: Failure, language: Language) -> Iterator[str]:
    yield f'### <a id="{entry.id}"></a>{_escaped(_title(entry, language))}'
    yield ""
    components = f" · {_label('components', language)}: {', '.join(entry.components)}" if entry.components else ""
    yield f"`{entry.id}` · {_label('class', language)}: `{entry.failure_class}`{components}"
    yield ""
    yield _escaped(filled(entry.cause.in_language(language), {}))
    yield ""
    yield f"**{_label('steps', language)}**"
    yield ""
    for number, step in enumerate(entry.steps, start=1):
        yield from _step(number, step, language)
    yield f"**{_label('recognised', language)}**"
    yield ""
    yield from (f"- `{_code_span(signature.text)}`" for signature in entry.signatures[:_MOST_SIGNATURES])
    yield ""
    sources = (f"<{each.url}> ({_label('checked', language)} {each.checked})" for each in entry.sources)
    yield f"{_label('sources', language)}: " + ", ".join(sources)


def _step(number: int, step: FixStep, language: Language) -> Iterator[str]:
    when = [*step.when.loaders, *step.when.systems, *step.when.gpus]
    only = f" *({_label('only', language)}: {', '.join(when)})*" if when else ""
    yield f"{number}. {_escaped(filled(step.text.in_language(language), {}))}{only}"
    for command in step.commands:
        yield from _command(command)
    yield ""


def _command(command: Command) -> Iterator[str]:
    yield ""
    yield f"   ```{command.shell}"
    yield from (f"   {line}" for line in filled(command.code, {}).rstrip("\n").split("\n"))
    yield "   ```"


def _title(entry: Failure, language: Language) -> str:
    return filled(entry.title.in_language(language), {})


def _label(name: str, language: Language) -> str:
    return _LABELS[name].in_language(language)


def _escaped(text: str) -> str:
    """Text in which nothing is Markdown or HTML by accident."""
    for mark in ("\\", "`", "*", "_", "[", "]", "|"):
        text = text.replace(mark, "\\" + mark)
    return text.replace("<", "&lt;").replace("\n", " ")


def _code_span(text: str) -> str:
    return text.replace("`", "'")
