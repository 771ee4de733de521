"""A change is taken apart without a rest, ranked by what it tells, and said as it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.insights.explain.decompose import Part, is_whole, mix_and_rate
from gtm.insights.explain.drivers import OTHERS, UNCOVERED, Method, Whole, split_of
from gtm.insights.explain.table import findings_of
from gtm.insights.facts import find_facts
from gtm.insights.grounding import ungrounded_numbers
from gtm.insights.narrative import narrate
from gtm.semantics.result import Claim, ResultTable
from tests.support.changes import explained, overall, rates, sums

CHANNELS = [
    Part("Paid Search", 1_816, 914),
    Part("Organic Search", 1_216, 1_214),
    Part("Email", 0, 254),
]
CLAIMS = st.sampled_from([None, "rise", "fall"])
unhurried = settings(deadline=None, max_examples=60, derandomize=True)


def text_of(table: ResultTable) -> str:
    return narrate(find_facts(table), table)


@unhurried
@given(sums())
def test_what_groups_added_is_the_whole_change(parts: list[Part]) -> None:
    whole = Whole(sum(p.before or 0 for p in parts), sum(p.after or 0 for p in parts), True)
    split = split_of("channel", "Channel", parts, whole, Method.PARTS, most=5)
    assert split is not None
    effects = [driver.effect.total for driver in split.drivers if driver.effect]
    assert sum(effects) == whole.net
    shares = [driver.share for driver in split.drivers if driver.share is not None]
    assert not shares or math.isclose(sum(shares), 1, abs_tol=1e-9)


@unhurried
@given(sums(), st.floats(0, 0.4))
def test_what_a_split_leaves_out_is_a_group_of_its_own(parts: list[Part], more: float) -> None:
    before, after = sum(p.before or 0 for p in parts), sum(p.after or 0 for p in parts)
    whole = Whole(before * (1 + more), after * (1 + more), True)
    split = split_of("brand", "Brand", parts, whole, Method.PARTS, most=20)
    assert split is not None
    effects = [driver.effect.total for driver in split.drivers if driver.effect]
    assert math.isclose(math.fsum(effects), whole.net, rel_tol=1e-9, abs_tol=1e-6)


@unhurried
@given(rates())
def test_mix_and_rate_are_the_whole_change_of_a_rate(parts: list[Part]) -> None:
    before, after = overall(parts)
    assert is_whole(parts, before, after)
    effects = mix_and_rate(parts)
    total = math.fsum(effect.total for effect in effects)
    assert math.isclose(total, after - before, rel_tol=1e-9, abs_tol=1e-9)


@unhurried
@given(rates())
def test_what_goes_together_in_the_others_still_adds_up(parts: list[Part]) -> None:
    before, after = overall(parts)
    split = split_of(
        "channel", "Channel", parts, Whole(before, after, False), Method.MIX_AND_RATE, most=2
    )
    assert split is not None
    effects = [driver.effect.total for driver in split.drivers if driver.effect]
    assert math.isclose(math.fsum(effects), after - before, rel_tol=1e-9, abs_tol=1e-9)


@unhurried
@given(sums(), CLAIMS)
def test_every_number_said_of_a_sum_is_in_the_findings(
    parts: list[Part], claim: Claim | None
) -> None:
    whole = sum(p.before or 0 for p in parts), sum(p.after or 0 for p in parts)
    table = explained("sessions", parts, whole, claim=claim)
    assert ungrounded_numbers(text_of(table), table, find_facts(table)) == []


@unhurried
@given(rates(), CLAIMS)
def test_every_number_said_of_a_rate_is_in_the_findings(
    parts: list[Part], claim: Claim | None
) -> None:
    table = explained("bounce_rate", parts, overall(parts), claim=claim)
    assert ungrounded_numbers(text_of(table), table, find_facts(table)) == []


@unhurried
@given(sums())
def test_every_number_said_of_users_is_in_the_findings_and_none_is_a_share(
    parts: list[Part],
) -> None:
    table = explained("active_users", parts, (5_000, 6_000))
    assert ungrounded_numbers(text_of(table), table, find_facts(table)) == []
    assert all(f.share is None and f.contribution is None for s in findings_of(table) for f in s)
    assert "of it" not in text_of(table)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (None, "Sessions fell from 3,032 to 2,382 (-21.4%, -650)"),
        ("fall", "Sessions fell from 3,032 to 2,382 (-21.4%, -650)"),
        ("rise", "Sessions did not rise: the figure fell from 3,032 to 2,382 (-21.4%, -650)"),
    ],
)
def test_a_claim_that_does_not_hold_is_said_first(claim: Claim | None, said: str) -> None:
    assert text_of(explained("sessions", CHANNELS, (3_032, 2_382), claim=claim)).startswith(said)


def test_who_made_the_change_and_who_went_the_other_way() -> None:
    text = text_of(explained("sessions", CHANNELS, (3_032, 2_382)))
    assert (
        "By channel, the fall came mostly from Paid Search (-902, 138.8% of it); "
        "Email went the other way (+254)."
    ) in text
    assert "With none before: Email (254)." in text
    assert "can be told, not what caused it" in text


def test_few_of_many_groups_are_counted() -> None:
    parts = [Part("launch", 900, 100)]
    parts += [Part(f"campaign {at}", 400, 395 + 3 * (at % 3)) for at in range(11)]
    whole = sum(p.before or 0 for p in parts), sum(p.after or 0 for p in parts)
    text = text_of(explained("sessions", parts, whole))
    assert "came mostly from launch (-800, 97.0% of it): 1 of 12 channels." in text


def test_groups_that_move_alike_make_a_broad_change() -> None:
    parts = [Part(f"channel {at}", 1_000 * at, 1_200 * at) for at in range(1, 6)]
    text = text_of(explained("sessions", parts, (15_000, 18_000)))
    assert "The rise is broad: no channel moved much differently from the others." in text


def test_ups_and_downs_that_cancel_out_have_no_shares() -> None:
    parts = [Part("one", 1_000, 2_000), Part("other", 2_000, 1_010)]
    assert "of it" not in text_of(explained("sessions", parts, (3_000, 3_010)))


def test_a_change_within_chance_is_said_before_where_it_comes_from() -> None:
    parts = [Part("one", 400, 380), Part("other", 377, 388)]
    lines = text_of(explained("sessions", parts, (777, 768))).splitlines()
    assert lines[2] == (
        "- This is a small difference: counts of this size differ as much by chance alone."
    )


def test_groups_that_overlap_are_ranked_and_get_no_shares() -> None:
    whole = Whole(1_000, 800, True)
    parts = [Part("video", 900, 700), Part("faq", 800, 790)]
    split = split_of("search_appearance", "Search appearance", parts, whole, Method.PARTS, most=8)
    assert split is not None
    assert split.method is Method.RANK
    assert all(driver.effect is None and driver.share is None for driver in split.drivers)


def test_a_split_of_less_than_half_of_everything_is_left_out() -> None:
    whole = Whole(1_000, 800, True)
    assert split_of("query", "Query", [Part("a", 100, 90)], whole, Method.PARTS, most=8) is None


def test_what_is_not_in_a_split_is_never_called_a_driver() -> None:
    parts = [Part("Brand", 500, 490), Part("Non-brand", 300, 280)]
    table = explained("clicks", parts, (1_000, 800))
    (split,) = findings_of(table)
    assert split[0].value == UNCOVERED
    assert UNCOVERED not in text_of(table)


def test_small_groups_go_together_and_are_never_named() -> None:
    parts = [Part(f"source {at}", 1_000, 1_000 + 100 * at) for at in range(12)]
    table = explained("sessions", parts, (12_000, 18_600))
    (split,) = findings_of(table)
    assert [f.value for f in split][-1] == OTHERS
    assert len(split) == 9
    assert OTHERS not in text_of(table)


def test_a_rate_that_changes_by_its_mix_alone() -> None:
    parts = [Part("mobile", 0.6, 0.6, 500, 800), Part("desktop", 0.2, 0.2, 500, 200)]
    text = text_of(explained("bounce_rate", parts, (0.4, 0.52)))
    assert "the change comes from a different mix of channels, not from themselves" in text
    assert "its part of all went from 50.0% to 80.0%" in text


def test_a_rate_that_changes_by_its_groups_alone() -> None:
    parts = [Part("mobile", 0.6, 0.7, 500, 500), Part("desktop", 0.2, 0.2, 500, 500)]
    text = text_of(explained("bounce_rate", parts, (0.4, 0.45)))
    assert "the change comes from the channels themselves, not from their mix" in text
    assert "mobile (+5.0 points: from 60.0% to 70.0%)" in text


def test_a_rate_over_few_cases_is_said_to_be_chance() -> None:
    parts = [Part("mobile", 0.4, 0.5, 20, 20), Part("desktop", 0.4, 0.4, 20, 20)]
    text = text_of(explained("bounce_rate", parts, (0.4, 0.45)))
    assert "Bounce rate is over 40 and 40 cases" in text
