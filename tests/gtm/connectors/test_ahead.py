from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from gtm.connectors.ahead import ahead


def test_items_come_in_order() -> None:
    assert list(ahead(iter(range(100)), size=3)) == list(range(100))


def test_a_failure_is_raised_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    produced = ahead(items(), size=3)
    assert next(produced) == 1
    with pytest.raises(ValueError, match="broken"):
        next(produced)


def test_closing_stops_the_thread_in_the_middle() -> None:
    before = threading.active_count()
    with closing(ahead(iter(range(10**9)), size=2)) as produced:
        assert next(produced) == 0
    assert threading.active_count() == before


def test_no_thread_starts_before_the_first_item_is_asked_for() -> None:
    before = threading.active_count()
    produced = ahead(iter([1]), size=2)
    assert threading.active_count() == before
    produced.close()
