"""Who gets through the edge: tokens, cookies, forged headers and bent paths."""

import asyncio
import base64
import http.client
import json
from contextlib import closing

import jwt
import pytest

from valero.kit.testing.tokens import TokenFactory


def as_bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def unsigned(token: str) -> str:
    """The same claims under `alg: none`, without a signature."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT","kid":"test"}').rstrip(b"=")
    return f"{header.decode()}.{token.split('.')[1]}."


def resigned_with_public_key(factory: TokenFactory) -> str:
    """HS256 with the public key as secret: the classic confusion of algorithms."""
    secret = factory.jwks()["keys"][0]["x"]
    claims = jwt.decode(factory(), options={"verify_signature": False})
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "test"})


async def test_without_a_token_there_is_no_way_in(stranger):
    answer = await stranger.get("/api/fibu/accounts")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:valero:problem:Unauthorized",
        "title": "Anmeldung erforderlich",
        "status": 401,
        "detail": "Bitte melden Sie sich an; das Zugangstoken fehlt, ist abgelaufen oder ungültig.",
        "code": "Unauthorized",
    }


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"expires_in_seconds": -60}, 401),
        ({"iss": "somebody-else"}, 401),
        ({"aud": "another-application"}, 403),
        ({"exp": None}, 401),
        ({"nbf": 4_000_000_000}, 401),
    ],
)
async def test_a_token_must_be_fresh_and_meant_for_us(stranger, token, claims, status):
    answer = await stranger.get("/api/fibu/accounts", headers=as_bearer(token(**claims)))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_auth_can_sign_a_token(stranger, token):
    forged = (
        unsigned(token()),
        TokenFactory(kid="test")(),
        TokenFactory(kid="unknown")(),
        resigned_with_public_key(token),
        token()[:-4] + "AAAA",
        "nonsense",
    )
    for value in forged:
        answer = await stranger.get("/api/fibu/accounts", headers=as_bearer(value))
        assert answer.status_code == 401, value


async def test_a_browser_shows_its_token_as_a_cookie(stranger, token):
    answer = await stranger.get(
        "/api/fibu/accounts", headers={"cookie": f"theme=dark; valero_access={token()}"}
    )
    assert answer.status_code == 200


async def test_a_token_in_the_address_is_ignored(stranger, token):
    assert (await stranger.get(f"/api/fibu/accounts?access_token={token()}")).status_code == 401


@pytest.mark.parametrize("path", ["login", "refresh", "logout", "jwks.json"])
async def test_signing_in_and_out_needs_no_token(stranger, path):
    method = "GET" if path == "jwks.json" else "POST"
    assert (await stranger.request(method, f"/api/auth/{path}")).status_code == 200


async def test_anybody_may_ask_whether_a_service_is_well(stranger):
    assert (await stranger.get("/api/fibu/health")).status_code == 200
    for path in ("/api/fibu/health/x", "/api/fibu/x/health", "/api/fibu/healthy", "/api//health"):
        assert (await stranger.get(path)).status_code == 401


async def test_an_expired_cookie_does_not_hinder_signing_in(stranger, token):
    cookie = {"cookie": f"valero_access={token(expires_in_seconds=-60)}"}
    assert (await stranger.post("/api/auth/login", headers=cookie)).status_code == 200


@pytest.mark.parametrize("path", ["me", "password", "login/", "loginx", "jwks.json/x"])
async def test_the_rest_of_auth_needs_a_token(stranger, path):
    assert (await stranger.get(f"/api/auth/{path}")).status_code == 401


@pytest.mark.parametrize("path", ["/api/fibu/accounts", "/api/auth/login"])
async def test_claimed_identities_never_reach_a_service(client, path):
    forged = {
        "X-User-Id": "admin",
        "X-Tenant-Id": "other",
        "X-Roles": "administration",
        "X-Valero-Anything": "yes",
        "X-Envoy-Original-Path": "/api/fibu/secret",
        "X-Envoy-Max-Retries": "100",
        "X-Remote-User": "admin",
    }
    seen = (await client.post(path, headers=forged)).json()["headers"]
    names = {name for name, _ in seen}
    assert not names & {name.lower() for name in forged}


async def test_a_header_with_an_underscore_is_refused(client):
    assert (await client.get("/api/fibu/accounts", headers={"x_user_id": "1"})).status_code == 400


async def test_the_address_of_the_client_cannot_be_claimed(client):
    claims = {
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
        "x-envoy-external-address": "203.0.113.7",
    }
    headers = dict((await client.get("/api/fibu/accounts", headers=claims)).json()["headers"])
    assert headers["x-envoy-external-address"] == "127.0.0.1"
    assert not headers["x-forwarded-for"].endswith("203.0.113.7")
    assert headers["x-forwarded-proto"] == "http"


@pytest.mark.parametrize(
    "path",
    [
        "/api/auth/login/../../fibu/accounts",
        "/api/auth/login/%2e%2e/%2e%2e/fibu/accounts",
        "/api/auth/login%2f..%2f..%2ffibu%2faccounts",
        "/api/auth/login%5c..%5c..%5cfibu%5caccounts",
        "/api/auth/login;/../../fibu/accounts",
        "/assets/../api/fibu/accounts",
        "/ui/fibu/../../api/fibu/accounts",
        "/vendor/%2e%2e/api/fibu/accounts",
        "//api/fibu/accounts",
        "/./api//fibu/accounts",
        "/api/fibu/%2e/accounts",
        "/health/../api/fibu/accounts",
        "/api/fibu/accounts#/../../auth/login",
        "http://127.0.0.1/api/fibu/accounts",
    ],
)
async def test_a_bent_path_does_not_get_past_the_token_check(stack, path):
    status, body = await raw_get(stack, path)
    assert status in (301, 307, 400, 401, 404)
    assert b'"service": "fibu"' not in body


async def test_the_gateways_own_insides_are_out_of_reach(stack):
    for path in ("/shell/../metrics", "/assets/../metrics", "/vendor/../health/ready"):
        _, body = await raw_get(stack, path)
        assert json.loads(body)["path"].startswith("/shell/")


async def raw_get(stack, path: str) -> tuple[int, bytes]:
    """A request whose path no client library has tidied up."""

    def get() -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", stack.edge.ports[0])
        connection.request("GET", path)
        answer = connection.getresponse()
        with closing(connection):
            return answer.status, answer.read()

    return await asyncio.to_thread(get)
