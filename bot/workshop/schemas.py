"""The JSON schemas of the data files, generated from the typed structs that the files become.

A struct says which keys there are, which must be there, and what they hold; the comment beside a field is its
description. What a type cannot say (the form of a text, how many items at least) stands in RULES.
"""

import inspect
import io
import json
import tokenize
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec

from bot.answers.proofs import TYPES
from bot.diagnosis.complaint import Complaints
from bot.hardware.cards import CardFile
from bot.hardware.machines import AmountRole, MachineData
from bot.intake.cues import CueData
from bot.intake.line_kinds import LineData
from bot.intake.links import PasteSites
from bot.intake.log_rules import Row
from bot.intake.signs import PostTopic, TopicData
from bot.intake.surroundings import CircumstanceData
from bot.intake.template import Template
from bot.intake.turning import Asked, TurnData
from bot.intake.vocabulary import Vocabulary
from bot.knowledge.advice import Advice
from bot.knowledge.architectures import Architecture
from bot.knowledge.asking import Asking
from bot.knowledge.dangers import Danger
from bot.knowledge.effects import Effect
from bot.knowledge.errands import Errands
from bot.knowledge.failures import Failure, FieldWords
from bot.knowledge.first_aid import FirstAid
from bot.knowledge.known_faults import KnownFaultFile
from bot.knowledge.messages import Messages
from bot.knowledge.options import OptionTable
from bot.knowledge.outcomes import Outcome
from bot.knowledge.places import Place
from bot.knowledge.reasons import Reasons
from bot.knowledge.reference import CIRCUMSTANCES, Condition, Format, Loader, Question, Term
from bot.knowledge.samplers import Samplers
from bot.knowledge.sayings import Sayings
from bot.knowledge.secrets import Rotation
from bot.knowledge.subjects import Subjects
from bot.knowledge.talk import Talk
from bot.knowledge.told import Told
from bot.knowledge.variables import Variables
from bot.memory.serving import ENGINES
from bot.models.catalog import ModelFile
from bot.models.families import Families
from bot.models.recommended import RecommendationFile
from bot.workshop.cure_faults import Menu
from bot.workshop.harvest.ledger import Ledger

Schema = dict[str, Any]

# Name of a schema: what it describes, and the struct; a list of structs where the file is a list.
TABLE: Mapping[str, tuple[str, Any]] = {
    "advice": ("Advice by machine, on buying and on quantizations", Advice),
    "architectures": ("First releases that know an architecture", list[Architecture]),
    "asking": ("How questions are put", Asking),
    "circumstances": ("Where and how something runs, and that it ran before", CircumstanceData),
    "complaints": ("How people speak of a failure", Complaints),
    "conditions": ("Questions that decide between loaders or formats", list[Condition]),
    "conversation": ("How people go on in a conversation", TurnData),
    "cues": ("Cues: words by which a request is read", CueData),
    "dangers": ("What a step may do that costs something", list[Danger]),
    "effects": ("What a step does to a computer", list[Effect]),
    "errands": ("What people come for, in whole sentences", Errands),
    "failure": ("A known failure", Failure),
    "families": ("Families of language models", Families),
    "faq": ("Frequent questions", list[Question]),
    "field": ("What the knowledge is about", FieldWords),
    "first_aid": ("First checks by kind of trouble", list[FirstAid]),
    "format": ("A model format", Format),
    "glossary": ("Terms and settings", list[Term]),
    "gpus": ("Graphics cards and unified-memory machines", CardFile),
    "harvest": ("Messages of a program that no user meets", Ledger),
    "known_faults": ("Faults of single versions of programs", KnownFaultFile),
    "lines": ("What a line of a post is", LineData),
    "loader": ("A loader or front end", Loader),
    "log_facts": ("Which printed lines state which fact", list[Row]),
    "machines": ("Words by which machines are told", MachineData),
    "menus": ("Names of menus as programs show them", list[Menu]),
    "messages": ("Messages of one program", Messages),
    "model": ("A family of language models and their shapes", ModelFile),
    "options": ("The options of a program, in one form", OptionTable),
    "outcomes": ("How to see that a failure is solved, by area", list[Outcome]),
    "pastes": ("Sites where people put logs", PasteSites),
    "places": ("What is different where a program runs on no computer of one's own", list[Place]),
    "reasons": ("Reasons as rules", Reasons),
    "recommended": ("Models that people run", RecommendationFile),
    "samplers": ("Recommended sampler settings", Samplers),
    "secrets": ("What to do with a secret that was posted", list[Rotation]),
    "template": ("The question template", Template),
    "sayings": ("What people say once they have tried something", Sayings),
    "subjects": ("What posts are about", Subjects),
    "talk": ("What people say who want something, and who want nothing", Talk),
    "told": ("How people tell of failures in words", Told),
    "topics": ("What a post is about: signs and topics", TopicData),
    "variables": ("What may be put into a command", Variables),
    "vocabulary": ("Vocabulary: what people call programs and systems", Vocabulary),
}


_SLUG: Schema = {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_MONTH: Schema = {"pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}
_PAGE: Schema = {"pattern": "^https://[^ ]+$"}
_SEARCH: Schema = {"pattern": "^https://[^ ]*\\{words\\}[^ ]*$"}
_HOST: Schema = {"pattern": "^[a-z0-9.-]+$"}
_VERSION: Schema = {"pattern": "^[0-9b][0-9A-Za-z.+-]*$"}
_PROOF: Schema = {"exclusiveMinimum": 0, "maximum": 1}
_SOME: Schema = {"minItems": 1}
_CIRCUMSTANCE: Schema = {"enum": sorted(CIRCUMSTANCES)}  # of a command
_REGEX: Schema = {"items": {"format": "regex"}}
_LONG: Schema = {"items": {"minLength": 2}}
_MAY_BE_EMPTY: Schema = {"minLength": 0}  # all other texts hold something
_COUNT: Schema = {"minimum": 1}
_NUMBER: Schema = {"minimum": 0}
_NAME: Schema = {"maxLength": 120}
_NAMES: Schema = {"items": _NAME}
_REPOSITORY: Schema = {"pattern": "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"}
_WIDTH: Schema = {"minimum": 1, "maximum": 2**32}
_PART: Schema = {"minimum": 0, "maximum": 2**32}
_EACH: Schema = {"type": "integer", **_PART}
_BY_LAYER: Schema = {"anyOf": [_EACH, {"type": "array", "minItems": 1, "maxItems": 1024, "items": _EACH}]}
_SIZE: Schema = {"exclusiveMinimum": 0}
_MODEL: Mapping[str, Schema] = {
    "id": _NAME,
    "repo": _REPOSITORY,
    "aliases": _NAMES,
    "same_shape": _NAMES,
    "parameters_b": _SIZE,
    "active_b": _SIZE,
    "released": _MONTH,
    "popularity": {"minimum": 1, "maximum": 5},
    "source": _PAGE,
    "checked": _MONTH,
    **dict.fromkeys(("layers", "embedding", "key_length", "vocabulary", "context"), _WIDTH),
}
_PHRASES: Schema = {
    "minProperties": 1,
    "propertyNames": {"pattern": "^[a-z][a-z0-9_-]*$"},
    "additionalProperties": _SOME,
}
_WORDINGS: Schema = {
    "minProperties": 1,
    "propertyNames": {"enum": ["codes", "en", "zh-CN", "zh-TW", "ja", "ko", "ru", "de", "fr", "es", "pt", "tr"]},
    "additionalProperties": {"minItems": 1, **_LONG},
}
_CUE_LISTS = ("plea", "question", "quality", "no_quality", "no_steps", "prompt_settings", "sampler_defaults", "unsure")
_TEXT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["en", "zh"],
    "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string", "minLength": 1}},
}
# What a type cannot say, by struct and key.
RULES: Mapping[str, Mapping[str, Schema]] = {
    "Asking": dict.fromkeys(("meanings", "loader_aspects", "format_aspects", "elsewhere"), _PHRASES),
    "Asked": {"asked": {"minItems": 3}, "answers": {"minProperties": 1, "additionalProperties": _LONG}},
    "Advice": {"cards": {"propertyNames": {"pattern": "^[0-9]+$"}}},
    "Architecture": {"first": {"minProperties": 1, "additionalProperties": _VERSION}, "month": _MONTH},
    "Before": dict.fromkeys(("version", "update", "before", "driver", "systems", "others"), _SOME),
    "CircumstanceData": {key: {"additionalProperties": _SOME} for key in ("rights", "regions", "packaging")},
    "CardFile": {"sources": _SOME},
    "Maker": {"patterns": _SOME | {"items": _REGEX}},
    "SpokenCards": {"names": {"items": _REGEX}, "apple": {"items": _REGEX}},
    "CardGroup": {
        "cards": _SOME,
        "compute": {"pattern": "^[0-9]+\\.[0-9]$"},
        "gfx": {"pattern": "^gfx[0-9a-f]+$"},
    },
    "CardRow": {
        "name": {"minLength": 2},
        "memory": {"items": _COUNT},
        "mods": {"items": _COUNT},
        "bandwidth": _COUNT,
        "aliases": _LONG,
    },
    "CatalogModel": {
        **_MODEL,
        "like": _NAME,
        "native_bits": _SIZE,
        **dict.fromkeys(("heads", "kv_heads", "feed_forward"), _BY_LAYER),
        **dict.fromkeys(("value_length", "rope_length", "window", "window_key_length", "window_value_length"), _WIDTH),
        **dict.fromkeys(("window_kv_heads", "embedding_per_layer", "alternating_updates"), _WIDTH),
        **dict.fromkeys(("shared_kv_layers", "next_token_layers", "residual_streams"), _PART),
        "stream_rank": _WIDTH,
        "attention": {"pattern": "^[AWRB-]+$"},
        "feed_forward_kinds": {"pattern": "^[DEB-]+$"},
        "traits": {"uniqueItems": True},
    },
    "Change": {"value": _MAY_BE_EMPTY},
    "Choice": {"": {"minProperties": 1, "maxProperties": 1}},
    "CompressionEntry": {
        **dict.fromkeys(("window", "query_rank", "output_groups", "output_rank"), _WIDTH),
        "ratios": {"items": _PART},
        "repeated": {"minItems": 1, "items": _PART},
    },
    "Condition": {"id": _SLUG, "says": _LONG},
    "Conflict": {"id": _SLUG, "if": _SOME},
    "Counts": dict.fromkeys(("messages", "answered", "dismissed", "open"), _NUMBER),
    "CueData": {**dict.fromkeys(_CUE_LISTS, _REGEX), "topics": {"additionalProperties": _REGEX}},
    "Danger": {"id": {"pattern": "^[a-z-]+$"}},
    "Effect": {"id": _SLUG, "found": _SOME, "sources": _SOME},
    "ExpertsEntry": {
        **dict.fromkeys(("count", "used", "feed_forward"), _WIDTH),
        **dict.fromkeys(("shared", "shared_feed_forward", "leading_dense", "groups", "latent", "by_token"), _PART),
    },
    "Failure": {
        "id": _SLUG,
        "class": _SLUG,
        "arrives": {"pattern": "^[a-z_]+$"},
        "signatures": {"minItems": 0, "or_text": 2},
        "steps": _SOME,
        "sources": _SOME,
        "examples": {"minItems": 2},
        "near_misses": _SOME,
        "found_by": _SOME,
        "versions": _SOME,
        "todo_examples": _SOME,
    },
    "Families": {"closed": _REGEX, "words": {"additionalProperties": _MAY_BE_EMPTY}},
    "Family": {
        "models": _SOME,
        "source": _PAGE,
        "values": _SOME,
        "sizes": {"additionalProperties": {"exclusiveMinimum": 0}},
    },
    "FieldWords": {
        **dict.fromkeys(("ours", "others", "devices", "tools", "generic", "shared", "healthy", "harmless"), _LONG),
        **{key: {"minItems": 1, **_LONG} for key in ("ours", "others")},
        **dict.fromkeys(("packages", "faint", "jargon", "rivals", "common", "environment"), _LONG),
    },
    "FirstAid": {"steps": _SOME},
    "Format": {"sources": _SOME},
    "Gone": {"instead": _MAY_BE_EMPTY},
    "Group": {"entry": _SLUG, "texts": {"minItems": 1, "or_text": 2}},
    "HashedEntry": {**dict.fromkeys(("rows", "width", "conv_kernel", "dilation", "table"), _WIDTH), "layer": _PART},
    "LatentEntry": {
        **dict.fromkeys(("kv_rank", "nope_length", "value_length"), _WIDTH),
        **dict.fromkeys(("query_rank", "rope_length"), _PART),
    },
    "Lead": {"entry": _SLUG, "weight": _PROOF, "values": {"minItems": 1, "items": {"type": ["string", "integer"]}}},
    "Ledger": {"dismissed": {"uniqueItems": True, "items": {"pattern": "^[0-9a-f]{10}$"}}},
    "LineData": dict.fromkeys(LineData.__struct_fields__, _REGEX),
    "Link": {"url": _PAGE},
    "Loader": {
        "address": {"pattern": "^(http://.+)?$"},
        **dict.fromkeys(("install", "log", "context", "gpu_layers", "start", "update", "back"), _SOME),
        **dict.fromkeys(("links", "sources"), _SOME),
    },
    "Place": {"impossible": _LONG},
    "PlaceCure": dict.fromkeys(("entries", "steps", "sources"), _SOME),
    "MachineData": {"amounts": {"keys": list(get_args(AmountRole))}},
    "MachineIs": {"": {"minProperties": 1}},
    "MeantCards": {"words": _SOME},
    "KnownFault": {
        **dict.fromkeys(("says", "sources"), _SOME),
        **dict.fromkeys(("broken_in", "fixed_in", "last_seen"), _VERSION),
    },
    "KnownFaultFile": {"faults": _SOME},
    "Message": {"text": {"minLength": 2}, "weight": _PROOF},
    "Messages": {"messages": _SOME},
    "ModelFile": {
        "": {"anyOf": [{"required": ["models"]}, {"required": ["outlines"]}]},
        **dict.fromkeys(("models", "outlines"), _SOME),
    },
    "Named": {"text": {"pattern": r"\{it\}"}, "ours": _LONG, "theirs": _LONG},
    "NamedMachine": {"memory": _COUNT},
    "Option": {"names": _SOME},
    "OptionTable": {"program": {"minLength": 2}, "sources": _SOME},
    "Outline": {**_MODEL, "native_bits": _SIZE, **dict.fromkeys(("heads", "kv_heads"), _WIDTH)},
    "PasteSites": {"locked": {"items": _HOST}},
    "Program": {"rank": {"minimum": 1, "maximum": 9}},
    "Question": {"asked": {"minItems": 3}, "answer": _SOME, "sources": _SOME, "id": _SLUG},
    "Reasons": {"rules": _SOME},
    "RecommendationFile": {"checked": _MONTH, "sources": _SOME, "models": _SOME},
    "RecommendedRow": {"uses": _SOME, "released": _MONTH},
    "RecurrentEntry": {
        **dict.fromkeys(("conv_kernel", "inner_size"), _WIDTH),
        **dict.fromkeys(("state_size", "groups", "time_step_rank", "head_length"), _PART),
    },
    "Reference": {"url": _PAGE, "checked": _MONTH},
    "Row": {"anchors": _SOME, "pattern": {"format": "regex"}, "example": {"minProperties": 1}},
    "Rule": {"id": _SLUG, "leads": _SOME, "wordings": _WORDINGS},
    "Runs": {
        "family": {"enum": list(ENGINES)},
        "option": {"pattern": "^[a-z0-9.-]+$"},
        "also": {"items": {"enum": list(ENGINES)}},
        "start": _SOME,
        "preferred": {"additionalProperties": {"minimum": 1}},
        "context": {"minimum": 0},
        "context_step": {"minimum": 1},
        "slots": {"minimum": 0},
        "batch": {"minimum": 0},
    },
    "Piece": {"text": {"minLength": 1}, "when": {"items": _CIRCUMSTANCE}, "unless": {"items": _CIRCUMSTANCE}},
    "RoomyContext": {"vram": {"minimum": 1}, "context": {"minimum": 1}},
    "Sampler": {"any": _REGEX},
    "Samplers": {"usual": _SOME},
    "SearchPages": {"trackers": {"additionalProperties": _SEARCH}, "engines": {"items": _SEARCH}},
    "Rotation": {"kinds": {"minItems": 1, "items": {"pattern": "^[a-z-]+$"}}, "link": _PAGE},
    "Signature": {"text": {"minLength": 2}, "weight": _PROOF},
    "Site": {
        "name": {"maxLength": 40},
        "addresses": {"minItems": 1, "items": {"pattern": "^[a-z0-9.:-]+/[^\\s?#]*$"}},
        "raw": {"pattern": "^https?://[a-z0-9.:-]+/[^\\s?#]*$"},
        "hosts": {"items": _HOST},
    },
    "SparseIndexEntry": {**dict.fromkeys(("heads", "key_length", "top"), _WIDTH), "pool": _PART},
    "Source": {"url": _PAGE, "checked": _MONTH},
    "Spell": {
        "": {"minProperties": 2},
        "says": _LONG,
        **dict.fromkeys(("broken_in", "fixed_in", "since", "until"), _VERSION),
        "month": _MONTH,
    },
    "System": {"patterns": _REGEX},
    "Term": {"id": _SLUG},
    "Together": {"": {"minProperties": 1}, "once": _SOME | _REGEX, "words": _SOME | _REGEX},
    "Test": {"not_multiple_of": {"minimum": 2}},
    "TopicData": {"topics": {"keys": list(get_args(PostTopic))}},
    "TurnData": {"asks-back": {"keys": list(get_args(Asked))}, "steps": _SOME},
    "Variables": {
        "types": {
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
            "additionalProperties": {"enum": sorted(TYPES)},
        },
        "harmless": {"items": {"pattern": "^[A-Za-z][A-Za-z0-9._ -]*$"}},
        "distrusted": {"items": {"minLength": 3}},
        "folders": {"items": {"pattern": "^[a-z0-9][a-z0-9._-]*$"}},
        "packages": {
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_.]*$"},
            "additionalProperties": {"pattern": "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"},
        },
    },
    "Weighted": {"any": _REGEX},
    "Wording": {"en": _SOME, "zh": _SOME},
    "Writing": dict.fromkeys(("written", "writers", "acts", "marks", "technical"), _REGEX),
}  # fmt: skip
# Keys that must be written although the struct has a value for the case that nothing is known; "*": all.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Complaints": ("*",),
    "Cue": ("found_in",),
    "FieldWords": ("ours", "others"),
    "Ledger": ("dismissed",),
    "PasteSites": ("*",),
    "Variables": ("*",),
}
# A key with which others need not be written, for it brings them; and those that still must be.
BRINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {"CatalogModel": ("like", ("id", "repo"))}
# Fields that are filled by the program, not by files.
NOT_WRITTEN = {"Signature": {"ruled", "said"}, "Hint": {"others"}}


def schema_file(name: str) -> str:
    """The whole text of knowledge/schema/<name>.json."""
    title, kind = TABLE[name]
    whole = msgspec.json.schema(kind)
    least: Schema = {"minItems": 1} if typing.get_origin(kind) is list else {}
    body = _Inlining(whole.get("$defs", {}), _structs_in(kind)).of(whole)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{name}.json", "title": title}
    return json.dumps(head | body | least, indent=2, ensure_ascii=False) + "\n"


def stale(root: Path) -> Iterator[str]:
    """Names of the schemas under `root` that are not what the structs say."""
    for name in TABLE:
        file = root / "schema" / f"{name}.json"
        if not file.is_file() or file.read_text(encoding="utf-8") != schema_file(name):
            yield name


def write_schemas(root: Path) -> list[str]:
    """Writes every schema anew; the names of those that changed."""
    changed = list(stale(root))
    for name in changed:
        (root / "schema" / f"{name}.json").write_text(schema_file(name), encoding="utf-8")
    return changed


class _Inlining:
    """msgspec's schema with every struct written where it stands, and with what the structs' types cannot say."""

    def __init__(self, definitions: Mapping[str, Schema], structs: Mapping[str, type]) -> None:
        self._definitions = definitions
        self._structs = structs

    def of(self, schema: Mapping[str, Any]) -> Schema:
        if "$ref" in schema:
            return self._struct(schema["$ref"].rsplit("/", 1)[-1])
        if "anyOf" in schema:
            return self._either([each for each in schema["anyOf"] if each != {"type": "null"}])
        kept = {key: value for key, value in schema.items() if key in _KEPT}
        for key in ("items", "additionalProperties"):
            if isinstance(kept.get(key), dict):
                kept[key] = self.of(kept[key])
        if kept == {"type": "string"}:
            return {"type": "string", "minLength": 1}
        return kept

    def _either(self, forms: list[Schema]) -> Schema:
        if len(forms) == 1:
            return self.of(forms[0])
        plain = [form["type"] for form in forms if form.keys() == {"type"}]
        return {"type": plain} if len(plain) == len(forms) else {"anyOf": [self.of(form) for form in forms]}

    def _struct(self, name: str) -> Schema:
        if name == "Text":
            return _TEXT
        definition = self._definitions[name]
        title, rules = definition["title"], RULES.get(definition["title"], {})
        told = described(self._structs[title])
        keys = [key for key in definition["properties"] if key not in NOT_WRITTEN.get(title, ())]
        properties = {
            key: _ruled(self.of(definition["properties"][key]), rules.get(key, {}), told.get(key)) for key in keys
        }
        required = [key for key in keys if key in _required(title, definition)]
        head: Schema = {"type": "object", "additionalProperties": False, **rules.get("", {})}
        return head | _with_required(title, required) | {"properties": properties}


# Rules of ours: bare texts of at least so many characters may stand for items; the keys that a mapping has.
_OWN_RULES = frozenset({"or_text", "keys"})
_KEPT = frozenset({"type", "items", "enum", "additionalProperties", "propertyNames"})


def _required(title: str, definition: Schema) -> set[str]:
    more = REQUIRED.get(title, ())
    return {*definition.get("required", ()), *(definition["properties"] if "*" in more else more)}


def _with_required(title: str, required: Sequence[str]) -> Schema:
    """Which keys must be written: all that the struct needs, unless one is there that brings the others."""
    if title not in BRINGS:
        return {"required": required} if required else {}
    brings, own = BRINGS[title]
    rest = [key for key in required if key not in own]
    return {"required": list(own), "if": {"not": {"required": [brings]}}, "then": {"required": rest}}


def _ruled(schema: Schema, rules: Mapping[str, Any], description: str | None) -> Schema:
    """A key's schema with its rules and its description."""
    merged = _merged(schema, {key: rule for key, rule in rules.items() if key not in _OWN_RULES})
    if names := rules.get("keys"):
        properties = dict.fromkeys(names, merged["additionalProperties"])
        merged |= {"additionalProperties": False, "required": names, "properties": properties}
    if least := rules.get("or_text"):
        merged["items"] = {"anyOf": [{"type": "string", "minLength": least}, merged["items"]]}
    return merged | ({"description": description} if description else {})


def _merged(schema: Mapping[str, Any], rules: Mapping[str, Any]) -> Schema:
    merged = dict(schema)
    for key, rule in rules.items():
        inner = merged.get(key)
        merged[key] = _merged(inner, rule) if isinstance(inner, dict) and isinstance(rule, Mapping) else rule
    if "pattern" in merged or "enum" in merged:
        merged.pop("minLength", None)
    if "enum" in merged:
        merged.pop("type", None)
    return merged


def _structs_in(kind: Any) -> dict[str, type]:
    """Every struct that a type is made of, by name."""
    found: dict[str, type] = {}
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, msgspec.Struct) and each.__name__ not in found:
            found[each.__name__] = each
            waiting += typing.get_type_hints(each).values()
        waiting += [inner for inner in typing.get_args(each) if not isinstance(inner, str | types.EllipsisType)]
    return found


@cache
def described(struct: type) -> Mapping[str, str]:
    """What the comment beside each field says, by the key in the file."""
    fields = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))  # type: ignore[attr-defined]
    told: dict[str, str] = {}
    first = ""
    for token in tokenize.generate_tokens(io.StringIO(inspect.getsource(struct)).readline):
        if token.type == tokenize.NEWLINE:
            first = ""
        elif token.type == tokenize.NAME and not first:
            first = token.string
        elif token.type == tokenize.COMMENT and first in fields:
            told[fields[first]] = token.string.lstrip("# ")
    return told
