"""Which tokens are believed. Most of these are attacks that have worked somewhere."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from valero.kit import auth
from valero.kit.testing.clients import ORIGIN, AppClient
from valero.kit.testing.tokens import TENANT, TokenFactory

ME = "/api/probe/me"


@pytest.fixture
def client(steady_client: AppClient) -> AppClient:
    return steady_client


async def code_of(client: AppClient, token: str) -> tuple[int, str]:
    answer = await client.get(ME, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("code", "")


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def test_a_valid_token_tells_who_is_calling(client: AppClient) -> None:
    answer = await client.as_user().get(ME)
    assert answer.json() == {"name": "Erika Mustermann", "tenant": str(TENANT)}


async def test_a_missing_token_is_asked_for(client: AppClient) -> None:
    answer = await client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "TokenMissing")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 60},
        {"nbf": int(time.time()) + 600},
        {"iss": "somebody"},
        {"aud": "something"},
        {"aud": None},
        {"exp": None},
        {"tenant": None},
        {"tenant": "everything"},
        {"tenant": ["x"]},
        {"sub": "nobody"},
        {"sid": None},
    ],
)
async def test_a_token_with_wrong_claims_is_refused(
    client: AppClient, token: TokenFactory, claims: dict[str, Any]
) -> None:
    assert await code_of(client, token(**claims)) == (401, "TokenInvalid")


async def test_a_token_without_a_signature_is_refused(
    client: AppClient, token: TokenFactory
) -> None:
    _, payload, _ = token().split(".")
    unsigned = f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'test'})}.{payload}."
    assert await code_of(client, unsigned) == (401, "TokenInvalid")


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    client: AppClient, token: TokenFactory
) -> None:
    """The confusion of algorithms: HMAC with what everybody may know."""
    public = token.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _, payload, _ = token().split(".")
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'test'})}.{payload}"
    digest = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    forged = f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
    assert await code_of(client, forged) == (401, "TokenInvalid")


async def test_a_foreign_key_under_our_key_id_is_refused(client: AppClient) -> None:
    assert await code_of(client, TokenFactory()()) == (401, "TokenInvalid")


async def test_changed_claims_under_the_old_signature_are_refused(
    client: AppClient, token: TokenFactory
) -> None:
    header, payload, signature = token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = f"{header}.{part({**claims, 'permissions': ['probe:write']})}.{signature}"
    assert await code_of(client, forged) == (401, "TokenInvalid")


@pytest.mark.parametrize("garbage", ["x", "a.b.c", "....", "ä.ö.ü", "e30.e30.e30", "null"])
async def test_garbage_is_refused(client: AppClient, garbage: str) -> None:
    answer = await client.get(ME, headers={b"Authorization": f"Bearer {garbage}".encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "TokenInvalid")


async def test_a_remembered_token_still_expires(
    client: AppClient, token: TokenFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = token(expires_in_seconds=60)
    assert (await code_of(client, short))[0] == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60 + auth.LEEWAY_SECONDS + 1)
    verifier: auth.Verifier = client.app.state.verifier
    with pytest.raises(auth.TokenInvalid):
        await verifier.verify(token(exp=int(now) + 10))
    assert verifier._verified[short][0] + auth.LEEWAY_SECONDS < time.time()


class KeyServer:
    """Serves the keys of `factories`, counts fetches, and can be switched off."""

    def __init__(self, *factories: TokenFactory) -> None:
        self.factories = list(factories)
        self.fetches = 0
        self.up = True

    async def __call__(self) -> dict[str, Any]:
        self.fetches += 1
        if not self.up:
            raise httpx.ConnectError("down")
        return {"keys": [key for factory in self.factories for key in factory.jwks()["keys"]]}


async def test_an_unknown_key_is_looked_for_at_most_every_five_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, new = TokenFactory("known"), TokenFactory("new")
    server = KeyServer(known)
    verifier = auth.Verifier(server)
    await verifier.verify(known())
    for _ in range(20):
        with pytest.raises(auth.TokenInvalid):
            await verifier.verify(new())
    assert server.fetches == 1
    server.factories.append(new)
    later = time.monotonic() + auth.REFETCH_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert await verifier.verify(new())
    assert server.fetches == 2


async def test_a_withdrawn_key_is_no_longer_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = TokenFactory("old"), TokenFactory("new")
    server = KeyServer(old)
    verifier = auth.Verifier(server)
    signed = old()
    await verifier.verify(signed)
    server.factories = [new]
    later = time.monotonic() + auth.KEY_LIFETIME_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    await verifier.verify(new())
    with pytest.raises(auth.TokenInvalid):
        await verifier.verify(signed)


async def test_known_keys_serve_while_the_key_server_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factory = TokenFactory()
    server = KeyServer(factory)
    verifier = auth.Verifier(server)
    await verifier.verify(factory())
    server.up = False
    later = time.monotonic() + auth.KEY_LIFETIME_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert await verifier.verify(factory())


async def test_without_any_key_the_service_is_unavailable_rather_than_open(
    client: AppClient, token: TokenFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = KeyServer()
    server.up = False
    monkeypatch.setitem(client.app.state._state, "verifier", auth.Verifier(server))
    assert await code_of(client, token()) == (503, "SigningKeysUnavailable")


async def test_remembered_tokens_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "REMEMBERED_TOKENS", 3)
    factory = TokenFactory()
    verifier = factory.verifier()
    for _ in range(10):
        await verifier.verify(factory())
    assert len(verifier._verified) == 3


async def test_a_missing_permission_is_forbidden_and_named(client: AppClient) -> None:
    answer = await client.as_user("probe:read").post("/api/probe/notes", json={"number": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "PermissionMissing")
    assert "probe:write" in answer.json()["detail"]


async def test_a_first_password_opens_nothing_but_its_change(client: AppClient) -> None:
    newcomer = client.as_user("probe:read", pwd=True)
    assert (await newcomer.get(ME)).status_code == 200
    answer = await newcomer.get("/api/probe/notes")
    assert (answer.status_code, answer.json()["code"]) == (403, "PasswordChangeRequired")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ORIGIN + ".evil.example"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": ORIGIN}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_a_cookie_changes_something_only_from_our_own_pages(
    client: AppClient, token: TokenFactory, headers: dict[str, str], status: int
) -> None:
    cookie = {"Cookie": f"{auth.ACCESS_COOKIE}={token()}"}
    answer = await client.post(ME, headers={**headers, **cookie})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "OriginForeign"


async def test_a_cookie_reads_without_an_origin(client: AppClient, token: TokenFactory) -> None:
    cookie = {"Cookie": f"{auth.ACCESS_COOKIE}={token()}"}
    assert (await client.get(ME, headers=cookie)).status_code == 200


async def test_a_header_needs_no_origin_and_wins_over_the_cookie(
    client: AppClient, token: TokenFactory
) -> None:
    both = {"Authorization": f"Bearer {token()}", "Cookie": f"{auth.ACCESS_COOKIE}=garbage"}
    assert (await client.post(ME, headers=both)).status_code == 200


async def test_a_session_of_nobody_sees_no_tenant(client: AppClient) -> None:
    """A route without `require` and with a stale cookie runs, and row level security hides all."""
    stale = {"Cookie": f"{auth.ACCESS_COOKIE}=garbage"}
    answer = await client.get("/api/probe/versions/1", headers=stale)
    assert answer.status_code == 200


def test_test_tokens_are_what_the_contract_says(token: TokenFactory) -> None:
    header = jwt.get_unverified_header(token())
    assert (header["alg"], header["kid"]) == ("EdDSA", "test")
