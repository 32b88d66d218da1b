"""What the author of a post is told in private about the secrets in it. Nothing of a secret is in it."""

from collections.abc import Iterable, Sequence

from bot.answers.blocks import Answer, Links, Paragraph
from bot.base.languages import Text
from bot.knowledge.secrets import Rotation

_TITLE = Text("Your message holds a secret", "你的消息里有密钥或密码")
_SEEN = Text(
    "Others may have read it, so deleting the message is not enough: replace it too. I show and keep it nowhere.",
    "别人可能已经看到了，光删消息不够，还要把它换掉。我不会显示也不会保存它。",
)
_WHERE = Text("Where", "去哪里换")


def leak_advice(texts: Iterable[str], rotations: Sequence[Rotation]) -> Answer | None:
    """By the labels that stand in masked texts; None where no secret was masked."""
    whole = "\n".join(texts)
    found = [rotation for rotation in rotations if any(f"<{kind}>" in whole for kind in rotation.kinds)]
    if not found:
        return None
    advice = tuple(Paragraph(rotation.do, label=rotation.name, tone="careful") for rotation in found)
    links = tuple((rotation.name, rotation.link) for rotation in found if rotation.link)
    where = (Links(links, label=_WHERE),) if links else ()
    return Answer(_TITLE, "careful", (Paragraph(_SEEN), *advice, *where))
