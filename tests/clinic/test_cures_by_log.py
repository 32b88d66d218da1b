"""Which step stands first for a log, and what is not told: by program, packaging, system, card, version and words."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Step, Steps


def steps_for(log: str) -> list[Step]:
    return [step for block in CLINIC.diagnose(log).answer.blocks if isinstance(block, Steps) for step in block.steps]


def said(step: Step) -> str:
    return f"{step.text}\n" + "\n".join(code.text for code in step.commands)


@pytest.mark.parametrize(
    ("log", "first", "never"),
    [
        # by what the log says
        ("winget install Ollama.Ollama\nInstaller hash does not match; this cannot be overridden when running as admin",
         "maker's own page", "source reset"),
        ("fatal: unable to access 'https://github.com/a/b.git/': The requested URL returned error: 403",
         "refused you", "proxy"),
        ("vllm: ImportError: libcudart.so.13: cannot open shared object file: No such file or directory",
         "nvidia-cuda-runtime nvidia-cublas", "cu12"),
        ("[LM STUDIO SERVER] Unexpected endpoint or method. (OPTIONS /v1/completions). Returning 200 anyway",
         "Enable CORS", "curl http"),
        ("ollama pull qwen3\nError: pull model manifest: Get \"https://registry.ollama.ai/v2/x\": proxyconnect tcp: "
         "dial tcp 127.0.0.1:1080: connectex: No connection could be made",
         "does not answer any more", "ollama pull model-name"),
        ("dyld[1]: Symbol not found: _OBJC_CLASS_$_MTLComputePassDescriptor\n  Referenced from: /Applications/Ollama",
         "Update macOS", "torch"),
        ("llama_model_load: error loading model: failed to open GGUF file 'D:\\LLMģ��\\qwen.gguf'",
         "only Latin letters", "Copy the full path"),
        ("error: invalid argument: -cpent", "--checkpoint-min-step", "--load-mode"),
        # by program
        ("vllm with --kv-cache-dtype fp8 writes only garbage with my qwen", "KV cache in FP8", "Neutralize"),
        ("Windows 11, LM Studio 0.3.31, Strix Halo: (Exit code: 18446744072635812000). Unknown error. Try a different "
         "model and/or config.", "update the runtime", "llama-server"),
        ("flatpak Alpaca on fedora: Error: 412: The model you are attempting to pull requires a newer "
         "version of Ollama.",
         "instance manager", "install.sh"),
        ("vllm on Windows 11\n[WinError 206] The filename or extension is too long", "does not run on Windows", "sudo"),
        # by card
        ("linux, ollama, RX 7600\nrocBLAS error: Cannot read /opt/rocm/lib/TensileLibrary.dat: Illegal seek for GPU "
         "arch : gfx1102", "Update ollama", "10.3.0"),
        # by version and packaging
        ("ollama 0.33.1 runs everything on the CPU, 0.32.1 did not\nmsg=\"inference compute\" id=cpu library=cpu",
         "0.32.1", "OLLAMA_VERSION=0.33.1"),
        ("Arch, pacman -Syu brought ollama 0.23.0, everything on cpu now; with 0.22.1 it works\n"
         "msg=\"inference compute\" id=cpu library=cpu", "pacman -U", "OLLAMA_VERSION"),
        ("llama-server b9118 vulkan windows. with a draft model it crashes as soon as I prompt. 9116 works",
         "draft model", "OLLAMA"),
        ("vllm 0.7.2\nValueError: Model architectures ['Qwen2_5_VLForConditionalGeneration'] failed to be inspected.",
         "0.7.3", "ollama"),
        ("llama.cpp b9200 vulkan, RX 7900 XTX\nterminate called after throwing an instance of 'vk::DeviceLostError'",
         "GGML_VK_ALLOW_GRAPHICS_QUEUE", "OLLAMA"),
        (
            'GTX 1070, ollama since 0.30 slow, 0.24 was fine\nmsg="NVIDIA driver too old" driver=535 '
            'required_driver="570 or newer"',
            "Install the current NVIDIA driver",
            "OLLAMA_VERSION=0.24",
        ),
        (
            "LM Studio 0.4.15: Unable to connect to remote MCP server 'a' at url 'http://localhost:21776/sse'. URL "
            "resolves to a non-public address. We only allow public addresses for dynamic remote MCP connections.",
            "mcp.json",
            "ollama",
        ),
        (
            "Open WebUI on Windows by pip, after the update all chats are gone, it asks me to create an admin account",
            "delete nothing",
            "go back",
        ),
        # no driver for Linux inside WSL, no module of the host inside a system container
        ("me@pc:/mnt/c/Users/me$ nvidia-smi\nCommand 'nvidia-smi' not found, but can be installed with:", "card",
         "ubuntu-drivers"),
        ("ollama in an lxc container on proxmox, 3090: msg=\"inference compute\" id=cpu library=cpu", "", "rmmod"),
    ],
)  # fmt: skip
def test_the_likeliest_cure_stands_first_and_no_others_cure_is_told(log: str, first: str, never: str) -> None:
    steps = steps_for(log)
    assert first in said(steps[0])
    assert never not in "\n".join(map(said, steps))
