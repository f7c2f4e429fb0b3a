"""A clock that moves only when somebody sleeps: tests of waiting take no time."""

from threading import Lock


class SleepingClock:
    """Seconds that pass while somebody sleeps, and all sleeps in order; safe for threads, which share the clock."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 1000.0
        self._lock = Lock()

    def __call__(self) -> float:
        """The present."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds > 0
        with self._lock:
            self.slept.append(seconds)
            self._now += seconds
