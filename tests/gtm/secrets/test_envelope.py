"""An envelope opens where it was sealed for, with the key it was sealed with, and nowhere else."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from gtm.context import TenantId
from gtm.secrets.envelope import (
    Envelope,
    SecretAddress,
    SecretUnreadableError,
    WrappedKey,
    rewrap,
    seal,
    unseal,
)
from gtm.secrets.key_ring import KEY_BYTES, KeyRing, KeyUnknownError

RING = KeyRing("k1", {"k1": b"\x01" * KEY_BYTES, "k0": b"\x02" * KEY_BYTES})
ADDRESS = SecretAddress(TenantId("acme"), "hubspot", "access_token", UUID(int=7))

values = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
# Any text at all: the parts of an address must not run into each other, whatever is in them.
parts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
addresses = st.builds(SecretAddress, parts.map(TenantId), parts, parts, st.uuids())
keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
fast = settings(max_examples=150, deadline=None, derandomize=True)


def opens(envelope: Envelope, address: SecretAddress = ADDRESS, ring: KeyRing = RING) -> bool:
    try:
        unseal(envelope, address, ring)
    except (SecretUnreadableError, KeyUnknownError):
        return False
    return True


@fast
@given(values, addresses)
def test_what_was_sealed_opens_again(value: str, address: SecretAddress) -> None:
    envelope = seal(SecretStr(value), address, RING)
    assert unseal(envelope, address, RING).get_secret_value() == value


@fast
@given(values, addresses, addresses)
def test_it_opens_at_no_other_address(
    value: str, address: SecretAddress, other: SecretAddress
) -> None:
    assume(address != other)
    assert not opens(seal(SecretStr(value), address, RING), other)


@pytest.mark.parametrize(
    "moved",
    [
        replace(ADDRESS, tenant_id=TenantId("globex")),
        replace(ADDRESS, provider="stripe"),
        replace(ADDRESS, field="refresh_token"),
        replace(ADDRESS, secret_id=UUID(int=8)),
        # The same letters, cut in other places.
        replace(ADDRESS, tenant_id=TenantId("acmehub"), provider="spot"),
        replace(ADDRESS, provider="hubspot/access", field="token"),
        replace(ADDRESS, tenant_id=TenantId('acme", "hubspot'), provider=""),
    ],
)
def test_a_moved_secret_stays_shut(moved: SecretAddress) -> None:
    envelope = seal(SecretStr("a token"), ADDRESS, RING)
    assert not opens(envelope, moved)
    with pytest.raises(SecretUnreadableError):
        rewrap(envelope.key, moved, RING)


@fast
@given(values, st.booleans(), st.data())
def test_a_flipped_bit_anywhere_keeps_it_shut(
    value: str, is_in_key: bool, data: st.DataObject
) -> None:
    envelope = seal(SecretStr(value), ADDRESS, RING)
    sealed = envelope.key.sealed if is_in_key else envelope.ciphertext
    position = data.draw(st.integers(0, len(sealed) * 8 - 1))
    flipped = bytearray(sealed)
    flipped[position // 8] ^= 1 << position % 8
    changed = (
        replace(envelope, key=WrappedKey(envelope.key.kid, bytes(flipped)))
        if is_in_key
        else replace(envelope, ciphertext=bytes(flipped))
    )
    assert not opens(changed)


@fast
@given(values, st.booleans(), st.data())
def test_a_cut_or_lengthened_part_keeps_it_shut(
    value: str, is_in_key: bool, data: st.DataObject
) -> None:
    envelope = seal(SecretStr(value), ADDRESS, RING)
    sealed = envelope.key.sealed if is_in_key else envelope.ciphertext
    other = data.draw(
        st.one_of(
            st.integers(0, len(sealed) - 1).map(lambda end: sealed[:end]),
            st.binary(min_size=1, max_size=20).map(lambda tail: sealed + tail),
        )
    )
    changed = (
        replace(envelope, key=WrappedKey(envelope.key.kid, other))
        if is_in_key
        else replace(envelope, ciphertext=other)
    )
    assert not opens(changed)


@fast
@given(values, keys)
def test_another_key_of_the_same_name_opens_nothing(value: str, key: bytes) -> None:
    assume(key != RING.keys["k1"])
    envelope = seal(SecretStr(value), ADDRESS, RING)
    assert not opens(envelope, ring=KeyRing("k1", {"k1": key}))


def test_an_unknown_key_is_named_and_told_from_a_wrong_one() -> None:
    envelope = seal(SecretStr("a token"), ADDRESS, RING)
    with pytest.raises(KeyUnknownError, match="k1"):
        unseal(envelope, ADDRESS, KeyRing("k0", {"k0": RING.keys["k0"]}))


def test_a_key_can_not_be_given_another_keys_name() -> None:
    ring = KeyRing("k1", {"k1": RING.keys["k1"], "k2": RING.keys["k1"]})
    envelope = seal(SecretStr("a token"), ADDRESS, ring)
    assert not opens(replace(envelope, key=WrappedKey("k2", envelope.key.sealed)), ring=ring)


def test_the_parts_of_two_envelopes_do_not_mix() -> None:
    first, second = (seal(SecretStr(text), ADDRESS, RING) for text in ("first", "second"))
    assert not opens(replace(first, key=second.key))
    # Nor does the wrapped key stand in for the secret itself.
    assert not opens(replace(first, ciphertext=first.key.sealed))


def test_another_version_is_not_guessed_at() -> None:
    assert not opens(replace(seal(SecretStr("a token"), ADDRESS, RING), version=2))


@fast
@given(values)
def test_wrapping_anew_moves_the_key_and_leaves_the_secret_sealed(value: str) -> None:
    envelope = seal(SecretStr(value), ADDRESS, RING)
    newer = RING.with_new_primary()
    moved = replace(envelope, key=rewrap(envelope.key, ADDRESS, newer))
    assert moved.key.kid == newer.primary
    only_new = newer.without(["k0", "k1"])
    assert unseal(moved, ADDRESS, only_new).get_secret_value() == value
    assert not opens(envelope, ring=only_new)


def test_the_same_secret_is_never_sealed_alike() -> None:
    envelopes = [seal(SecretStr("a token"), ADDRESS, RING) for _ in range(20)]
    assert len({envelope.ciphertext for envelope in envelopes}) == 20
    assert len({envelope.key.sealed for envelope in envelopes}) == 20
    assert len({envelope.ciphertext[:12] for envelope in envelopes}) == 20


def test_nothing_of_a_secret_or_a_key_is_in_what_is_printed() -> None:
    envelope = seal(SecretStr("a token"), ADDRESS, RING)
    said = repr(unseal(envelope, ADDRESS, RING)) + repr(RING) + str(ADDRESS) + repr(envelope)
    with pytest.raises(SecretUnreadableError) as refused:
        unseal(envelope, replace(ADDRESS, field="x"), RING)
    said += repr(refused.value) + str(refused.value.hint) + repr(refused.value.__cause__)
    assert "a token" not in said
    assert "\\x01\\x01" not in said
