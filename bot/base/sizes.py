"""Sizes as people read them: bytes in code, KiB, MiB and GiB on screen; contexts in thousands of tokens."""

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


def gib(size: int) -> str:
    """A number of bytes in the largest binary unit that keeps it readable: "11.3 GiB", "512 MiB"."""
    if abs(size) >= GIB:
        return f"{size / GIB:.1f} GiB"
    if abs(size) >= MIB:
        return f"{size / MIB:.0f} MiB"
    return f"{size / KIB:.0f} KiB"


def thousands(context: int) -> str:
    """A context as people say it: "16k"."""
    return f"{context // 1024}k" if context >= 1024 else str(context)
