"""Headings by which parts of an answer are known again where it is shown."""

from bot.base.languages import Text

CAUSE = Text("Cause", "原因")
CHECK = Text("Did it work?", "怎样算好了")
EVIDENCE_STEPS = Text("What to do", "怎么办")
QUESTIONS = Text("Tell me this, and I can say more", "告诉我这些，我能说得更准")
CONFIDENCE = Text("Confidence", "把握")
ESTIMATE = Text("By my estimate", "按我的估算")
MORE_EXACT = Text("To be more exact, please tell me: ", "想更准的话，再说一下：")
