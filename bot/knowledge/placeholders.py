"""What stands in braces: variables of signatures and their kinds, and the names that texts may use."""

from bot.base.late import late

VARIABLE = late(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
# What a variable of each kind takes: as little as possible, or (at the end of a signature) as much as possible.
KINDS = {
    "text": r"(.{0,200}?)",
    "number": r"([-+]?\d[\d,]{0,20}(?:\.\d{1,20})?)",
    "size": r"(\d[\d,]{0,20}(?:\.\d{1,20})?(?:\s?(?:[KMGT]i?B|bytes?|[KMGT]|B)\b)?)",
    "word": r"([^\s'\"`,;]{1,200})",
    "path": r"((?:[A-Za-z]:)?[^\s'\"`<>|*?][^'\"`<>|*?\n]{0,250}?)",
}
GAPS = frozenset({"text", "path"})  # kinds that end wherever the next literal part is found
GREEDY = {**KINDS, "text": r"(.{0,200})", "path": KINDS["path"].replace("{0,250}?", "{0,250}")}

# What the memory estimator may put into a text: the layers, and the layers with experts in RAM, that fit.
FITTING = frozenset({"fitting_layers", "fitting_moe_layers"})

# Facts of the machine that texts and commands may use besides what the signatures capture.
FACTS = frozenset(
    {
        "system", "loader", "loader_version", "frontend", "frontend_version", "model",
        "model_file", "quant", "gpu", "vram", "vram_free",
        "ram", "context", "trained_context", "gpu_layers", "layers", "port", "driver", "cuda", "python", "node",
    }
)  # fmt: skip
VARIABLES = FACTS | FITTING

# What computations capture (bot/diagnosis/conclusion.py), for the texts of the entries that they lead to.
COMPUTED: dict[str, frozenset[str]] = {
    "api-drift": frozenset({"caller", "callee", "name", "caller_version", "callee_version"}),
    "spill": frozenset({"used", "free", "over"}),
    "layers-left": frozenset({"gpu_layers", "layers", "possible", "left"}),
    "slots-share-context": frozenset({"requested", "limit", "context", "slots"}),
    "raised-in": frozenset({"said"}),
    "fault-in": frozenset({"said"}),
    "configuration": frozenset({"option", "program"}),
    "context-above-trained": frozenset({"context", "trained_context"}),
    "worked-before": frozenset(),
    "known-fault": frozenset(),
    "silent-end": frozenset(),
}


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables that a signature captures."""
    return tuple(match.group(1) for match in VARIABLE.finditer(text))
