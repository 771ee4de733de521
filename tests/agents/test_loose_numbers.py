import pytest

from agents.loose_numbers import loose_numbers


@pytest.mark.parametrize(
    ("text", "told", "loose"),
    [
        ("You had 12,345 sessions.", (), ("12,345",)),
        ("You had 12,345 sessions.", ("12345",), ()),
        ("Up 37 %, or 1.2k.", (), ("37", "1.2k")),
        ("4.50 and 4.5", ("4.5",), ()),
        ("Try *top 5 sources in the last 30 days*.", (), ()),
        ("GA4 and Search Console; ask 3 questions.", (), ()),
        ("1. Open it\n2. Click", (), ()),
        ("About 88,000.", ("80,000",), ("88,000",)),
    ],
)
def test_numbers_that_nobody_gave(text: str, told: tuple[str, ...], loose: tuple[str, ...]) -> None:
    assert loose_numbers(text, told) == loose
