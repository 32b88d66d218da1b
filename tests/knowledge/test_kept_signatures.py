"""Signatures that are unpacked when they are asked for are the same as ever."""

import copy
import pickle
from collections.abc import Sequence

import msgspec

from bot.base.languages import Text
from bot.knowledge.failures import Failure, Signature
from bot.knowledge.files import knowledge_root
from bot.knowledge.kept_signatures import KeptFailures, Signatures, packed, unpacked
from bot.knowledge.load import load_failures
from bot.knowledge.translations import Translations

SIGNATURES = (
    Signature("No space left on device: {path}"),
    Signature("磁盘已满", 0.5, requires=("npm", "ENOSPC"), systems=("linux",), exact=True),
    Signature("{n:number} left", said=Text("Too little is left.", "剩得太少。")),
)


def entry(id_: str, *signatures: Signature) -> Failure:
    return Failure(
        id=id_,
        failure_class=id_,
        severity="blocking",
        title=Text("It", "它"),
        cause=Text("It fails.", "它坏了。"),
        steps=(),
        signatures=signatures,
        examples=(),
        near_misses=(),
        sources=(),
    )


def kept(*entries: Failure) -> tuple[Failure, ...]:
    return unpacked(msgspec.msgpack.decode(msgspec.msgpack.encode(packed(entries)), type=KeptFailures))


def test_entries_have_the_signatures_that_they_had() -> None:
    entries = (entry("two", *SIGNATURES[:2]), entry("none"), entry("one", SIGNATURES[2]))
    found = kept(*entries)
    assert [tuple(each.signatures) for each in found] == [each.signatures for each in entries]
    assert [each.id for each in found] == ["two", "none", "one"]
    assert found == entries


def test_they_are_a_sequence() -> None:
    found: Sequence[Signature] = kept(entry("it", *SIGNATURES))[0].signatures
    assert isinstance(found, Signatures)
    assert len(found) == len(SIGNATURES)
    assert found[1] == SIGNATURES[1]
    assert found[-1] == SIGNATURES[2]
    assert found[1:] == SIGNATURES[1:]
    assert SIGNATURES[2] in found
    assert type(found[0]) is Signature


def test_copies_hold_them_unpacked() -> None:
    (found,) = kept(entry("it", *SIGNATURES))
    assert pickle.loads(pickle.dumps(found)).signatures == SIGNATURES
    assert copy.deepcopy(found).signatures == SIGNATURES


def test_what_a_signature_says_is_translated() -> None:
    (found,) = kept(entry("it", *SIGNATURES))
    told = Translations(dictionary={"ja": {"Too little is left.": "残りが足りません。"}}).of(found)
    said = told.signatures[2].said
    assert said is not None
    assert said.others == {"ja": "残りが足りません。"}


def test_shipped_ones_stay_packed() -> None:
    shipped: list[Sequence[Signature]] = [each.signatures for each in load_failures(knowledge_root())]
    assert all(isinstance(each, Signatures) for each in shipped)
