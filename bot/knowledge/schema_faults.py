"""What a schema's complaint means in plain words: what is wrong, and what to write instead."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
# Forms that the schemas ask for, in words.
_FORMS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "small letters, digits and single hyphens",
    "^[a-z0-9-]+$": "small letters, digits and hyphens",
    "^20[0-9]{2}-(0[1-9]|1[0-2])$": "a month such as 2026-11",
    "^20[0-9]{2}-[0-9]{2}$": "a month such as 2026-11",
    "^20\\d\\d-[01]\\d$": "a month such as 2026-11",
    "^https://[^ ]+$": "an address that begins with https://",
    "^https://": "an address that begins with https://",
    "^(http://.+)?$": "an address such as http://localhost:5001",
    "^https://[^ ]*\\{words\\}[^ ]*$": "an https:// address with {words} in it",
    "^[0-9]+$": "a whole number",
    r"\{it\}": "a line with {it} where the name stands",
    "^[0-9]+\\.[0-9]$": "a version such as 8.6",
    "^gfx[0-9a-f]+$": "a name such as gfx1100",
    "^[0-9a-f]{10}$": "ten hexadecimal digits",
    "^[a-z0-9.-]+$": "small letters, digits, points and hyphens",
    "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$": "a repository as owner/name",
    "^[a-z][a-z0-9_-]*$": "small letters, digits, hyphens and underscores",
    "^[a-z][a-z0-9_]*$": "small letters, digits and underscores",
    "^[a-z0-9][a-z0-9._-]*$": "small letters, digits, points, hyphens and underscores",
    "^[A-Za-z][A-Za-z0-9._ -]*$": "the beginning of a command, without options",
    "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$": "the name of a package",
    "^[A-Za-z_][A-Za-z0-9_.]*$": "the name of a module",
    "^[0-9b][0-9A-Za-z.+-]*$": "a version such as 1.119 or b4500",
    "^[a-z-]+$": "small letters and hyphens",
    "^[a-z0-9.:-]+/[^\\s?#]*$": "a host and a path, without https://",
    "^https?://[a-z0-9.:-]+/[^\\s?#]*$": "an address without ? and #",
    "^[a-z_]+$": "small letters and underscores",
    "^[AWRB-]+$": "the letters A, W, R, B and -",
    "^[DEB-]+$": "the letters D, E, B and -",
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
    import difflib

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
    say = _PROBLEMS.get(error.validator)
    return say(error) if say else "is not of the form that is asked for here"


def _wrong_kind(error: Any) -> str:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    return f"must be {' or '.join(_KINDS.get(n, n) for n in names)}, not {_kind_of(error.instance)}"


def _not_listed(error: Any) -> str:
    listed = ", ".join(str(value) for value in error.validator_value)
    similar = nearest(str(error.instance), map(str, error.validator_value))
    return f"{error.instance!r} is not known; write one of: {listed}{similar}"


def _too_few(error: Any) -> str:
    wanted = error.validator_value
    return f"needs at least {wanted} {'entry' if wanted == 1 else 'entries'}, has {len(error.instance)}"


def _too_short(error: Any) -> str:
    wanted = error.validator_value
    return "must not be empty" if wanted == 1 else f"is too short; write at least {wanted} characters"


def _out_of_range(error: Any) -> str:
    sign = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}
    return f"{error.instance} is out of range; write {sign.get(error.validator, 'less than')} {error.validator_value}"


def _too_long(error: Any) -> str:
    return f"is too long; at most {error.validator_value}"


_PROBLEMS: Mapping[str, Callable[[Any], str]] = {
    "type": _wrong_kind,
    "enum": _not_listed,
    "const": lambda error: f"must be {error.validator_value!r}",
    "pattern": lambda error: f"{error.instance!r} has the wrong form; write {_form(error.schema)}",
    "format": lambda _error: "is no regular expression",
    "propertyNames": lambda _error: "a key has the wrong form; write it like the others",
    "minItems": _too_few,
    "minLength": _too_short,
    "minProperties": lambda error: f"needs at least {error.validator_value} of its keys",
    "minimum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "maxItems": _too_long,
    "maxLength": _too_long,
    "maxProperties": _too_long,
    "uniqueItems": lambda _error: "lists the same value twice",
}


def _form(schema: Mapping[str, Any]) -> str:
    """What a value of a form looks like, in words: never the expression that tests it."""
    return _FORMS.get(str(schema.get("pattern"))) or _described(schema)


def _described(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of: " + ", ".join(str(value) for value in schema["enum"])
    if "description" in schema:
        return str(schema["description"])
    if pattern := schema.get("pattern"):
        return _FORMS.get(pattern, "a value of the form that the others have")
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
