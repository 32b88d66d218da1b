"""How sure something must be, and which signs speak of what: shared by what reads a message and what answers it."""

from collections.abc import Mapping

from bot.clinic.course import Course
from bot.clinic.message import Kind
from bot.intake.signs import PostTopic

# What an answer to a topic is called.
KINDS: Mapping[PostTopic, Kind] = {"failure": "diagnosis", "quality": "quality", "fit": "fit", "howto": "howto"}
# Signs that a post is of this field: for certain, or unless it names another one.
CERTAINLY_OURS = ("loader", "model", "quant", "size")
OURS = ("field", "vram")
TROUBLE_SIGNS = ("trouble", "my-trouble", "text-odd", "text-fault", "t-crash", "t-card", "t-slow", "t-connection")
# Signs that something is said to be wrong.
SAID_TO_FAIL = ("trouble", "my-trouble", "complains", "text-odd", "text-fault", "relapse", "t-slow", "t-crash")
# Signs of what fails: there the data of a program is no answer, even to a question.
FAILS = ("t-connection", "t-download", "t-crash", "t-load")
# Signs of a machine that somebody tells of.
MACHINE = ("machine", "ram", "phone", "without-card", "options")
# Topics that are troubles.
TROUBLES: frozenset[PostTopic] = frozenset({"failure", "quality"})
OVER: tuple[Course, ...] = ("solved", "ends")  # nothing is asked back
# Signs of a trouble that somebody has.
OWN_TROUBLE = ("my-trouble", "t-crash", "t-load", "t-connection", "text-fault", "text-odd")
# Signs of a question of what fits.
FIT_ASKED = ("can-it", "which-model", "how-much", "options", "buying", "which-one", "loader-choice")
ASKS = ("asks", "how-to", "what-is")  # signs of a question, or of what is as good as one
# Signs of words that are no question, however like one they are.
NEVER_ASKS = ("laugh", "insult", "announcement", "thanks", "rhetorical", "anecdote", "about-askers", "elsewhere")

SLOW = "slow"  # the entry of what is slow without a word on why
COMPUTES = ("plan", "table", "models", "buying", "training")  # ids of answers that compute what was told

LONGEST_QUESTION = 120  # characters; who says more tells a story
TOLD_AT_ALL = 0.2  # share of its topic from which on a failure told in words counts
SURELY = 0.5  # share of a topic that the message is surely about
COMPUTED, UNSURE = 0.8, 0.3  # scores of what was computed, and of what is only a first check
TOLD_SURELY = 0.9  # score of a symptom that goes before first checks of the text
# Scores of a frequent question that says more than first checks do, and than those that are meant for such trouble;
# of one that is asked in other words, and in its own; and how sure one is that is meant without a doubt.
NEAR, NEARER, ASKED_IN_OTHER_WORDS, WORD_FOR_WORD = 0.45, 0.62, 0.75, 0.95
BEYOND_DOUBT = 0.97
SURELY_LIKE = 15.0  # likeness to told faults of a text, or of a model, from which on one is meant
TROUBLED = 0.5  # how troubled somebody sounds from which on what their words are like is worth a look
HEARD_PLAINLY, HEARD_SURELY = 0.65, 0.8  # how likely a class is that is meant, and that no sign can outweigh
HEARD_BY_BOTH = 0.5  # the same of one that a wording was found of besides
