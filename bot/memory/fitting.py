"""How many layers fit: the largest number of GPU layers that stays within a budget."""

from bot.memory.estimate import Estimate, estimate
from bot.memory.layout import Layout
from bot.memory.settings import Settings
from bot.models.shape import Model


def most_gpu_layers(model: Model, settings: Settings, budget: int) -> Estimate:
    """The estimate with the most GPU layers whose accounted bytes on the GPUs stay within `budget`.

    Memory hardly ever falls as layers are added, except from the last host layer to full offload; so the search
    tries full offload first and then halves.
    """
    whole = Layout(model.shape, settings.with_gpu_layers(-1)).gpu_layers
    best = estimate(model, settings.with_gpu_layers(0))
    full = estimate(model, settings.with_gpu_layers(whole))
    if full.gpu.accounted <= budget:
        return full
    low, high = 0, whole
    while high - low > 1:
        middle = (low + high) // 2
        tried = estimate(model, settings.with_gpu_layers(middle))
        if tried.gpu.accounted <= budget:
            low, best = middle, tried
        else:
            high = middle
    return best
