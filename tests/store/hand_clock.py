from dataclasses import dataclass


@dataclass
class Clock:
    """A clock that a test winds by hand."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += days * 86_400
