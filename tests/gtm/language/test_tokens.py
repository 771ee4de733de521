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
        ("sign_up and ATTEMPTED_TO_CONTACT", ["sign", "up", "and", "attempted", "to", "contact"]),
        ("lead→mql, lead>sql", ["lead", "to", "mql", "lead", "to", "sql"]),
        ("i.e. e-mails, w/ imps", ["emails", "with", "impressions"]),
        ("won $ over $25,000", ["won", "dollars", "over", "25000"]),
        ("1.000 visits and 2,5 %", ["1000", "visits", "and", "2.5", "%"]),
        ("0.125 or 1.25", ["0.125", "or", "1.25"]),
        ("bottom -3 pages", ["bottom", "-", "3", "pages"]),
        ("revenue -direct", ["revenue", "without", "direct"]),
        ("U.S. vs. u.k.", ["us", "vs", "uk"]),
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rev by lp last qtr", "revenue by landing page last quarter"),
        ("opps w/o pipe", "opportunities without pipeline"),
        ("c t r under slash pricing", "ctr under /pricing"),
        ("chat gpt month wise", "chatgpt monthly"),
        ("more than two hundred and fifty", "more than 250"),
        ("last twenty-eight days", "last 28 days"),
        ("fifty grand or 1.5 million", "50000 or 1500000"),
        ("in q three", "in q3"),
        ("at least a hundred", "at least a 100"),
        ("the one of two", "the one of 2"),
        ("sam and dana", "sam and dana"),
    ],
)
def test_what_is_written_in_several_ways_is_read_in_one(text: str, words: str) -> None:
    assert " ".join(_words(text)) == words


def test_quoted_words_keep_their_spelling() -> None:
    assert _words('campaign "rev w two"') == ["campaign", "rev w two"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Sessions. Last week?", [0, 1, 1]),
        ("this month vs. last month", [0, 0, 0, 0, 0]),
        ("won deals: open deals", [0, 0, 1, 1]),
        ("sessions by\nchannel", [0, 0, 0]),
        ("Regards,\nJo", [0, 1]),
    ],
)
def test_sentences_end_where_their_marks_are(text: str, sentences: list[int]) -> None:
    assert [token.sentence for token in tokenise(text)] == sentences


def test_no_pattern_reaches_over_the_end_of_a_sentence() -> None:
    question = "most? this quarter"
    tape = Tape(question, tokenise(question))
    assert tape.find(pattern("most this")) is None
    assert tape.find(pattern("this quarter")) is not None
    assert tape.find(pattern("most"), 1) is None


def test_a_word_can_be_made_free_again() -> None:
    tape = Tape("last month", tokenise("last month"))
    tape.claim(0, 2, Owner.TIME)
    tape.release(0, 1)
    assert tape.free() == [0]
