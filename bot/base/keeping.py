"""What a process loads once and keeps to its end is no longer looked through for garbage."""

import gc


def keep_loaded() -> None:
    """Takes all that lives now for kept: a full collection over a whole knowledge base takes longer than a diagnosis,
    and would write to pages that forked processes share. What was kept before and is no longer used goes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
