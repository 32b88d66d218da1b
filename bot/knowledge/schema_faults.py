"""What a schema's complaint means in plain words: what is wrong, and what to write instead."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_KINDS = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def plain_faults(errors: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """(key path, problem) for jsonschema's errors; one error may name several keys."""
    for error in errors:
        yield from _plain(error)


def key_path(parts: Iterable[str | int]) -> str:
    """A path such as `examples[0].text`."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint at the most similar word: `; did you mean "title"?`, or nothing."""
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _plain(error: Any) -> Iterator[tuple[str, str]]:
    path = key_path(error.absolute_path)
    if error.validator in ("anyOf", "oneOf"):
        yield from _branch(error, path)
    elif error.validator == "required":
        yield from _missing(error, path)
    elif error.validator == "additionalProperties":
        yield from _unknown(error, path)
    else:
        yield path, _problem(error)


def _missing(error: Any, path: str) -> Iterator[tuple[str, str]]:
    """One error names one key, but jsonschema raises one for every missing key."""
    found = re.match(r"'([^']+)' is a required", error.message)
    name = found.group(1) if found else "?"
    properties: Mapping[str, Any] = error.schema.get("properties", {})
    similar = nearest(name, [key for key in error.instance if key not in properties])
    hint = _described(properties.get(name, {}))
    yield _joined(path, name), f"missing{similar or f'; write {hint}'}"


def _unknown(error: Any, path: str) -> Iterator[tuple[str, str]]:
    known = sorted(error.schema.get("properties", {}))
    for name in error.instance:
        if name not in known:
            hint = nearest(str(name), known) or f"; known keys: {', '.join(known)}"
            yield _joined(path, str(name)), f"unknown key{hint}"


def _branch(error: Any, path: str) -> Iterator[tuple[str, str]]:
    """Of several allowed forms the one that was meant, by the kind of value that stands there."""
    forms: Sequence[Mapping[str, Any]] = error.schema[error.validator]
    for number, form in enumerate(forms):
        if _is_kind(error.instance, form.get("type")):
            yield from plain_faults(inner for inner in error.context if inner.schema_path[0] == number)
            return
    allowed = " or ".join(_KINDS.get(str(form.get("type")), "another form") for form in forms)
    yield path, f"must be {allowed}, not {_kind_of(error.instance)}"


def _problem(error: Any) -> str:
    wanted = error.validator_value
    match error.validator:
        case "type":
            names = [wanted] if isinstance(wanted, str) else list(wanted)
            return f"must be {' or '.join(_KINDS.get(n, n) for n in names)}, not {_kind_of(error.instance)}"
        case "enum":
            listed = ", ".join(str(value) for value in wanted)
            similar = nearest(str(error.instance), map(str, wanted))
            return f"{error.instance!r} is not known; write one of: {listed}{similar}"
        case "const":
            return f"must be {wanted!r}"
        case "pattern":
            return f"{error.instance!r} has the wrong form; write {_described(error.schema)}"
        case "minItems":
            return f"needs at least {wanted} {'entry' if wanted == 1 else 'entries'}, has {len(error.instance)}"
        case "minLength":
            return "must not be empty" if wanted == 1 else f"is too short; write at least {wanted} characters"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            sign = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}
            return f"{error.instance} is out of range; write {sign.get(error.validator, 'less than')} {wanted}"
        case "uniqueItems":
            return "lists the same value twice"
    return str(error.message)


def _described(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of: " + ", ".join(str(value) for value in schema["enum"])
    if "description" in schema:
        return str(schema["description"])
    if "pattern" in schema:
        return f"text like {schema['pattern']}"
    kind = schema.get("type")
    if kind == "object" and schema.get("required"):
        return f"a mapping with {', '.join(schema['required'])}"
    return _KINDS.get(str(kind), "a value")


def _is_kind(value: object, kind: object) -> bool:
    return _kind_of(value) == _KINDS.get(str(kind))


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return _KINDS["boolean"]
        case None:
            return _KINDS["null"]
        case str():
            return _KINDS["string"]
        case int():
            return _KINDS["integer"]
        case float():
            return _KINDS["number"]
        case list():
            return _KINDS["array"]
        case dict():
            return _KINDS["object"]
    return type(value).__name__


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
