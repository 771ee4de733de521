"""A ring is whole or refused, and tells nothing of its keys."""

import base64
import json

import pytest

from gtm.errors import ConfigurationError
from gtm.secrets.key_ring import KEY_BYTES, KeyRing, decode_key

KEY = bytes(range(KEY_BYTES))


def test_a_ring_reads_back_as_it_was_written() -> None:
    ring = KeyRing.generate().with_new_primary()
    again = KeyRing.from_json(ring.to_json())
    assert (again.primary, again.keys) == (ring.primary, ring.keys)
    assert len(again.older) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"primary": "k1", "keys": {}}',
        '{"primary": "k1", "keys": ["k1"]}',
        '{"primary": "k1", "keys": {"k1": 1}}',
        '{"primary": "k1", "keys": {"k1": "not base64!"}}',
        '{"primary": "k1", "keys": {"k1": "c2hvcnQ="}}',
        json.dumps({"primary": "k2", "keys": {"k1": base64.b64encode(KEY).decode()}}),
        json.dumps({"primary": "a b", "keys": {"a b": base64.b64encode(KEY).decode()}}),
    ],
)
def test_what_is_no_ring_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        KeyRing.from_json(text)
    assert refused.value.__cause__ is None
    assert not text or text not in str(refused.value)


def test_a_rings_new_key_seals_and_the_others_stay() -> None:
    ring = KeyRing("k1", {"k1": KEY})
    newer = ring.with_new_primary()
    assert newer.older == ("k1",)
    assert newer.key("k1") == KEY
    assert newer.without(["k1"]).older == ()


def test_the_primary_key_can_not_be_taken_out() -> None:
    ring = KeyRing("k1", {"k1": KEY})
    with pytest.raises(ConfigurationError):
        ring.without(["k1"])


def test_fingerprints_tell_keys_apart_and_show_none() -> None:
    ring = KeyRing("k1", {"k1": KEY, "k2": KEY, "k3": KEY[::-1]})
    assert ring.fingerprint("k1") == ring.fingerprint("k2") != ring.fingerprint("k3")
    assert KEY.hex() not in ring.fingerprint("k1")


@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
def test_keys_are_read_in_either_alphabet_with_or_without_padding(alphabet: object) -> None:
    key = b"\xfb\xff" * (KEY_BYTES // 2)
    text = alphabet(key).decode()  # type: ignore[operator]  # one of two functions
    assert decode_key(text) == decode_key(text.rstrip("=")) == decode_key(f" {text}\n") == key
