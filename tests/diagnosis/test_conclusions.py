"""What is concluded without a signature: packages that do not fit, and what the numbers of a log say."""

from typing import get_args

import pytest
from shipped import CLINIC

from bot.diagnosis.arithmetic import conclusions
from bot.diagnosis.conclusion import Conclusion
from bot.diagnosis.drift import drift_in
from bot.diagnosis.silence import silent_end_in
from bot.intake.cleaning import clean
from bot.knowledge.failures import Computation
from bot.knowledge.placeholders import COMPUTED

PACKAGES = frozenset({"vllm", "transformers", "torch", "gradio", "transformers_modules", "tabby"})
SITE = '  File "/venv/lib/python3.12/site-packages/'
FREE = "using device CUDA0 (NVIDIA GeForce RTX 4060) - 7000 MiB free\n"
OFFLOADED = "load_tensors: offloaded {}/{} layers to GPU\n"
BUFFERS = "load_tensors: CUDA0 model buffer size = {:.2f} MiB\nllama_kv_cache: CUDA0 KV buffer size = {:.2f} MiB\n"


def drift(text: str) -> Conclusion | None:
    return drift_in(clean(text), PACKAGES)


def concluded(text: str, complains: bool = True) -> dict[str, Conclusion]:
    return {found.computation: found for found in conclusions(clean(text), complains)}


@pytest.mark.parametrize(
    ("text", "caller", "callee", "name"),
    [
        (  # the inner frame only raised what the outer one asked for
            f'{SITE}vllm/a.py", line 9, in f\n    x = t.words\n{SITE}transformers/b.py", line 3, in __getattr__\n'
            "    raise AttributeError(text)\nAttributeError: Qwen2Tokenizer has no attribute words",
            "vllm",
            "transformers",
            "words",
        ),
        (  # the inner frame asks itself
            f'{SITE}transformers/b.py", line 3, in load\n    f()\n{SITE}vllm/a.py", line 9, in g\n'
            "    check(self.types, 3)\nTypeError: check() takes 1 positional argument but 2 were given",
            "vllm",
            "transformers",
            "check",
        ),
        ("ImportError: cannot import name 'AdamX' from 'transformers.optim' (/x/y.py)", "", "transformers", "AdamX"),
        ("AttributeError: module 'torch.cuda' has no attribute 'stream_of'", "", "torch", "stream_of"),
        (
            '  File "/root/.cache/huggingface/modules/transformers_modules/q/modeling.py", line 3, in f\n    c.size()\n'
            f'{SITE}transformers/c.py", line 4, in g\n'
            "AttributeError: 'DynamicCache' object has no attribute 'size'",
            "transformers_modules",
            "transformers",
            "size",
        ),
    ],
)
def test_the_two_packages_are_named(text: str, caller: str, callee: str, name: str) -> None:
    found = drift(text)
    assert found is not None
    assert (found.captured["caller"], found.captured["callee"], found.captured["name"]) == (caller, callee, name)


def test_what_fails_while_a_package_is_imported_has_drifted_whatever_it_asks() -> None:
    inner = (
        f"{SITE}transformers/b.py\", line 4, in register\nAttributeError: 'str' object has no attribute '__module__'"
    )
    found = drift(f'{SITE}vllm/a.py", line 9, in <module>\n    T.register(1)\n{inner}')
    assert found is not None
    assert (found.captured["caller"], found.captured["callee"]) == ("vllm", "transformers")
    assert drift(f'{SITE}vllm/a.py", line 9, in run\n    T.register(1)\n{inner}') is None


@pytest.mark.parametrize(
    "text",
    [
        f"{SITE}vllm/a.py\", line 9, in f\nAttributeError: 'NoneType' object has no attribute 'words'",
        "  File \"/home/li/shop/a.py\", line 9, in f\nAttributeError: 'Shop' object has no attribute 'till'",
        f"{SITE}vllm/a.py\", line 9, in f\nAttributeError: 'Engine' object has no attribute 'till'",
        f'{SITE}vllm/a.py", line 9, in f\nValueError: check() takes 1 positional argument but 2 were given',
        "ImportError: cannot import name 'Till' from 'shop.tills'",
        "ImportError: cannot import name 'Qwen9ForCausalLM' from 'transformers'",  # it comes with a model
    ],
)
def test_one_package_alone_has_not_drifted(text: str) -> None:
    assert drift(text) is None


def test_versions_are_taken_from_the_log() -> None:
    found = drift("transformers==5.1.0\nvllm version: 0.11.0\nImportError: cannot import name 'A' from 'transformers'")
    assert found is not None
    assert found.captured["callee_version"] == "5.1.0"


def test_more_in_the_buffers_than_was_free_has_spilled() -> None:
    found = concluded(FREE + OFFLOADED.format(33, 33) + BUFFERS.format(6900, 900))["spill"]
    assert found.captured == {"used": "7.6 GiB", "free": "6.8 GiB", "over": "0.8 GiB"}
    assert "spill" not in concluded(FREE + OFFLOADED.format(33, 33) + BUFFERS.format(5900, 900))


def test_a_second_load_is_a_new_account() -> None:
    text = FREE + OFFLOADED.format(33, 33) + BUFFERS.format(5000, 900) + OFFLOADED.format(33, 33)
    assert "spill" not in concluded(text + BUFFERS.format(5000, 900))


def test_layers_left_are_told_to_those_who_complain() -> None:
    text = FREE + OFFLOADED.format(10, 33) + BUFFERS.format(1500, 300)
    assert concluded(text)["layers-left"].captured["possible"] == "33"
    assert concluded(text, complains=False) == {}
    assert concluded(FREE + OFFLOADED.format(10, 33) + BUFFERS.format(5500, 800)) == {}
    assert concluded(FREE + OFFLOADED.format(0, 33) + BUFFERS.format(10, 800)) == {}


def test_slots_that_share_a_context_are_told_from_a_context_that_is_too_small() -> None:
    exceeded = "request (9000 tokens) exceeds the available context size (4096 tokens)"
    shared = concluded(f"n_slots = 4\nllama_context: n_ctx = 16384\n{exceeded}")
    assert shared["slots-share-context"].captured["slots"] == "4"
    assert concluded(f"n_slots = 1\nllama_context: n_ctx = 4096\n{exceeded}") == {}
    assert concluded(f"n_slots = 4\nllama_context: n_ctx = 8192\n{exceeded}") == {}


def test_every_computation_says_what_it_captures() -> None:
    assert set(COMPUTED) == set(get_args(Computation))
    text = f"n_slots = 4\nn_ctx = 16384\nrequest (9000 tokens) exceeds the available context size (4096 tokens)\n{FREE}"
    spilled = concluded(text + OFFLOADED.format(10, 33) + BUFFERS.format(7000, 900))
    left = concluded(FREE + OFFLOADED.format(10, 33) + BUFFERS.format(1500, 300))
    for name, found in {
        **spilled,
        **left,
        "api-drift": drift("ImportError: cannot import name 'A' from 'torch'"),
    }.items():
        assert found is not None
        assert set(found.captured) == COMPUTED[name]


LOADED = "llama_context: n_batch = 2048\n"


@pytest.mark.parametrize(
    "prompt", ["PS C:\\llama>", "C:\\ai>", "li@pc:~/llama.cpp$ ", "Press any key to continue . . ."]
)
def test_a_load_that_breaks_off_at_the_prompt_ended_without_a_word(prompt: str) -> None:
    assert silent_end_in(clean(f"{LOADED}{prompt}"))
    assert silent_end_in(clean(f"{LOADED}main: server is listening\n{prompt}")) is None
    assert silent_end_in(clean(f"llama_model_load: error loading model\n{LOADED}{prompt}")) is None
    assert silent_end_in(clean(f"{prompt}\n{LOADED}")) is None


def test_a_spilled_log_is_not_told_to_put_more_on_the_card() -> None:
    text = "好慢怎么办\n" + FREE + OFFLOADED.format(33, 33) + BUFFERS.format(6900, 1900)
    candidates = CLINIC.diagnose(text).candidates
    assert candidates[0].id == "vram-overflows-unseen"
    assert candidates[0].line == 5


TRAINED = "print_info: n_ctx_train      = 8192\n"
CONTEXT = "llama_context: n_ctx_per_seq = 32768\n"


def test_a_context_above_the_trained_one_is_concluded_where_somebody_complains() -> None:
    found = concluded(TRAINED + CONTEXT)["context-above-trained"]
    assert found.captured == {"context": "32768", "trained_context": "8192"}
    assert "context-above-trained" not in concluded(TRAINED + CONTEXT, complains=False)
    assert "context-above-trained" not in concluded(TRAINED + CONTEXT.replace("32768", "4096"))
    # stretched on purpose
    assert "context-above-trained" not in concluded(TRAINED + CONTEXT + "llama_context: freq_scale = 0.25")
