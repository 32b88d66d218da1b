"""The skeleton of a new entry: everything the schema asks for, with hints where a person must write."""

import json

_SKELETON = """\
# yaml-language-server: $schema=../../schema/failure.json
id: {id}
class: {failure_class}
severity: blocking
title:
  en: {title}
  zh: {title_zh}
cause:
  en: "TODO: why it happens, in one to three sentences."
  zh: "TODO：为什么会这样，一到三句话。"
signatures:
  - {signature}
steps:
  - text:
      en: "TODO: what to do first. Commands go below, ready to copy."
      zh: "TODO：先做什么。命令写在下面，能直接复制。"
    commands:
      - {{shell: bash, code: "TODO"}}
sources:
  - {{url: "https://TODO.example/page-that-states-it", checked: "TODO: YYYY-MM"}}
examples:
  - text: |
      TODO: a whole excerpt as a beginner pastes it
      {line}
  - text: |
      TODO: another situation, version or wording
near_misses:
  - text: "TODO: looks alike, but must not select this entry"
"""


def skeleton(id_: str, failure_class: str, signature: str, title: str, title_zh: str) -> str:
    """A YAML file that `wenzhen knowledge check` refuses until every TODO is filled in."""
    return _SKELETON.format(
        id=id_,
        failure_class=failure_class,
        title=_quoted(title),
        title_zh=_quoted(title_zh),
        signature=_quoted(signature),
        line=signature.replace("\n", " "),
    )


def _quoted(text: str) -> str:
    """A YAML string in double quotes; JSON's are a subset."""
    return json.dumps(text, ensure_ascii=False)
