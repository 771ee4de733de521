"""Limits in one process: windows that move with the clock, and what is counted where."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastmcp.exceptions import ToolError
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from api.limits import RateLimitedError, RateLimits
from api.windows import ClockedWindows
from app import create_app
from gtm.errors import ConfigurationError
from gtm.settings import Settings
from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import BASE_URL, NOW, StillClock, client_of, mcp_of, settings_at

LOGIN = "/v1/auth/login"


def limits_with(clock: StillClock, **settings: str) -> RateLimits:
    return RateLimits(Settings(_env_file=None, **settings), clock)  # type: ignore[arg-type]  # of texts


def test_a_window_moves_with_the_clock() -> None:
    clock = StillClock()
    limiter, three = MovingWindowRateLimiter(ClockedWindows(clock)), parse("3/minute")
    assert [limiter.hit(three, "ana") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(three, "ben")
    clock.time = NOW + timedelta(seconds=59)
    assert not limiter.hit(three, "ana")
    assert limiter.get_window_stats(three, "ana") == (NOW.timestamp() + 60, 0)
    clock.time = NOW + timedelta(seconds=60)
    assert limiter.hit(three, "ana")
    assert limiter.get_window_stats(three, "ana").remaining == 2


def test_keys_without_end_take_no_more_memory_than_is_set() -> None:
    windows = ClockedWindows(StillClock(), max_keys=10)
    limiter, item = MovingWindowRateLimiter(windows), parse("5/minute")
    for number in range(1000):
        limiter.hit(item, str(number))
    assert windows.reset() == 10


def test_of_two_windows_the_fuller_one_refuses_and_neither_counts_it() -> None:
    clock = StillClock()
    limits = limits_with(clock, rate_limit_passwords="2/minute;3/hour")
    for minute in (0, 0, 2):
        clock.time = NOW + timedelta(minutes=minute)
        limits.hit("passwords", "192.0.2.1")
    with pytest.raises(RateLimitedError) as error:
        limits.hit("passwords", "192.0.2.1")
    assert error.value.retry_after_seconds == 58 * 60
    clock.time = NOW + timedelta(hours=1)
    assert [use.remaining for use in limits.hit("passwords", "192.0.2.1")] == [1, 1]


@pytest.mark.parametrize("text", ["often", "0/minute", "10/fortnight", "-1/minute"])
def test_what_is_no_rate_is_refused_at_start(text: str) -> None:
    with pytest.raises(ConfigurationError, match="RATE_LIMIT_USER"):
        limits_with(StillClock(), rate_limit_user=text)


def test_an_empty_setting_limits_nothing() -> None:
    limits = limits_with(StillClock(), rate_limit_user="")
    assert [limits.hit("user", "ana") for _ in range(1000)] == [[]] * 1000


LIMITED = {
    "rate_limit_user": "5/minute",
    "rate_limit_workspace": "8/minute",
    "rate_limit_questions": "2/minute",
    "rate_limit_workspace_questions": "3/minute",
    "rate_limit_client": "12/minute",
    "rate_limit_passwords": "4/minute",
    "rate_limit_guesses": "3/minute",
    "rate_limit_address": "6/minute",
    "rate_limit_mails": "1/hour",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_at(tmp_path, forwarded_hops=1, **LIMITED)


async def statuses(client: httpx.AsyncClient, count: int, path: str) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(count)]


async def test_a_user_is_let_in_again_when_the_window_has_moved_on(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    assert await statuses(client, 6, "/v1/conversations") == [200] * 5 + [429]
    refusal = await client.get("/v1/conversations")
    assert (refusal.json()["code"], refusal.headers["retry-after"]) == ("rate_limited", "60")
    stage.clock.time += timedelta(seconds=60)
    assert await statuses(client, 1, "/v1/conversations") == [200]


async def test_an_answer_says_how_much_is_left(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/v1/conversations")).headers
    assert headers["ratelimit-policy"] == '"user";q=5;w=60, "workspace";q=8;w=60'
    assert headers["ratelimit"] == '"user";r=4;t=60, "workspace";r=7;t=60'


async def test_one_member_can_not_use_up_what_another_workspace_has(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in("ben@acme.test") as ben:
        assert await statuses(client, 5, "/v1/conversations") == [200] * 5
        # Three of the eight of their workspace are left to the colleague.
        assert await statuses(ben, 4, "/v1/conversations") == [200] * 3 + [429]
    async with await stage.signed_in("gus@globex.test") as gus:
        assert await statuses(gus, 5, "/v1/conversations") == [200] * 5


async def test_questions_are_fewer_than_requests(stage: Stage, client: httpx.AsyncClient) -> None:
    body = {"question": "sessions"}
    asked = [await client.post("/v1/analytics/query", json=body) for _ in range(3)]
    assert [reply.status_code for reply in asked] == [200, 200, 429]
    assert len(stage.turns.asked) == 2
    async with await stage.signed_in("ben@acme.test") as ben:
        replies = [await ben.post("/v1/analytics/query", json=body) for _ in range(2)]
        assert [reply.status_code for reply in replies] == [200, 429]


async def sign_in(
    client: httpx.AsyncClient, password: str, *, at: str = "192.0.2.1", who: str = "ana@acme.test"
) -> int:
    body = {"email": who, "password": password}
    return (await client.post(LOGIN, json=body, headers={"x-forwarded-for": at})).status_code


async def test_guessing_a_password_ends_soon_and_says_nothing_of_it(
    stranger: httpx.AsyncClient,
) -> None:
    assert [await sign_in(stranger, "wrong") for _ in range(4)] == [401, 401, 401, 429]
    # Not even the right one is tried now; from elsewhere its owner still gets in.
    assert await sign_in(stranger, PASSWORD) == 429
    assert await sign_in(stranger, PASSWORD, at="192.0.2.2") == 200
    assert await sign_in(stranger, "wrong", who="ANA@acme.test") == 429


async def test_whoever_signs_in_is_not_counted(stranger: httpx.AsyncClient) -> None:
    assert [await sign_in(stranger, PASSWORD) for _ in range(8)] == [200] * 8


async def test_one_client_tries_few_passwords_on_many_accounts(
    stranger: httpx.AsyncClient,
) -> None:
    tried = [await sign_in(stranger, "wrong", who=f"p{number}@acme.test") for number in range(5)]
    assert tried == [401] * 4 + [429]


async def test_many_clients_try_few_passwords_on_one_account(stranger: httpx.AsyncClient) -> None:
    tried = [await sign_in(stranger, "wrong", at=f"192.0.2.{number}") for number in range(7)]
    assert tried == [401] * 6 + [429]


async def test_a_service_that_does_not_answer_is_no_guess() -> None:
    limits = limits_with(StillClock(), rate_limit_guesses="1/minute")
    for _ in range(5):
        with pytest.raises(ConfigurationError):
            async with limits.guess("ana@acme.test", "192.0.2.1"):
                raise ConfigurationError("The sign-in service does not answer.")


async def test_mails_to_one_address_are_few_whether_it_is_known_or_not(
    stranger: httpx.AsyncClient,
) -> None:
    for email in ("ana@acme.test", "nobody@acme.test"):
        sent = [
            (await stranger.post("/v1/auth/recover", json={"email": email})).status_code
            for _ in range(2)
        ]
        assert sent == [202, 429]


async def test_requests_without_a_valid_token_count_for_their_client(stage: Stage) -> None:
    async with client_of(stage.app, "no token") as client:
        assert await statuses(client, 13, "/v1/conversations") == [401] * 12 + [429]
        assert await statuses(client, 1, "/v1/config") == [429]
    elsewhere = {"x-forwarded-for": "192.0.2.99"}
    async with client_of(stage.app) as client:
        assert (await client.get("/v1/config", headers=elsewhere)).status_code == 200
    # Colleagues behind the same address whose tokens are good don't suffer from it.
    async with client_of(stage.app) as client:
        body = {"email": "ana@acme.test", "password": PASSWORD}
        signed_in = await client.post(LOGIN, json=body, headers=elsewhere)
    async with client_of(stage.app, signed_in.json()["access_token"]) as ana:
        assert (await ana.get("/v1/conversations")).status_code == 200


async def test_the_stand_in_is_no_way_around(stranger: httpx.AsyncClient) -> None:
    body = {"email": "ana@acme.test", "password": "wrong"}
    url = "/auth/v1/token?grant_type=password"
    tried = [await stranger.post(url, json=body, headers={"apikey": "any"}) for _ in range(5)]
    assert [reply.status_code for reply in tried] == [400] * 4 + [429]
    assert tried[-1].json()["code"] == "rate_limited"
    right = [
        await stranger.post(
            url,
            json={"email": "ana@acme.test", "password": PASSWORD},
            headers={"apikey": "any", "x-forwarded-for": "192.0.2.7"},
        )
        for _ in range(6)
    ]
    assert [reply.status_code for reply in right] == [200] * 6


async def test_programs_that_come_by_mcp_count_as_their_user(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    token = client.headers["authorization"].removeprefix("Bearer ")
    async with mcp_of(stage.app, token) as program:
        for _ in range(5):
            await program.call_tool("run_sql", {"sql": "SELECT 1"}, raise_on_error=False)
        with pytest.raises(ToolError, match="rate_limited"):
            await program.call_tool("run_sql", {"sql": "SELECT 1"})
    assert await statuses(client, 1, "/v1/conversations") == [429]


async def test_another_site_may_read_the_limits_and_send_a_key(stage: Stage) -> None:
    ours = {"origin": BASE_URL}
    async with client_of(stage.app) as client:
        asked = {
            **ours,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,idempotency-key",
        }
        allowed = (await client.options("/v1/dashboards", headers=asked)).headers
        shown = (await client.get("/v1/config", headers=ours)).headers
    assert "idempotency-key" in allowed["access-control-allow-headers"].lower()
    exposed = shown["access-control-expose-headers"]
    for name in ("ratelimit", "retry-after", "idempotency-replayed", "x-request-id"):
        assert name in exposed


def test_half_a_rate_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="RATE_LIMIT_MAILS"):
        create_app(settings_at(tmp_path, rate_limit_mails="lots"))
