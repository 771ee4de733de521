from __future__ import annotations

import stat
from pathlib import Path

import pytest

from gtm.auth.keys import SigningKey
from gtm.errors import ConfigurationError


def test_a_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    first = SigningKey.load_or_create(path)
    assert SigningKey.load_or_create(path).kid == first.kid
    assert [entry.name for entry in path.parent.iterdir()] == ["signing.pem"]


def test_only_the_owner_can_read_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    SigningKey.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    SigningKey.load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="other users") as caught:
        SigningKey.load_or_create(path)
    assert caught.value.hint == f"Run: chmod 600 {path}"


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    path.write_text("not a key")
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="no usable signing key"):
        SigningKey.load_or_create(path)


def test_the_published_keys_hold_no_private_part() -> None:
    (entry,) = SigningKey.generate().public_jwks()["keys"]
    assert entry["alg"] == "ES256"
    assert "d" not in entry
