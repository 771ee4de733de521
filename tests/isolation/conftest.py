"""What attacks on the state database start from."""

from collections.abc import Iterator

import pytest

from tests.support.house import House, open_house


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as house:
        yield house
