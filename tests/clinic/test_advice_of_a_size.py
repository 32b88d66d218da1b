"""Where memory ran out and only a size was told, a model of that size stands for it."""

from shipped import CLINIC

from bot.clinic.message import Message

POST = """running a 13b model on my rtx 3090 24gb with transformers and it dies:
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
what can i do?"""


def test_a_size_alone_is_counted() -> None:
    reply = CLINIC.reply(Message(POST))
    assert reply.answer is not None
    assert "a 13B (say " in repr(reply.answer)
