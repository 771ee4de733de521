"""The three places of a key ring: a setting, a private file, Secret Manager."""

import base64
import json
import stat
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from gtm.bootstrap import open_key_source
from gtm.errors import ConfigurationError
from gtm.secrets.environment_keys import EnvironmentKeys
from gtm.secrets.key_file import KeyFile
from gtm.secrets.key_ring import KeyRing
from gtm.secrets.key_source import KeysMissingError
from gtm.secrets.secret_manager import SecretManagerKeys
from gtm.settings import Settings
from tests.support.serving import settings_at

ONE, TWO = (base64.b64encode(bytes([number] * 32)).decode() for number in (1, 2))
RESOURCE = "projects/acme-analytics/secrets/gtm-key-ring"


def test_the_first_key_of_the_setting_seals() -> None:
    ring = EnvironmentKeys(SecretStr(f" new:{TWO}, old:{ONE},")).read()
    assert (ring.primary, ring.older) == ("new", ("old",))


@pytest.mark.parametrize(
    "text",
    ["", ",", ONE, f"a:{ONE},a:{TWO}", "a:c2hvcnQ=", "a:not base64!", f"a b:{ONE}", f":{ONE}"],
)
def test_a_setting_that_holds_no_ring_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        EnvironmentKeys(SecretStr(text)).read()
    assert refused.value.hint
    assert ONE not in str(refused.value) + str(refused.value.__cause__)


def test_nobody_but_the_operator_changes_the_setting() -> None:
    source = EnvironmentKeys(SecretStr(f"a:{ONE}"))
    with pytest.raises(ConfigurationError, match="GTM_SECRET_KEYS") as refused:
        source.write(source.read().with_new_primary())
    assert "openssl rand -base64 32" in str(refused.value.hint)


def test_the_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    source = KeyFile(tmp_path / "keys" / "secrets.json")
    ring = source.read()
    assert KeyFile(tmp_path / "keys" / "secrets.json").read().keys == ring.keys
    assert stat.S_IMODE((tmp_path / "keys" / "secrets.json").stat().st_mode) == 0o600
    source.write(ring.with_new_primary())
    assert source.read().older == (ring.primary,)
    assert stat.S_IMODE((tmp_path / "keys" / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secrets.json"]


def test_a_file_open_to_others_is_refused(tmp_path: Path) -> None:
    source = KeyFile(tmp_path / "secrets.json")
    source.read()
    (tmp_path / "secrets.json").chmod(0o644)
    with pytest.raises(ConfigurationError, match="other users"):
        source.read()


def test_a_damaged_file_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text("half a ring")
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="no usable key ring") as refused:
        KeyFile(path).read()
    assert "backup" in str(refused.value.hint)
    assert path.read_text() == "half a ring"


class FakeSecretManager:
    """One secret with its versions, in the wire format of the REST API."""

    def __init__(self) -> None:
        self.versions: list[str] = []
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "secretmanager.googleapis.com"
        assert request.headers["authorization"] == "Bearer a google token"
        if self.status != 200:
            return httpx.Response(
                self.status, json={"error": {"message": request.content.decode()}}
            )
        if request.url.path == f"/v1/{RESOURCE}:addVersion" and request.method == "POST":
            self.versions.append(json.loads(request.content)["payload"]["data"])
            return httpx.Response(200, json={"name": f"{RESOURCE}/versions/{len(self.versions)}"})
        if request.url.path == f"/v1/{RESOURCE}/versions/latest:access" and self.versions:
            name = f"{RESOURCE}/versions/{len(self.versions)}"
            body = {"name": name, "payload": {"data": self.versions[-1]}}
            return httpx.Response(200, json=body)
        return httpx.Response(404, json={"error": {"status": "NOT_FOUND"}})

    def source(self) -> SecretManagerKeys:
        return SecretManagerKeys(
            RESOURCE, lambda: "a google token", transport=httpx.MockTransport(self)
        )


def test_secret_manager_gives_back_what_was_put_there_last() -> None:
    service = FakeSecretManager()
    ring = KeyRing.generate()
    for wanted in (ring, ring.with_new_primary()):
        service.source().write(wanted)
        assert service.source().read().keys == wanted.keys
    assert len(service.versions) == 2


def test_a_secret_without_a_version_is_told_from_a_failing_one() -> None:
    service = FakeSecretManager()
    with pytest.raises(KeysMissingError) as missing:
        service.source().read()
    assert "gtm secrets rotate" in str(missing.value.hint)
    service.status = 403
    with pytest.raises(ConfigurationError, match="answered with 403") as refused:
        service.source().read()
    assert not isinstance(refused.value, KeysMissingError)


def test_a_refused_ring_is_not_repeated() -> None:
    service = FakeSecretManager()
    service.status = 400
    ring = KeyRing("k1", {"k1": bytes(32)})
    with pytest.raises(ConfigurationError) as refused:
        service.source().write(ring)
    assert "AAAA" not in f"{refused.value} {refused.value.hint} {refused.value.__cause__}"


@pytest.mark.parametrize("data", ["not base64!", base64.b64encode(b"no ring").decode(), ""])
def test_a_version_that_is_no_ring_is_refused(data: str) -> None:
    service = FakeSecretManager()
    service.versions.append(data)
    with pytest.raises(ConfigurationError):
        service.source().read()


def test_an_unreachable_secret_manager_is_told() -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    source = SecretManagerKeys(RESOURCE, lambda: "t", transport=httpx.MockTransport(fail))
    with pytest.raises(ConfigurationError, match="could not be reached"):
        source.read()


def test_settings_say_where_the_ring_is(tmp_path: Path) -> None:
    assert isinstance(open_key_source(settings_at(tmp_path)), KeyFile)
    by_setting = settings_at(tmp_path, gtm_secret_keys=SecretStr(f"a:{ONE}"))
    assert isinstance(open_key_source(by_setting), EnvironmentKeys)
    by_google = settings_at(tmp_path, gtm_secret_manager=RESOURCE)
    assert isinstance(open_key_source(by_google), SecretManagerKeys)
    assert ONE not in repr(by_setting)


def test_both_places_at_once_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="GTM_SECRET_KEYS and GTM_SECRET_MANAGER"):
        Settings(
            _env_file=None,
            gtm_secret_keys=SecretStr(f"a:{ONE}"),
            gtm_secret_manager=RESOURCE,
        )


def test_production_beside_a_hosted_database_wants_a_ring_that_is_shared(tmp_path: Path) -> None:
    hosted = settings_at(
        tmp_path,
        gtm_env="production",
        supabase_url="https://auth.example.test",
        supabase_anon_key="k",
        hubspot_api_base_url="https://api.hubapi.com",
    )
    with pytest.raises(ConfigurationError) as refused:
        open_key_source(hosted)
    assert "GTM_SECRET_MANAGER" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("url", "environment", "is_fine"),
    [
        ("https://api.hubapi.com", "production", True),
        ("https://api-eu1.hubapi.com", "production", True),
        ("http://127.0.0.1:8001", "development", True),
        ("http://127.0.0.1:8001", "production", False),
        ("http://api.hubapi.com", "development", False),
        ("https://api.hubapi.com.evil.test", "development", False),
        ("https://evilhubapi.com", "development", False),
        ("https://api.hubapi.com@evil.test", "development", False),
        ("http://10.0.0.4:8001", "development", False),
        ("not a url", "demo", False),
    ],
)
def test_tokens_go_to_hubspot_or_stay_on_this_machine(
    url: str, environment: str, is_fine: bool
) -> None:
    values = {"gtm_env": environment, "hubspot_api_base_url": url}
    if environment == "production":
        values |= {"supabase_url": "https://auth.example.test", "supabase_anon_key": "k"}
    if is_fine:
        assert Settings.model_validate(values).hubspot_api_base_url == url
        return
    with pytest.raises(ConfigurationError, match="HUBSPOT_API_BASE_URL"):
        Settings.model_validate(values)
