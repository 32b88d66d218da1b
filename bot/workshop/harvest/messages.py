"""The error messages in source code, written as signatures: `{name}` stands where a message varies."""

import ast
import hashlib
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.knowledge.placeholders import VARIABLE
from bot.workshop.harvest.source import SourceFile

_LEAST_WORDS = 3
_LONGEST = 900  # characters
_WORD = re.compile(r"[A-Za-z]{3,}")
_PERCENT = re.compile(r"%(?:\(\w+\))?[-+ #0]*[\d.*]*(?:ll|l|z|h|j)?[sdiuxXfFgGeEvqwTpcrt]")
_OF_NUMBERS = frozenset("diuxXfFgGeE")
_BRACES = re.compile(r"\{[^{}]*\}")
_TEMPLATE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_]\w*")
_STRING = r"(?:\"(?:[^\"\\]|\\.)*\"(?:\s*PRI\w+)?\s*)+"
_C = re.compile(
    r"\b(LLAMA_LOG_ERROR|LOG_ERR|LOG_ERROR|GGML_LOG_ERROR|GGML_ABORT|SRV_ERR|SLT_ERR|TORCH_CHECK|fprintf\(stderr,"
    r"|throw std::\w+\((?:format|string_format)?|std::runtime_error\((?:format|string_format)?"
    r"|std::invalid_argument\((?:format|string_format)?|printf|\b(?:die|error|warning)(?:_errno)?\()"
    rf"\s*\(?\s*(?:_\(|N_\(|[\w:.>-]+,\s*)?({_STRING})"
)
_GO = re.compile(
    r"\b(errors\.(?:New|Errorf)|errors\.Wrapf?\(\w+,|fmt\.Errorf"
    r"|slog\.Error|slog\.Warn|log\.Fatalf?|http\.Error|fmt\.Fprintln|fmt\.Fprintf)"
    r"\(?\s*(?:os\.Stderr,\s*|w,\s*)?(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)"
)
_JS = re.compile(
    r"\b(new \w*Error|logger\.error(?:Text|WithoutPrefix)?|console\.error|console\.warn|toastr\.error|toastr\.warning"
    r"|summary\.push)"
    r"\(?\s*(?:color\.\w+\(|text|\[[^,\]]*,)?\s*"
    r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`)"
)
_RUST = re.compile(
    r"(#\[error|\bbail!|\banyhow!|\bwarn_user!|\bwarn_user_once!)\(\s*(?:r#?)?(\"(?:[^\"\\]|\\.)*\")", re.DOTALL
)
# Windows programs keep their texts in resource files.
_RESOURCE = re.compile(r'<data name="(\w+)"[^>]*>\s*<value>([^<]*)</value>')
_LOGGED = frozenset({"error", "exception", "critical", "fatal"})
# What prints an error only when its words say so, and the names that a message waits under until it is raised.
_PRINTED = frozenset({"print", "exit", "exit_with_error", "utfprint"})
_NAMED = frozenset({"message", "msg", "err_msg", "error_msg", "error_message"})
_WRAPPED = frozenset({"dals", "dedent", "cleandoc", "_"})
_TROUBLE = re.compile(
    r"\b(error|fail|can ?not|can't|could ?n[o']t|invalid|not found|unable|missing|unsupported|not supported|must|"
    r"requires?d?|warning|does ?n[o']t|no such|already|too \w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a source file. `kind`: raise, log, assert, or the function that prints it."""

    file: str
    line: int
    kind: str
    text: str

    @property
    def digest(self) -> str:
        """Ten characters that stay the same while the message's own words do."""
        words = " ".join(_WORD.findall(VARIABLE.sub(" ", self.text))).lower()
        return hashlib.sha256(words.encode()).hexdigest()[:10]


def messages_in(file: SourceFile) -> Iterator[Found]:
    """Every error message of a file that has words of its own, in order, each once."""
    seen: set[str] = set()
    for line, kind, text in _extractor(file.path)(file.text):
        found = Found(file.path, line, kind, " ".join(text.split()))
        plain = VARIABLE.sub(" ", found.text)
        if len(_WORD.findall(plain)) >= _LEAST_WORDS and len(found.text) <= _LONGEST and found.digest not in seen:
            seen.add(found.digest)
            yield found


_Extracted = Iterator[tuple[int, str, str]]


def _extractor(path: str) -> Callable[[str], _Extracted]:
    match PurePosixPath(path).suffix.lower():
        case ".py":
            return _python
        case ".go":
            return lambda text: _by_pattern(_GO, text)
        case ".js" | ".mjs" | ".cjs" | ".ts":
            return lambda text: _by_pattern(_JS, text)
        case ".rs":
            return lambda text: _by_pattern(_RUST, text)
        case ".resw":
            return _resources
        case _:
            return lambda text: _by_pattern(_C, text)


def _python(text: str) -> _Extracted:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Call | ast.Assert | ast.Assign))
    for node in sorted(nodes, key=lambda node: node.lineno):
        kind, said = _said(node)
        if said:
            yield node.lineno, kind, said


def _said(node: ast.Raise | ast.Call | ast.Assert | ast.Assign) -> tuple[str, str]:
    """(kind, message) of a statement; no message where it tells of no error."""
    match node:
        case ast.Raise(exc=ast.Call(args=[first, *_]) as call):
            said = _literal(first)
            return "raise", said and f"{_called(call)}: {said}"
        case ast.Assert(msg=ast.expr() as message):
            said = _literal(message)
            return "assert", said and f"AssertionError: {said}"
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _NAMED:
            return "set", _troubled(_literal(value))
        case ast.Call(args=[first, *_]) if _is_logging(node):
            return "log", _literal(first)
        case ast.Call(args=arguments) if _called(node) in _PRINTED:
            return "print", _troubled(next(filter(None, map(_literal, arguments)), ""))
    return "", ""


def _troubled(said: str) -> str:
    return said if _TROUBLE.search(said) else ""


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _is_logging(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _LOGGED


def _literal(node: ast.expr) -> str:
    """The text of a string expression with its variable parts in braces; empty when it is none."""
    match node:
        case ast.Constant(value=str() as value):
            return _PERCENT.sub(_printed, value)
        case ast.JoinedStr(values=parts):
            return "".join(_literal(part) if isinstance(part, ast.Constant) else _variable(part) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_literal(left) or _variable(left)}{_literal(right) or _variable(right)}"
        case ast.BinOp(left=left, op=ast.Mod()):
            return _literal(left)
        case ast.Call(func=ast.Attribute(value=inner, attr="format")):
            return _BRACES.sub(_named, _literal(inner))
        case ast.Call(args=[wrapped]) if _called(node) in _WRAPPED:
            return _literal(wrapped)
    return ""


def _variable(node: ast.expr) -> str:
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    attributes = [part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)]
    return _slot((attributes or names or ["value"])[0])


def _by_pattern(pattern: re.Pattern[str], text: str) -> _Extracted:
    line, position = 1, 0
    for found in pattern.finditer(text):
        line += text.count("\n", position, found.start())
        position = found.start()
        kind = re.split(r"[\s(]", found.group(1).removeprefix("new ").removeprefix("throw "))[0]
        yield line, kind, _plain(found.group(2))


def _resources(text: str) -> _Extracted:
    """Of a resource file what tells of trouble; "{}" and "{:x}" stand where a text varies."""
    for found in _RESOURCE.finditer(text):
        said = _BRACES.sub(_named, html.unescape(found.group(2)))
        if _TROUBLE.search(said):
            yield text.count("\n", 0, found.start()) + 1, "resource", said


def _plain(literal: str) -> str:
    """A string of C, Go or JavaScript as it is printed."""
    if literal[0] == '"':
        literal = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literal))
    else:
        literal = _TEMPLATE.sub(_named, literal[1:-1])
    text = literal.replace("\\n", " ").replace("\\t", " ").replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")
    return _PERCENT.sub(_printed, text)


def _named(found: re.Match[str]) -> str:
    names = _NAME.findall(found.group())
    return _slot(names[-1] if names else "value")


def _printed(conversion: re.Match[str]) -> str:
    """Where "%d" or "%s" stands: a number or any text."""
    return "{value:number}" if conversion.group()[-1] in _OF_NUMBERS else "{value}"


def _slot(name: str) -> str:
    return "{" + (re.sub(r"\W|^(?=\d)", "_", name).lower().strip("_") or "value") + "}"
