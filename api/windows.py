"""Moving windows in memory: when each key was used, as the product's clock tells it."""

from __future__ import annotations

from collections import OrderedDict, deque

from limits.storage import MovingWindowSupport, Storage

from gtm.clock import Clock

# What one key costs is bounded by its limit; this bounds how many there are, whoever sends them.
_MAX_KEYS = 50_000


class ClockedWindows(Storage, MovingWindowSupport):
    """Storage of the `limits` library for its moving window alone, in one process.

    The library's own storage reads the machine's clock, starts a thread for every hundredth of a
    second with traffic, and never forgets a key.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock, *, max_keys: int = _MAX_KEYS) -> None:
        super().__init__()
        self._clock = clock
        self._max_keys = max_keys
        self._uses: OrderedDict[str, deque[float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """Return what may go wrong here: nothing of its own."""
        return ()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Use a key, unless its window (seconds) is full."""
        now = self._clock.now().timestamp()
        uses = self._uses.setdefault(key, deque())
        self._uses.move_to_end(key)
        _forget(uses, now - expiry)
        if len(uses) + amount > limit:
            return False
        uses.extend([now] * amount)
        while len(self._uses) > self._max_keys:
            self._uses.popitem(last=False)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window's first use was, and how many there were."""
        now = self._clock.now().timestamp()
        uses = self._uses.get(key)
        if uses is None:
            return now, 0
        _forget(uses, now - expiry)
        return (uses[0], len(uses)) if uses else (now, 0)

    def give_back(self, key: str) -> None:
        """Take back the latest use of a key."""
        if uses := self._uses.get(key):
            uses.pop()

    def clear(self, key: str) -> None:
        """Forget a key."""
        self._uses.pop(key, None)

    def reset(self) -> int:
        """Forget every key; returns how many there were."""
        count = len(self._uses)
        self._uses.clear()
        return count

    def check(self) -> bool:
        """Say that memory is there."""
        return True

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Refuse: fixed windows are not kept."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Refuse: fixed windows are not kept."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Refuse: fixed windows are not kept."""
        raise NotImplementedError


def _forget(uses: deque[float], until: float) -> None:
    while uses and uses[0] <= until:
        uses.popleft()
