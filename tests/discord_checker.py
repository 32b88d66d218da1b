"""Checks what the bot sends against Discord's OpenAPI file (when it lies beside the project) and unwritten limits."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SPEC_FILE = Path(__file__).resolve().parents[2] / "shared" / "discord" / "openapi.json"
V2 = 1 << 15
# Accepted by Discord and sent by discord.py, though the file leaves them out.
ALSO_ALLOWED = {
    "nsfw": ("ApplicationCommandCreateRequest", "ApplicationCommandUpdateRequest"),
    "tts": (
        "IncomingWebhookUpdateForInteractionCallbackRequestPartial",
        "IncomingWebhookUpdateRequestPartial",
        "MessageEditRequestPartial",
    ),
}


class OpenApi:
    """Discord's API description. Request schemas are closed, so that a misspelt key is found."""

    def __init__(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        for key, names in ALSO_ALLOWED.items():
            for name in names:
                schemas[name]["properties"][key] = {"type": ["boolean", "null"]}
        schemas["SnowflakeType"]["type"] = ["string", "integer"]
        for name, schema in schemas.items():
            if "Request" in name and "properties" in schema and "allOf" not in schema:
                schema.setdefault("additionalProperties", False)
        self.paths: dict[str, Any] = document["paths"]
        self.registry: Any = Registry().with_resource("urn:discord", DRAFT202012.create_resource(document))
        ordered = sorted(self.paths, key=lambda path: path.count("{"))
        self.routes = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path) for path in ordered]

    def faults(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with a request, one line each."""
        template = next((template for route, template in self.routes if route.match(path)), "")
        operation = self.paths.get(template, {}).get(method.lower())
        if operation is None:
            return [f"no such route: {method} {path}"]
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return []
        steps = ["paths", template, method.lower(), "requestBody", "content", "application/json", "schema"]
        pointer = "/".join(quote(step.replace("~", "~0").replace("/", "~1")) for step in steps)
        checker = Draft202012Validator(
            {"$ref": f"urn:discord#/{pointer}"}, registry=self.registry, format_checker=FormatChecker()
        )
        found = [leaf for error in checker.iter_errors(body) for leaf in _leaves(error)]
        return [f"{method} {path} {error.json_path}: {error.message[:200]}" for error in found]


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The deepest faults of a union, without the branches that are merely another kind of component."""
    if not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for child in error.context:
        branches.setdefault(child.schema_path[0], []).append(child)

    def is_other_kind(branch: list[ValidationError]) -> bool:
        return any(e.validator_value == "null" or ("type" in e.path and e.validator == "enum") for e in branch)

    meant = [branch for branch in branches.values() if not is_other_kind(branch)]
    for child in min(meant or list(branches.values()), key=len):
        yield from _leaves(child)


@cache
def open_api() -> OpenApi | None:
    """The description, or None where it is not at hand."""
    return OpenApi(json.loads(SPEC_FILE.read_text(encoding="utf-8"))) if SPEC_FILE.exists() else None


def request_faults(method: str, path: str, body: object) -> list[str]:
    """Everything wrong with a request: against the description, when there is one, and the unwritten limits."""
    api = open_api()
    return (api.faults(method, path, body) if api else []) + [f"{method} {path} {f}" for f in unwritten_faults(body)]


def message_faults(body: dict[str, Any]) -> list[str]:
    """Everything wrong with the body of a new message."""
    return request_faults("POST", "/channels/1/messages", body)


def unwritten_faults(body: object) -> list[str]:
    """Limits that Discord enforces without stating them in its description."""
    data = (body.get("data") or body.get("message") or body) if isinstance(body, dict) else {}
    if not isinstance(data, dict):
        return []
    embeds = data.get("embeds") or []
    parts = list(components(data.get("components")))
    ids = [part["custom_id"] for part in parts if part.get("custom_id")]
    shown = sum(_units(part["content"]) for part in parts if part["type"] == 10)
    is_v2 = bool((data.get("flags") or 0) & V2)
    faults = {
        "embeds hold more than 6000": sum(map(_embed_units, embeds)) > 6000,
        f"{len(parts)} components": len(parts) > 40,
        f"text displays hold {shown}": shown > 4000,
        "an empty text display": any(part["type"] == 10 and not part["content"].strip() for part in parts),
        "a custom id twice": len(ids) != len(set(ids)),
        "content or embeds beside components v2": is_v2 and bool(data.get("content") or embeds),
        "a label too long": any(_units(part.get("label") or "") > 80 for part in parts if part["type"] == 2),
        "a custom id too long": any(len(id_) > 100 for id_ in ids),
    }
    return [fault for fault, present in faults.items() if present]


def components(node: object) -> Iterator[dict[str, Any]]:
    """Every component of a message or form, nested ones too."""
    if isinstance(node, list):
        for child in node:
            yield from components(child)
    elif isinstance(node, dict) and isinstance(node.get("type"), int):
        yield node
        for key in ("components", "component", "accessory"):
            yield from components(node.get(key))


def shown_text(node: object) -> str:
    """All text that a message with components v2 shows."""
    return "\n".join(part["content"] for part in components(node) if part["type"] == 10)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _embed_units(embed: dict[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [text for field in embed.get("fields") or [] for text in (field["name"], field["value"])]
    return sum(_units(text or "") for text in texts)
