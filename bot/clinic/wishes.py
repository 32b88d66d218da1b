"""What the author of a post wants of a model, from its signs: what for, how much context, how fast."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.answers.fit.wanted import CHINESE_WRITING, Pace, Wanted, context_for, fits_at_once, length_tip
from bot.base.languages import Text
from bot.clinic.told_facts import context_of
from bot.intake.lengths import told_length
from bot.intake.posts import PostReading
from bot.intake.speeds import wished_speed
from bot.knowledge.advice import Purpose
from bot.models.uses import Use

# What a model is for, by the sign that tells it: the more special first.
USES: Mapping[str, Use] = {
    "for-pictures": "pictures",
    "for-coding": "coding",
    "for-roleplay": "roleplay",
    "for-chat": "chat",
}
# All signs that tell what a model is for.
USE_SIGNS = (*USES, "for-translation", "for-agent", "for-documents")
# What somebody cares for, by the sign that tells it.
_PACES: Mapping[str, Pace] = {"wants-fast": "fast", "patient": "patient"}
_MOST_TIPS = 2
_APART: tuple[Use, ...] = ("coding", "roleplay")  # uses that want different models
_CALLED: Mapping[Use, Text] = {"roleplay": Text("writing and roleplay", "写故事、角色扮演")}
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")  # who asks in Chinese wants to read it
_DOCUMENTS = "for-documents"


def wanted_by(post: PostReading, purposes: Sequence[Purpose]) -> Wanted:
    """What the post wants; a purpose that takes much context wants it where none was told."""
    told = [purpose for purpose in purposes if post.has(purpose.sign)]
    length = told_length(post.prose) if post.has(_DOCUMENTS) else 0
    use = use_of(post, told)
    is_chinese = _writes_chinese(post, use)
    also = _second_use(post, use)
    writes_chinese = is_chinese or _writes_chinese(post, also)
    return Wanted(
        use="chat" if is_chinese else use,
        size=max((purpose.size for purpose in told), default=0.0),
        context=context_of(post) or _context_for(length, told),
        speed=wished_speed(post.prose),
        tips=(*[CHINESE_WRITING][: int(writes_chinese)], *_tips(length, told))[:_MOST_TIPS],
        loader=bool(post.loaders),
        asks_loader=post.has_any(("loader-choice", "backends")),
        pace=next((pace for sign, pace in _PACES.items() if post.has(sign)), None),
        also="chat" if _writes_chinese(post, also) else also,
        also_for=_CALLED.get(also or "chat"),
    )


def _second_use(post: PostReading, use: Use | None) -> Use | None:
    """What else the model is for, of the two uses for which others are good: "rp and some python"."""
    told = [each for sign, each in USES.items() if each in _APART and post.has(sign)]
    return next((each for each in told if each != use), None) if use in _APART else None


def _writes_chinese(post: PostReading, use: Use | None) -> bool:
    """Whether a model is to write stories, in Chinese as is asked for them."""
    return use == "roleplay" and _HAN.search(post.prose) is not None


def _context_for(length: int, purposes: Sequence[Purpose]) -> int:
    """The context that a text of so many tokens takes, else the purposes that were told."""
    return context_for(length) if length else max((purpose.context or 0 for purpose in purposes), default=0)


def _tips(length: int, purposes: Sequence[Purpose]) -> Iterator[Text]:
    """What counts for the purposes; of a text that is read at once its length tells all that there is to say of it."""
    if length:
        yield length_tip(length)
    is_told = bool(length) and fits_at_once(length)
    yield from (purpose.text for purpose in purposes if not (is_told and purpose.sign == _DOCUMENTS))


def use_of(post: PostReading, purposes: Sequence[Purpose]) -> Use | None:
    """What the model is for: by the first purpose that says so, else by the signs of the text it shall write."""
    by_purpose = next((purpose.use for purpose in purposes if purpose.use and post.has(purpose.sign)), None)
    return by_purpose or next((use for sign, use in USES.items() if post.has(sign)), None)
