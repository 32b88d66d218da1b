"""How a conversation goes on with a message: decided here before anything is answered, and nowhere else.

Whether it is solved, only ends or rests, or goes on: by what the message says alone. A clause of one is read alike.
"""

from dataclasses import dataclass
from typing import Literal

from bot.intake.posts import PostReading
from bot.intake.turning import Turns

# solved: it works now. ends: thanks, "will try tonight": nothing is said to it. chats: laughter, "a moment" with a
# question: something may be asked back in it, else nothing is said. goes on: something is told or asked.
Course = Literal["solved", "ends", "chats", "goes on"]
Says = Literal["works", "fails", "asks", "tells"]  # a clause
_CHATTER = ("solved", "thanks", "laugh", "insult", "reply")
_FAULTS = ("trouble", "t-slow", "text-fault", "text-odd")  # signs beside which a success is only one that sounds so
_TROUBLE = ("trouble", "my-trouble", "t-crash", "t-slow", "t-code")


@dataclass(frozen=True, slots=True)
class Saying:
    """A message as it stands in its conversation. `post`: the message alone; `own`: its author's words; `goes_on`:
    something was said before; `shows`: it has files; `shows_trouble`: one of them prints a failure; `changes`: it puts
    right what was told before.
    """

    post: PostReading
    own: str
    goes_on: bool = False
    shows: bool = False
    shows_trouble: bool = False
    changes: bool = False


def course_of(saying: Saying, turns: Turns) -> Course:
    """How the conversation goes on with a message."""
    post = saying.post
    if is_solved(saying, turns):
        return "solved"
    asks = post.has("asks")
    if _closes(saying, turns):
        return "chats" if asks else "ends"
    if asks or (saying.changes and not post.has_any(("laugh", "insult"))):
        return "goes on"
    if post.has("thanks") and not (post.has("relapse") or turns.wants_more(saying.own)):
        return "ends"
    return "chats" if post.has_any(_CHATTER) and not turns.wants_more(saying.own) else "goes on"


def is_solved(saying: Saying, turns: Turns) -> bool:
    """Whether the author says that it is solved; under advice fewer words are enough. A question says no such thing,
    and what only sounds like a success is none where it puts right what was told.
    """
    post = saying.post
    if saying.shows_trouble or post.has("only-asks"):
        return False
    words = post.prose or saying.own
    if saying.goes_on and not post.has("t-code"):
        success = turns.success(words)
        if success is not None and not (success == "sounds" and _is_in_doubt(saying, turns)):
            return True
    return post.has("solved") and not (post.has("relapse") or saying.changes)


def _is_in_doubt(saying: Saying, turns: Turns) -> bool:
    """Whether what only sounds like a success may be something else: a trouble, slowness, a supposition, a choice,
    things around, or a correction without thanks.
    """
    is_other = saying.changes or turns.supposes(saying.own) or turns.weighs(saying.own)
    is_other = is_other or turns.around(saying.own) is not None
    return saying.post.has_any(_FAULTS) or (is_other and not saying.post.has("thanks"))


def _closes(saying: Saying, turns: Turns) -> bool:
    """Whether a message only ends the talk, or puts it off; with a file it does not."""
    return not saying.shows and (turns.closes(saying.own) or turns.will_try(saying.own))


def clause_says(clause: str, post: PostReading, turns: Turns) -> Says:
    """What a clause says: a question is one whatever it speaks of, and what failed did not work."""
    if post.has("asks") or turns.of_advice(clause) is not None or turns.points_back(clause):
        return "asks"
    if turns.failed(clause):
        return "fails"
    if (turns.solved(clause) and not turns.supposes(clause)) or turns.claims(clause):
        return "works"
    return "fails" if post.has_any(_TROUBLE) else "tells"
