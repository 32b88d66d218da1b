"""Which printed lines state which fact. Sources: the programs' own logging, read in the versions of 2023 to 2026.

A rule names literal anchors, so that a line is looked at closely only when it contains one of them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.models.file_types import FILE_TYPES

_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_WINDOWS_11 = 22000  # first build of Windows 11

Convert = Callable[[re.Match[str]], Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is searched in lines that contain one of `anchors`; `value` makes the fact, None to refuse."""

    fact: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    value: Convert
    pick: Literal["first", "last", "all"] = "first"


def size(number: str, unit: str) -> int:
    """Bytes; makers' and drivers' GB are GiB here, as the programs that print them divide by 1024."""
    return round(float(number) * _UNITS[unit[0].lower()])


def _text(found: re.Match[str]) -> str:
    return found[1].strip().strip("'\"`")


def _whole(found: re.Match[str]) -> int | None:
    return int(found[1].replace(",", "")) or None


def _count(found: re.Match[str]) -> int:
    return int(found[1])


def _size(found: re.Match[str]) -> int | None:
    return size(found["n"], found["u"]) or None


def _card(found: re.Match[str]) -> str | None:
    """As it is printed: the name of a card has a number in it."""
    name = _text(found)
    return name if any(map(str.isdigit, name)) else None


def _windows(found: re.Match[str]) -> str:
    return f"Windows {'11' if int(found[1]) >= _WINDOWS_11 else '10'}"


def _fixed(value: str) -> Convert:
    return lambda _found: value


def _system(name: str) -> Convert:
    return lambda found: f"{name} {found[1]}" if found.re.groups and found[1] else name


def _mac(found: re.Match[str]) -> str:
    return f"macOS {found[1]}"


def _file_type(found: re.Match[str]) -> str | None:
    return FILE_TYPES.get(int(found[1]))


def _spoken_type(found: re.Match[str]) -> str | None:
    """`Q4_K - Medium` is Q4_K_M."""
    name = found[1].strip()
    level = re.match(r"(all\s+)?([A-Z0-9_]+)(?:\s+-\s+(Small|Medium|Large))?", name)
    if not level or name.startswith("unknown"):
        return None
    return level[2] + (f"_{level[3][0]}" if level[3] else "")


def _rule(
    fact: str,
    anchors: str | Sequence[str],
    pattern: str,
    value: Convert,
    pick: Literal["first", "last", "all"] = "first",
) -> Rule:
    return Rule(fact, (anchors,) if isinstance(anchors, str) else tuple(anchors), re.compile(pattern), value, pick)


_N = r"(?P<n>\d{1,12}+(?:\.\d{1,12})?)\s{0,4}(?P<u>[KMGT])i?B"

# In order: the first rule that finds something states the fact.
RULES: tuple[Rule, ...] = (
    # ---- system
    _rule("system", ("com.termux", "/data/data/com.term"), r"com\.term", _fixed("Android (Termux)")),
    _rule(
        "system",
        ("WSL2", "WSL is detected", "/mnt/c/Users", "/usr/lib/wsl", "wsl.localhost"),
        r"WSL2|WSL is|/mnt/c/|wsl",
        _fixed("WSL2"),
    ),
    _rule(
        "system",
        (
            "Microsoft Windows [",
            "Windows-10-10.0",
            "Windows-11-10.0",
            "Windows_NT 10.0",
            "Windows 10.0.",
            "10.0.1",
            "10.0.2",
        ),
        r"(?:Windows|Windows_NT|Version|版本|win32)[^\d\n]{0,12}(?:1[01]-)?10\.0\.(\d{5})",
        _windows,
    ),
    _rule(
        "system", ("Windows 11", "Windows 10", "Windows-11", "Windows-10"), r"Windows[ -](1[01])", _system("Windows")
    ),
    _rule(
        "system",
        "Ubuntu",
        r"(?:OS|PRETTY_NAME|Description|Distributor)[^\n]{0,12}Ubuntu (\d\d\.\d\d)",
        _system("Ubuntu"),
    ),
    _rule(
        "system",
        ("OS: ", "PRETTY_NAME"),
        r"(?:OS: |PRETTY_NAME=\"?)(?:(?=Ubuntu)|Debian GNU/Linux |(?=Fedora))",
        lambda _f: None,
    ),
    _rule("system", "Debian GNU/Linux", r"Debian GNU/Linux (\d+)", _system("Debian")),
    _rule("system", "Fedora Linux", r"Fedora Linux (\d+)", _system("Fedora")),
    _rule("system", "Arch Linux", r"Arch Linux", _fixed("Arch Linux")),
    _rule("system", "CentOS Linux", r"CentOS Linux (\d+)", _system("CentOS")),
    _rule("system", "Rocky Linux", r"Rocky Linux (\d+)", _system("Rocky Linux")),
    _rule("system", ("macOS-", "macOS ", "Mac OS X"), r"(?:macOS[ -]|Mac OS X )(\d+(?:\.\d+)?)", _mac),
    _rule("system", ":\\", r"(?<![A-Za-z0-9])[A-Za-z]:\\{1,2}[\w$(\u4e00-\u9fff]", _fixed("Windows")),
    _rule(
        "system",
        ("win_amd64", "Windows_NT", "win32", "win-x64", "MSVC", ".bat", "w64-mingw32", "PS C:"),
        r"win_amd64|Windows_NT|\bwin32\b|win32ctypes|win-x64|MSVC \d|\w\.bat\b|mingw32|PS C:",
        _fixed("Windows"),
    ),
    _rule("system", ".exe", r"[\w-]\.exe\b", _fixed("Windows")),
    _rule("system", "\\", r"(?<![\w\\.-])\.?\\?[\w.-]{2,60}+\\[\w.-]{3,60}+\\[\w.-]{1,60}\.\w{2}", _fixed("Windows")),
    _rule(
        "system",
        ("apple-darwin", "macosx_", "/opt/homebrew", "ggml_metal_init", "Darwin Kernel", "darwin-arm64"),
        r".",
        _fixed("macOS"),
    ),
    _rule("system", "/Users/", r"(?<![A-Za-z]:)(?<!\w)/Users/\w", _fixed("macOS")),
    _rule(
        "system",
        (
            "linux-gnu",
            "Linux-",
            "linux_x86_64",
            "manylinux",
            "linux-x64",
            "linux-x86",
            "/usr/lib/",
            "/usr/local/",
            "/usr/bin/",
            "/home/",
            "/root/",
            "Linux version",
            "sys.platform: linux",
            "platform: linux",
            "/dist-packages/",
            "libcuda.so",
            "systemd",
            "/lib/x86_64",
        ),
        r".",
        _fixed("Linux"),
    ),
    _rule(
        "system",
        ("/mnt/", "/opt/", "/workspace/", "/data/", "/var/", "/srv/", "/tmp/"),
        r"(?<![\w.~:/-])/(?:mnt|opt|workspace|data|var|srv|tmp)/\w",
        _fixed("Linux"),
    ),
    _rule(  # an absolute path given to a program; /Users and /Volumes are macOS
        "system",
        ("--model", "-m ", "serve ", "api_server", "from_pretrained", "model_name_or_path", "-hf ", "cd /"),
        r"(?:--[\w-]{0,30}?model[\w-]{0,9}|-m|serve|api_server|from_pretrained\(|model_name_or_path:?|cd)"
        r"[ =]{0,4}['\"]?/(?!Users/|Volumes/|Applications/|private/|[cd]/)[A-Za-z]\w{0,60}/[\w.-]",
        _fixed("Linux"),
    ),
    # ---- versions
    _rule("loader_version", "KoboldCpp - Version", r"KoboldCpp - Version ([\d.]+\w*)", _text),
    _rule(
        "loader_version",
        ("ollama version", "(version 0.", "Ollama v"),
        r"(?:ollama version is |\(version |Ollama v)([\d.]+[\w.-]*)",
        _text,
    ),
    _rule(
        "loader_version",
        ("vLLM API server version", "LLM engine (v", "vLLM Version:", "vllm version", "vLLM version", "vllm=="),
        r"(?:vLLM API server version|LLM engine \(v|vLLM Version:|v(?:llm|LLM) version"
        r"|vllm==)\s{0,4}:?\s{0,4}v?(\d+\.\d+[\w.+-]*)",
        _text,
    ),
    _rule(
        "loader_version",
        ("Aphrodite Engine (v", "aphrodite-engine=="),
        r"(?:Engine \(v|engine==)(\d+\.\d+[\w.]*)",
        _text,
    ),
    _rule(
        "loader_version",
        ("sglang==", "sglang: 0", "SGLang version"),
        r"(?:sglang==|sglang: |SGLang version:? )(\d+\.\d+[\w.]*)",
        _text,
    ),
    _rule(
        "loader_version",
        ("LMDeploy: ", "lmdeploy==", "lmdeploy: "),
        r"(?:LMDeploy: |lmdeploy==|lmdeploy: )(\d+\.\d+[\w.+]*)",
        _text,
    ),
    _rule(
        "loader_version",
        ("LM Studio", "LM-Studio", "lmstudio"),
        r"LM[ -]Studio[ -]?(?:v|version )?(\d+\.\d+\.\d+)",
        _text,
    ),
    _rule("loader_version", ("SillyTavern ", "SillyTavern@"), r"SillyTavern(?: version)?[ @]v?(\d+\.\d+\.\d+)", _text),
    _rule(
        "loader_version",
        ("build: ", "build = ", "build_info", "version: "),
        r"(?:build(?:_info)?\s*[:=]\s*b?|version: (?=\d{4,5} \())(\d{3,5}(?:-[0-9a-f]{6,})?)(?: \([0-9a-f]+\))?",
        _text,
    ),
    _rule(
        "node",
        ("Node.js v", "Node version", "node: 'v", "Node v", "node v", "npm ERR! node"),
        r"(?:Node\.js|Node version:?|node:? '?|Node|npm ERR! node) ?v?(\d+\.\d+\.\d+)",
        _text,
    ),
    _rule(
        "python", ("Python version", "Python 3.", "python 3."), r"[Pp]ython(?: version:?)? (3\.\d+(?:\.\d+)?)", _text
    ),
    _rule("python", ("/python3.", "\\Python3", "cpython-3"), r"(?:/python|cpython-)(3\.\d{1,2})(?!\d)", _text),
    _rule("python", "\\Python3", r"\\Python3(\d{1,2})(?!\d)", lambda found: f"3.{found[1]}"),
    _rule(
        "driver",
        ("Driver Version:", "driver version:", "driver version", "NVIDIA-SMI"),
        r"(?:[Dd]river [Vv]ersion:?|NVIDIA-SMI)\s+(\d{3}\.\d+(?:\.\d+)?)",
        _text,
    ),
    _rule("cuda", ("CUDA Version:", "CUDA runtime version:"), r"CUDA (?:Version|runtime version): ?(\d+\.\d+)", _text),
    _rule(
        "cuda",
        ("CUDA used to build PyTorch:", "CUDA version:", "cuda_version"),
        r"(?:PyTorch|[Vv]ersion)['\"]?\s*[:=]\s*['\"]?(\d+\.\d+)",
        _text,
    ),
    _rule("cuda", "+cu1", r"\+cu(1[0-3]\d)(?!\d)", lambda found: f"{found[1][:2]}.{found[1][2]}"),
    # ---- cards and memory
    _rule("gpus", "Device ", r"Device \d+: ([A-Z][^,\n]{3,60}?)(?:, compute|, \d|, VMM|$)", _card, "all"),
    _rule("gpus", "ggml_vulkan: ", r"ggml_vulkan: \d+ = ([^(|\n]+)", _card, "all"),
    _rule("gpus", "GPU name:", r"GPU name:\s+(Apple M\d[ \w]*)", _card, "all"),
    _rule(
        "gpus",
        ("using device ", "CUDA0: ", "CUDA1: ", "CUDA2: ", "CUDA3: "),
        r"(?:using device \w+ \(|CUDA\d: )([A-Z][^,()\n]{3,60})",
        _card,
        "all",
    ),
    _rule(
        "gpus",
        ('name="NVIDIA', 'name="AMD', 'name="Radeon', 'description="NVIDIA', 'description="AMD'),
        r"(?:name|description)=\"((?:NVIDIA|AMD|Radeon)[^\"]+)\"",
        _card,
        "all",
    ),
    _rule(
        "gpus",
        ("GPU 0: ", "GPU 1: ", "GPU 2: ", "GPU 3: ", "GPU 4: ", "GPU 5: ", "GPU 6: ", "GPU 7: "),
        r"GPU \d: ((?:NVIDIA|Tesla|Quadro|AMD|Radeon|GeForce|GRID|RTX|A100|H100)[^\n(|]{2,50})",
        _card,
        "all",
    ),
    _rule(
        "gpus",
        "NVIDIA ",
        r"\|\s+\d+\s+NVIDIA ((?:GeForce |RTX |Tesla |Quadro |TITAN |[AHLBV]\d)[\w .-]{2,40}?)\s{2,}",
        _card,
        "all",
    ),
    _rule(
        "gpus",
        (
            "NVIDIA GeForce",
            "Tesla ",
            "NVIDIA RTX",
            "NVIDIA A",
            "NVIDIA H",
            "NVIDIA L",
            "AMD Radeon",
            "Radeon RX",
            "Intel(R) Arc",
        ),
        r"((?:NVIDIA (?:GeForce )?(?:RTX|GTX|GT|TITAN|[AHLB]\d{1,3})|Tesla [A-Z]\d|AMD Radeon|Radeon RX"
        r"|Intel\(R\) Arc)[\w() .-]{1,40}?)(?= GPU| with |[,;:|\"'\]]|\s{2,}| - |$| which| is | \()",
        _card,
        "all",
    ),
    _rule("gpus", "gfx", r"\b(gfx(?:8|9|10|11|12)\d{1,2}[a-z]?)\b", _text, "all"),
    _rule("vram", "MiB /", r"\dMiB\s{0,9}/\s{0,9}(?P<n>\d+)(?P<u>M)iB", _size),
    _rule("vram", "Total VRAM ", r"Total VRAM (?P<n>\d+) (?P<u>M)B", _size),
    _rule("vram", 'total="', r"library=(?!cpu)\S[^\n]{0,300}?total=\"" + _N, _size),
    _rule(
        "vram",
        ("total capacity of", "total capacity;"),
        _N + r" total capacity;|total capacity of (?P<n2>\d+(?:\.\d+)?) (?P<u2>[GM])iB",
        lambda f: size(f["n"] or f["n2"], f["u"] or f["u2"]),
    ),
    _rule("vram", "Free memory on device", r"\([\d.]+/(?P<n>[\d.]+) (?P<u>G)iB\)", _size),
    _rule(
        "vram",
        ("CUDA0: ", "Vulkan0: ", "ROCm0: "),
        r"(?:CUDA|Vulkan|ROCm)0: [^,\n]{1,80}, (?P<n>\d+) (?P<u>M)iB",
        _size,
    ),
    _rule("vram", "-PCIE-", r"-PCIE-(?P<n>\d+)(?P<u>G)B", _size),
    _rule("vram", "-SXM", r"-SXM\d-(?P<n>\d+)(?P<u>G)B", _size),
    _rule("vram_free", "MiB free", r"(?<!\d)(?P<n>\d{1,9}) (?P<u>M)iB free", _size),
    _rule("vram_free", "Detected Available GPU Memory", r"Memory: (?P<n>\d+) (?P<u>M)B", _size),
    _rule("vram_free", "Detected Free GPU Memory", r"Memory: (?P<n>\d+) (?P<u>M)B", _size),
    _rule("vram_free", 'available="', r"library=(?!cpu)\S[^\n]{0,300}?available=\"" + _N, _size),
    _rule(
        "vram_free",
        ("GiB is free", "MiB is free", "GiB free", "MiB free;", "bytes is free"),
        _N + r"(?: is)? free",
        _size,
    ),
    _rule("vram_free", "Free memory on device", r"\((?P<n>[\d.]+)/[\d.]+ (?P<u>G)iB\)", _size),
    _rule("ram", "total RAM ", r"total RAM (?P<n>\d+) (?P<u>M)B", _size),
    _rule("ram", 'system memory" total="', r"system memory\" total=\"" + _N, _size),
    _rule("ram", "MemTotal:", r"MemTotal:\s+(?P<n>\d+) (?P<u>k)B", _size),
    # ---- model
    _rule("model_file", ("general.name", "general.basename"), r"(?!)", _text),
    _rule("model_file", "Loading Text Model:", r"Loading Text Model: (.+?)\s*$", _text),
    _rule(
        "model_file",
        ".bin",
        r"(?:[Ll]oading model(?: from)?:?"
        r"|failed to load model,?) ['\"]?([^'\"\n]{1,250}?\.bin)",
        _text,
    ),
    _rule(
        "model_file",
        ".gguf",
        r"(?:tensors from|failed to load model,?|load_model: loading model|[Ll]oading model(?: from)?:?"
        r"|model file|inspect file|open) ['\"]?([^'\"\n]{1,250}?\.gguf)",
        _text,
    ),
    _rule(
        "model_file",
        (".gguf", ".bin"),
        r"(?:-m|--model|-hff|--hf-file)[ =]['\"]?((?:[A-Za-z]:)?[^\s'\"]{1,250}\.(?:gguf|bin))",
        _text,
    ),
    _rule("model_file", "vllm serve", r"vllm serve ['\"]?([\w./~\\:-]+)", _text),
    _rule(
        "model_file",
        ("--model ", "--model=", "--model-path ", "--model-path="),
        r"--model(?:-path)?[ =]['\"]?([\w./~\\:-]+)",
        _text,
    ),
    _rule("model_file", ("ollama run ", "ollama pull "), r"ollama (?:run|pull) ([\w./:-]+)", _text),
    _rule(
        "model_file",
        ("model='", 'model="', "model_path='", 'model_path="'),
        r"\bmodel(?:_path)?=['\"]([^'\"\n]{2,200})['\"]",
        _text,
    ),
    _rule("model_file", "models--", r"(models--[\w.-]{1,96}--[\w.-]{1,96})", _text),
    _rule(
        "model_file",
        ("huggingface.co/", "hf-mirror.com/"),
        r"((?:huggingface\.co|hf-mirror\.com)/(?!api/|docs|settings|join|login|papers|spaces)[\w.-]+/[\w.-]+)",
        _text,
    ),
    _rule(
        "model_file", ".gguf", r"((?<![^\s'\"=<>|,()\[\]])(?:[A-Za-z]:[\\/])?[^\s'\"=<>|,()\[\]]{1,250}\.gguf)", _text
    ),
    _rule(
        "model_file",
        ("from_pretrained(", "local folder: ", 'Loading "', "Loading '"),
        r"(?:from_pretrained\(|local folder: |Loading )['\"]([\w./~\\:-]{3,150})['\"]",
        _text,
    ),
    _rule("model_file", "Loading ", r"^Loading ([A-Za-z](?=\D{0,60}\d)[\w.-]{1,150}?)(?:\.\.\.|…)$", _text),
    _rule("quant", "general.file_type", r"general\.file_type\s+u32\s+=\s+(\d+)", _file_type),
    _rule("quant", "file type ", r"(?:file type|ftype)\s+= (.+)$", _spoken_type),
    # ---- settings
    _rule("trained_context", "n_ctx_train", r"n_ctx_train\s*(?:=|\()\s*(\d+)", _whole),
    _rule("trained_context", ".context_length", r"\.context_length\s+u32\s+=\s+(\d+)", _whole),
    _rule(
        "trained_context",
        ("max_position_embeddings", "derived max_model_len", "maximum context length is"),
        r"(?:max_position_embeddings=|max_model_len \(|max_model_len \(max_position_embeddings="
        r"|context length is )(\d+)",
        _whole,
    ),
    _rule("context", "kv_size =", r"kv_size\s*=\s*(\d+)", _whole),
    _rule("context", "n_ctx ", r"\bn_ctx\s*=\s*(\d+)", _whole, "last"),
    _rule(
        "context",
        (
            "--contextsize",
            "--ctx-size",
            "--max-model-len",
            "--max-seq-len",
            "--context-length",
            "--session-len",
            "--max_model_len",
        ),
        r"--(?:contextsize|ctx-size|max-model-len|max_model_len|max-seq-len|context-length"
        r"|session-len)[ =](\d+)(?![\dkK])",
        _whole,
    ),
    _rule("context", " -c ", r"(?:llama|server|main|cli)[^\n]{0,300} -c (\d{3,7})\b", _whole),
    _rule(
        "context",
        ("max_seq_len=", "max_model_len=", "max_seq_len:", "num_ctx", "contextsize=", "n_ctx="),
        r"\b(?:max_seq_len|max_model_len|num_ctx|contextsize|n_ctx)['\"]?\s{0,9}[=: ]\s{0,9}(\d+)",
        _whole,
    ),
    _rule("gpu_layers", "offloaded ", r"offloaded (\d+)/\d+ layers", _count, "last"),
    _rule(
        "gpu_layers",
        ("-ngl ", "--gpulayers ", "--n-gpu-layers ", "gpulayers=", "n_gpu_layers=", "--gpu-layers "),
        r"(?:-ngl|--?gpu-?layers|--n-gpu-layers|gpulayers|n_gpu_layers)[ =](\d+)",
        _count,
    ),
    _rule("layers", "offloaded ", r"offloaded \d+/(\d+) layers", _whole, "last"),
    _rule(
        "layers",
        (".block_count", "n_layer "),
        r"(?:\.block_count\s+u32|n_layer)\s+=\s+(\d+)",
        lambda found: int(found[1]) + 1,
    ),
    _rule(
        "port",
        (
            "address already in use",
            "ECONNREFUSED",
            "EADDRINUSE",
            "while attempting to bind",
            "10048",
            "10013",
            "listen tcp",
        ),
        r"(?::|, )(\d{2,5})\b(?![.:\d])",
        _whole,
    ),
    _rule(
        "port",
        (
            "running on http",
            "Listening on",
            "listening on",
            "endpoint at http",
            "http://0.0.0.0:",
            "http://127.0.0.1:",
            "http://localhost:",
            "listening at http",
        ),
        r"(?:(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\[::1\]|\*)):(\d{2,5})\b",
        _whole,
    ),
    _rule("port", ("--port ", "--port="), r"--port[ =](\d{2,5})\b", _whole),
)
