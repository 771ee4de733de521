from __future__ import annotations

import pytest

from gtm.language.tokens import Owner, Tape, pattern, tokenise


def _words(text: str) -> list[str]:
    return [token.text for token in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What's our CTR?", ["what", "our", "ctr"]),
        ("didn't convert", ["didnt", "convert"]),
        ("click-through rate", ["click", "through", "rate"]),
        ("more than 1,000 sessions", ["more", "than", "1000", "sessions"]),
        ("over 1.5k", ["over", "1500"]),
        ("above 60%", ["above", "60", "%"]),
        ("2026-11-01 to 2026-11-15", ["2026-11-01", "to", "2026-11-15"]),
        ("page /pricing/eu", ["page", "/pricing/eu"]),
        ("from blog.example.com", ["from", "blog.example.com"]),
        ("Nov 1 - Nov 15", ["nov", "1", "-", "nov", "15"]),
        ('campaign "Spring  Sale"', ["campaign", "spring sale"]),
        ("mobile versus desktop", ["mobile", "vs", "desktop"]),
        ("w/o direct & email", ["without", "direct", "and", "email"]),
        ("???", []),
    ],
)
def test_a_question_falls_into_words(text: str, words: list[str]) -> None:
    assert _words(text) == words


def test_a_word_has_one_owner_at_most() -> None:
    tape = Tape("last month", tokenise("last month"))
    tape.claim(0, 2, Owner.TIME)
    with pytest.raises(ValueError, match="claimed twice"):
        tape.claim(1, 2, Owner.TERM)


def test_a_claimed_word_is_invisible_to_patterns() -> None:
    tape = Tape("top sessions top", tokenise("top sessions top"))
    tape.claim(0, 1, Owner.RANKING)
    hit = tape.find(pattern("top"))
    assert hit is not None
    assert hit.start == 2


def test_quoted_words_are_invisible_to_patterns() -> None:
    question = 'sessions for "last month"'
    tape = Tape(question, tokenise(question))
    assert tape.find(pattern("last month")) is None
    assert tape.raw(2, 3) == "last month"
