"""What the bot's store teaches: errors that no entry knows, drafts of entries for them, and labelled cases."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec
import yaml

from bot.base.errors import UserError
from bot.cli.common import say, write_json
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures

if TYPE_CHECKING:
    from bot.store.store import Store
    from bot.store.unknown import Cluster, Solution

T = TypeVar("T")

# What the normalised signature of a cluster has -> the placeholder of a signature in the knowledge
_PLACEHOLDERS = {"<n>": "number", "<path>": "path", "<url>": "word", "<hex>": "word"}


@click.command()
@click.option("--top", default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def unknown(top: int, as_json: bool) -> None:
    """List the most frequent errors that no entry knows, from the bot's store."""
    clusters = from_store(lambda store: store.unknown.top(top))
    if as_json:
        write_json(clusters)
        return
    for cluster in clusters:
        mark = "*" if cluster.sample else " "
        say(f"{cluster.count:>5} {mark} {cluster.id}  {cluster.signature}")
    if clusters:
        say("* = a log was shared. A draft entry: wenzhen knowledge new --from ID", err=True)
    else:
        say("Nothing unknown has been seen yet.", err=True)


@click.command()
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
def cases(output: Path) -> None:
    """Write the diagnoses that helpers confirmed or corrected as labelled cases for `wenzhen eval diagnose`.

    OUTPUT: the file, named logs.jsonl for the evaluation to find it.
    """
    labels = from_store(lambda store: store.evidence.all())
    classes = {entry.id: entry.failure_class for entry in load_failures(knowledge_root())}
    lines = [
        {"id": f"{label.answer_key}-{number}", "text": label.text, "label": classes[label.label], "entry": label.label}
        for number, label in enumerate(labels)
        if label.label in classes
    ]
    output.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    say(f"{len(lines)} cases in {output}")


def draft_from_cluster(cluster_id: str) -> str:
    """A draft entry (YAML) for a cluster of unknown errors; UserError when there is no such cluster."""

    async def asked(store: "Store") -> "tuple[Cluster | None, list[Solution]]":
        return await store.unknown.get(cluster_id), await store.unknown.solutions([cluster_id])

    cluster, solutions = from_store(asked)
    if cluster is None:
        raise UserError(
            "There is no cluster {cluster_id}. `wenzhen knowledge unknown` lists them.",
            "没有 {cluster_id} 这一组。用 `wenzhen knowledge unknown` 查看。",
        ).format(cluster_id=cluster_id)
    return draft(cluster, solutions)


def _write_draft(ctx: click.Context, _: click.Parameter, cluster_id: str | None) -> None:
    """Writes the draft and ends the command: nothing else is to be asked."""
    if not cluster_id:
        return
    text = draft_from_cluster(cluster_id)
    path = knowledge_root() / "failures" / "new" / f"{yaml.safe_load(text)['id']}.yaml"
    if path.exists():
        raise UserError("{path} exists already.", "{path} 已经存在。").format(path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    say(f"{path}\nReplace every TODO, move it to its area, then run: wenzhen knowledge check")
    ctx.exit()


from_option = click.option(
    "--from",
    "cluster",
    metavar="CLUSTER",
    is_eager=True,
    expose_value=False,
    callback=_write_draft,
    help="Draft it from a cluster of unknown errors (see `knowledge unknown`).",
)


def draft(cluster: "Cluster", solutions: "Sequence[Solution]" = ()) -> str:
    """A draft entry with what is known, helpers' own words on how it was solved included; the rest says TODO, which
    `wenzhen knowledge check` refuses.
    """
    wording = signature_of(cluster.signature)
    example = cluster.sample or cluster.signature
    todo = {"en": "TODO", "zh": "TODO"}
    document = {
        "id": slug(cluster.signature),
        "class": "TODO",
        "severity": "blocking",
        "title": todo,
        "cause": todo,
        "signatures": [wording],
        "steps": [{"text": _step(solution.text)} for solution in solutions] or [{"text": todo}],
        "sources": [{"url": "TODO: a public page that states it", "checked": "TODO"}],
        "examples": [{"text": example}, {"text": "TODO: a second one, as people really paste it"}],
        "near_misses": [{"text": "TODO: looks alike and must stay quiet"}],
    }
    body = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=118)
    notes = [f"# Seen in {cluster.count} logs.", *(f"# Solved: {solution.link}" for solution in solutions)]
    return "\n".join(["# yaml-language-server: $schema=../../schema/failure.json", *notes, body])


def _step(text: str) -> dict[str, str]:
    """What a helper wrote, in the language it is in."""
    language = "zh" if re.search("[\u3400-\u9fff]", text) else "en"
    return {"en": "TODO", "zh": "TODO"} | {language: text}


def signature_of(normalised: str) -> str:
    """The wording of a cluster as a signature: every replaced part becomes a placeholder of its kind."""
    number = 0

    def placeholder(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return f"{{part{number}:{_PLACEHOLDERS[match.group()]}}}"

    escaped = normalised.replace("{", "(").replace("}", ")")
    return re.sub("|".join(map(re.escape, _PLACEHOLDERS)), placeholder, escaped)


def slug(text: str) -> str:
    """A first idea for an id: the leading words."""
    words = re.findall(r"[a-z]{3,}", re.sub(r"<\w+>", " ", text).lower())
    return "-".join(words[:5]) or "unnamed"


def from_store(ask: "Callable[[Store], Awaitable[T]]") -> T:
    """What the bot's store (WENZHEN_DATABASE_URL) answers."""
    from bot.cli.run import read_config
    from bot.store.store import Store

    async def asked() -> T:
        store = await Store.open(read_config().database_url)
        try:
            return await ask(store)
        finally:
            await store.close()

    return asyncio.run(asked())
