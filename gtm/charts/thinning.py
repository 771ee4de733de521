"""Thinning a long series: keeps real points, so that no number is invented."""

from __future__ import annotations

from collections.abc import Sequence


def keep_shape(values: Sequence[float], size: int) -> list[int]:
    """Return the positions to keep: largest triangle three buckets, both ends included."""
    count = len(values)
    if count <= size or size < 3:
        return list(range(min(count, size))) if size < 3 else list(range(count))
    width = (count - 2) / (size - 2)
    kept = [0]
    for bucket in range(size - 2):
        start, end = _bounds(bucket, width, count)
        after_start, after_end = _bounds(bucket + 1, width, count)
        after = range(after_start, max(after_end, after_start + 1))
        mean_at = sum(after) / len(after)
        mean_value = sum(values[min(at, count - 1)] for at in after) / len(after)
        left = kept[-1]
        kept.append(
            max(
                range(start, end),
                key=lambda at: abs(
                    (left - mean_at) * (values[at] - values[left])
                    - (left - at) * (mean_value - values[left])
                ),
            )
        )
    return [*kept, count - 1]


def _bounds(bucket: int, width: float, count: int) -> tuple[int, int]:
    start = int(bucket * width) + 1
    return start, min(max(int((bucket + 1) * width) + 1, start + 1), count)
