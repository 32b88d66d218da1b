"""Reasons as rules: knowledge/reasons/*.yaml, a table of what goes wrong and what it means for what was being done.

"Permission denied" is said in a dozen languages and by a dozen codes; what it means depends on what was being done: on
binding a port it is another failure than on writing a file. A rule names the reason once, in all its wordings, and for
each kind of operation the entry that it leads to. A wording may have a slot `{it}`: a tool, a header, an exit code.
The rules become signatures of those entries.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.knowledge.failures import Failure, Signature, SystemName
from bot.knowledge.files import Fault, Loaded, files_matching, load_sound
from bot.knowledge.schema_faults import nearest
from bot.knowledge.signature_faults import signature_faults

REASONS = "reasons/*.yaml"
SLOT = "{it}"


class Lead(msgspec.Struct, frozen=True):
    """Where a reason leads in some circumstances. `values` fill the slot; the rest is as in a signature."""

    entry: str
    values: tuple[str, ...] = ()  # what stands in the slot {it}
    beside: tuple[str, ...] = ()  # what was being done: at least one of these stands within two lines
    away: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    systems: tuple[SystemName, ...] = ()
    weight: float = 0.93  # what an entry says itself goes before


class Rule(msgspec.Struct, frozen=True):
    """One reason: its wordings by language ("codes" for those that every system prints), and where it leads."""

    id: str
    wordings: Mapping[str, tuple[str, ...]]  # how the reason reads, by language; codes are the same in all
    leads: tuple[Lead, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Its wordings in all languages."""
        return tuple(text for texts in self.wordings.values() for text in texts)


class Reasons(msgspec.Struct, frozen=True):
    """The rules of one file."""

    rules: tuple[Rule, ...]


def read_reasons(root: Path) -> Loaded[Reasons]:
    """The sound files of rules, and the faults of the others."""
    if not files_matching(root, REASONS):
        return Loaded((), ())
    return load_sound(root, REASONS, "reasons", Reasons, prepare=_prepared)


def with_reasons(entries: Sequence[Failure], files: Iterable[Reasons]) -> tuple[Failure, ...]:
    """The entries with the rules that lead to them as further signatures; what an entry says itself stays as it is."""
    added: dict[str, list[Signature]] = {}
    for file in files:
        for rule in file.rules:
            for lead in rule.leads:
                added.setdefault(lead.entry, []).extend(signatures_of(rule, lead))
    return tuple(_with(entry, added[entry.id]) if entry.id in added else entry for entry in entries)


def signatures_of(rule: Rule, lead: Lead) -> Iterator[Signature]:
    """A reason's wordings under one lead."""
    for text in rule.texts:
        for value in lead.values or ("",):
            yield Signature(
                text=text.replace(SLOT, value),
                weight=lead.weight,
                requires_any=lead.requires_any,
                excludes=lead.excludes,
                loaders=lead.loaders,
                systems=lead.systems,
                beside=lead.beside,
                away=lead.away,
                exact=bool(lead.values),  # one tool is not a damaged other one
                ruled=True,
            )


def reason_faults(files: Iterable[tuple[str, Reasons]], entries: Iterable[Failure]) -> Iterator[Fault]:
    """What a schema cannot say: entries that must exist, slots and values that belong together."""
    known = {entry.id for entry in entries}
    for file, content in files:
        for place, rule in enumerate(content.rules):
            yield from (Fault(file, f"rules[{place}].{key}", problem) for key, problem in _rule_faults(rule, known))


def _rule_faults(rule: Rule, known: set[str]) -> Iterator[tuple[str, str]]:
    for language, texts in rule.wordings.items():
        for number, text in enumerate(texts):
            value = rule.leads[0].values[0] if rule.leads[0].values else SLOT
            shown = text.replace(SLOT, value)
            yield from ((f"wordings.{language}[{number}]", problem) for problem in signature_faults(shown))
    slotted = {SLOT in text for text in rule.texts}
    for number, lead in enumerate(rule.leads):
        if lead.entry not in known:
            yield f"leads[{number}].entry", f"no entry has the id {lead.entry!r}{nearest(lead.entry, known)}"
        if bool(lead.values) not in slotted or len(slotted) > 1:
            yield f"leads[{number}].values", f"every wording of a rule with values has the slot {SLOT}, else none has"


def _with(entry: Failure, added: Iterable[Signature]) -> Failure:
    """The entry with the further signatures that say more than one of its own does without conditions."""
    own = {signature.text.lower() for signature in entry.signatures if _is_free(signature)}
    fresh = {repr(signature): signature for signature in added if signature.text.lower() not in own}
    return msgspec.structs.replace(entry, signatures=(*entry.signatures, *fresh.values()))


def _is_free(signature: Signature) -> bool:
    """Whether a signature asks for nothing but its own line."""
    return signature == Signature(signature.text, signature.weight)


def _prepared(document: Mapping[str, Any]) -> Any:
    """A number in a list of values is written as text."""
    rules = [
        {
            **rule,
            "leads": [{**lead, "values": [str(value) for value in lead.get("values", ())]} for lead in rule["leads"]],
        }
        for rule in document["rules"]
    ]
    return {**document, "rules": rules}
