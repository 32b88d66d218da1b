"""A loader that went away while it loaded and said nothing: its last line belongs to loading, and the shell's prompt
is the next.
"""

from collections.abc import Sequence

from bot.base.late import late
from bot.diagnosis.conclusion import Conclusion
from bot.intake.lines import Line

# What llama.cpp and everything built on it print from the first look at a file to the first warm-up.
_LOADING = late(
    r"^(?:[0-9.]{6,20} [A-Z] )?\s{0,8}(?:llama_model_loader|llm_load_\w{1,24}|load_tensors|print_info|llama_context"
    r"|llama_kv_cache\w{0,8}|llama_new_context_with_model|llama_init_from_model|sched_reserve|graph_reserve)\b"
    r"|^\.{8,}$"
)
_KEY_ASKED = late(r"^Press any key to continue|^请按任意键继续")
_WENT_ON = ("listening", "error", "failed", "main: ", "all slots are idle", "available devices")
_LAST = 12  # lines before the prompt that must not say how it went on


def silent_end_in(lines: Sequence[Line]) -> Conclusion | None:
    """The last line of a load that broke off without a word."""
    for number in range(len(lines) - 1, -1, -1):
        line, after = lines[number], lines[number + 1 : number + 2]
        ended = line.left or any(each.typed or _KEY_ASKED.search(each.text) for each in after)
        if ended and _LOADING.search(line.text):
            before = " ".join(each.text.lower() for each in lines[max(0, number - _LAST) : number])
            return None if any(word in before for word in _WENT_ON) else Conclusion("silent-end", line)
    return None
