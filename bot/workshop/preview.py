"""An entry as a reader will see it: the answer to its own first example, drafts included."""

from pathlib import Path

from bot.answers.blocks import Answer
from bot.answers.diagnosis import diagnosis_answer
from bot.base.errors import UserError
from bot.clinic.parts import Parts
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.finding import Diagnosis, Evidence, Finding
from bot.intake.cleaning import clean
from bot.intake.lines import Line
from bot.knowledge.failures import Failure
from bot.knowledge.load import read_failures
from bot.knowledge.schema_faults import nearest


def preview(root: Path, id_: str) -> Answer:
    """What somebody gets who pastes the first example. Raises UserError when there is no sound entry of this id."""
    parts, entry = Parts(root), _entry(root, id_)
    lines = tuple(clean(entry.examples[0].text))
    facts = parts.facts.read(lines)
    diagnosis = Diagnosis((_finding(entry, lines, parts),), lines)
    return diagnosis_answer(diagnosis, facts, variables=parts.variables)


def _finding(entry: Failure, lines: tuple[Line, ...], parts: Parts) -> Finding:
    """The entry found among nothing else; by the first line where its example does not select it yet."""
    alone = Diagnoser([entry], complaints=parts.complaints)
    found = next(iter(alone.diagnose(lines)), None)
    return found or Finding(entry, 0.0, Evidence(lines[0].number, lines[0].text, None))


def _entry(root: Path, id_: str) -> Failure:
    loaded = read_failures(root)
    known = {entry.id: entry for _, entry in loaded.items}
    if id_ in known:
        return known[id_]
    faulty = [str(fault) for fault in loaded.faults if f"/{id_}.yaml" in fault.file]
    if faulty:
        told = "\n".join(faulty)
        raise UserError("This entry cannot be read yet:\n{told}", "这个条目还读不了：\n{told}").format(told=told)
    hint = nearest(id_, known)
    raise UserError("No entry has the id {id!r}{hint}", "没有 id 为 {id!r} 的条目{hint}").format(id=id_, hint=hint)
