"""What people want a model for."""

from typing import Literal

Use = Literal["chat", "roleplay", "coding", "pictures", "small"]
