"""`wenzhen chat`, the clinic in the terminal; `demo`, a short show; `start`, what `make run` calls."""

import os
import sys
from collections.abc import Callable, Iterator

import click
from rich.console import Console

from bot.base.printable import printable
from bot.cli.common import language_option, preferred_language, this_system
from bot.cli.conversation import Conversation
from bot.cli.terminal import make_console, show
from bot.clinic.door import Clinic

TOKEN = "WENZHEN_TOKEN"

# What a beginner pastes: half a log with prompts and prefixes, and no question in it.
DEMO_LOG = """\
help!! it worked yesterday
PS D:\\AI> .\\koboldcpp.exe
***
Welcome to KoboldCpp - Version 1.120
Loading Text Model: D:\\AI\\Qwen2.5-32B-Instruct-Q4_K_M.gguf
ggml_cuda_init: found 1 CUDA devices:
  Device 0: NVIDIA GeForce RTX 3060, compute capability 8.6, VMM: yes
llama_context: n_ctx         = 8192
load_tensors: offloaded 65/65 layers to GPU
ggml_backend_cuda_buffer_type_alloc_buffer: allocating 18508.35 MiB on device 0: cudaMalloc failed: out of memory
alloc_tensor_range: failed to allocate CUDA0 buffer of size 19407417344
llama_model_load: error loading model: unable to allocate CUDA0 buffer
"""
DEMO = (
    DEMO_LOG,
    "/new",
    "/canirun qwen3-30b-a3b 3060 32",
    "酒馆装好了，模型一直在复读，大佬们怎么办",
)


@click.command()
@language_option
def chat(language: str | None) -> None:
    """The clinic in the terminal: type or paste as in a help channel. No token, no network."""
    conversation = Conversation(
        Clinic(), preferred_language(language), language is not None, this_system(), local_files=True
    )
    if not sys.stdin.isatty():
        _play(conversation, (sys.stdin.buffer.read(64 << 20).decode("utf-8", "replace"),), echo=False)
        return
    console = make_console()
    show(conversation.greeting(), conversation.language, console)
    for text in _typed():
        turn = conversation.say(text)
        conversation = turn.conversation
        for answer in turn.answers:
            show(answer, conversation.language, console)
        if turn.ended:
            return


@click.command()
@language_option
def demo(language: str | None) -> None:
    """A short show: a messy log diagnosed, a "can I run it", a help request read."""
    conversation = Conversation(Clinic(), preferred_language(language), language is not None, this_system())
    _play(conversation, DEMO, echo=True)


@click.command(hidden=True)
@click.pass_context
def start(context: click.Context) -> None:
    """What `make run` starts: the Discord bot with a token, else the terminal clinic, else the demonstration."""
    if _has_token():
        from bot.cli.run import run

        context.invoke(run)
    else:
        context.invoke(chat if sys.stdin.isatty() else demo)


def _has_token() -> bool:
    if os.environ.get(TOKEN, "").strip():
        return True
    from bot.cli.run import read_config

    return bool(read_config().token.get_secret_value())


def _play(conversation: Conversation, messages: tuple[str, ...], *, echo: bool) -> None:
    console = make_console()
    for message in messages:
        if echo:
            _quote(console, message)
        turn = conversation.say(message)
        conversation = turn.conversation
        for answer in turn.answers:
            show(answer, conversation.language, console, details=not echo)


def _quote(console: Console, message: str) -> None:
    console.print()
    for line in message.rstrip("\n").splitlines():
        console.print(f"› {printable(line)}", style="bright_black", markup=False, soft_wrap=True)


def _typed() -> Iterator[str]:
    """What is typed or pasted, a message at a time. A paste of many lines counts as one message."""
    read = _reader()
    while True:
        try:
            yield read()
        except KeyboardInterrupt:  # clears what was typed, as in a shell
            continue
        except EOFError:
            return


def _reader() -> Callable[[], str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory

    session: PromptSession[str] = PromptSession(history=InMemoryHistory())
    return lambda: session.prompt("› ")
