"""How much the edge lets through: bodies and rates."""

import asyncio
import http.client
from contextlib import closing

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

            assert await rush(stack, busy, "GET", "/api/fibu/entries") > 0
            refused = await busy.get("/api/fibu/entries")
            assert refused.status_code == 429
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "10"
            assert refused.json()["title"] == "Zu viele Anfragen"
            assert (await calm.get("/api/fibu/entries")).status_code == 200

            logins = [await stranger.post("/api/auth/login") for _ in range(6)]
            assert logins[-1].status_code == 429
            assert logins[-1].headers["retry-after"] == "60"
            assert (await stranger.post("/api/auth/refresh")).status_code == 200

            assert await rush(stack, stranger, "GET", "/api/fibu/entries", requests=1500) > 0


async def rush(stack, client, method: str, path: str, *, requests: int = 100) -> int:
    """Many requests as fast as possible; how many were refused for their number."""
    token = client.headers.get("authorization")
    headers = {"Authorization": token} if token else {}

    def hurry() -> int:
        refused = 0
        with closing(http.client.HTTPConnection("127.0.0.1", stack.edge.ports[0])) as connection:
            for _ in range(requests):
                connection.request(method, path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                refused += answer.status == 429
        return refused

    return await asyncio.to_thread(hurry)
