"""How much the edge lets through: bodies and rates."""

import asyncio
import time

import pytest

from .conftest import anonymous, running_stack, signed_in

MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/api/fibu/entries", MEBIBYTE), ("/api/beleg/documents", 25 * MEBIBYTE)],
)
async def test_a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger(client, path, allowed):
    answer = await client.post(path, content=b"x" * allowed)
    assert answer.json()["body_bytes"] == allowed
    refused = await client.post(path, content=b"x" * (allowed + 1))
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "TooLarge"


async def test_a_body_of_unknown_length_is_limited_too(client):
    async def endless():
        for _ in range(40):
            yield b"x" * 65536

    assert (await client.post("/api/fibu/entries", content=endless())).status_code == 413


async def test_only_the_upload_of_documents_may_be_large(client):
    answer = await client.post("/api/beleg/documents/1/rejection", content=b"x" * (MEBIBYTE + 1))
    assert answer.status_code == 413


async def test_each_user_each_address_and_signing_in_have_limits_of_their_own(tmp_path, token):
    limits = {"edge_user_requests": 20, "edge_address_requests": 400, "edge_login_requests": 5}
    async with running_stack(tmp_path, token, "fibu", **limits) as stack:
        busy, calm = (
            signed_in(stack, token, user=f"00000000-0000-7000-8000-00000000000{n}") for n in (7, 8)
        )
        async with busy, calm, anonymous(stack) as stranger:
            first = await busy.get("/api/fibu/entries")
            assert int(first.headers["x-ratelimit-limit"].partition(",")[0]) == 20
            assert int(first.headers["x-ratelimit-remaining"]) == 19

            refused = await overstep(busy, "GET", "/api/fibu/entries", limit=20, seconds=10)
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "10"
            assert refused.json()["title"] == "Zu viele Anfragen"
            assert (await calm.get("/api/fibu/entries")).status_code == 200

            refused = await overstep(stranger, "POST", "/api/auth/login", limit=5, seconds=60)
            assert refused.headers["retry-after"] == "60"
            assert (await stranger.post("/api/auth/refresh")).status_code == 200

            await overstep(stranger, "GET", "/api/fibu/entries", limit=400, seconds=10)


async def overstep(client, method: str, path: str, *, limit: int, seconds: int):
    """Send more than may pass, one limit per window at most. Returns a refusal."""
    began = time.monotonic()
    requests = (client.request(method, path) for _ in range(2 * limit + 100))
    answers = await asyncio.gather(*requests)
    windows = 2 + (time.monotonic() - began) // seconds
    refusals = [answer for answer in answers if answer.status_code == 429]
    assert len(answers) - len(refusals) <= windows * limit
    return refusals[0]
