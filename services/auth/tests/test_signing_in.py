"""Signing in and out over HTTP, one test per outcome."""

import asyncio
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import text

from valero.auth import sessions
from valero.kit.migrate import NOBODY

from .conftest import NEW_PASSWORD, ORIGIN, bearer


def claims(answer) -> dict:
    return jwt.decode(answer.json()["access_token"], options={"verify_signature": False})


def cookie(answer, name: str) -> str:
    """The Set-Cookie line of one cookie."""
    lines = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]
    assert len(lines) == 1, lines
    return lines[0]


def value(answer, name: str) -> str:
    return cookie(answer, name).partition(";")[0].partition("=")[2]


# --- the first sign-in ---------------------------------------------------------------------------


async def test_the_first_administrator_may_do_nothing_but_choose_a_password(service):
    answer = await service.first_login()
    user = answer.json()["user"]
    assert user["must_change_password"] is True
    assert user["permissions"] == []
    assert user["name"] == "Administration"
    assert user["tenant"]["name"] == "Meine Firma"
    assert claims(answer)["pwd"] is True
    assert claims(answer)["permissions"] == []
    refused = await service.client.get("/api/auth/users", headers=bearer(answer))
    assert refused.status_code == 403
    assert refused.json()["code"] == "PasswordChangeRequired"


async def test_with_a_password_of_their_own_the_administrator_may_do_everything(service):
    headers = await service.become_administrator()
    me = (await service.client.get("/api/auth/me", headers=headers)).json()
    assert me["must_change_password"] is False
    assert {"fibu:post", "beleg:approve", "observer:operate", "auth:administer"} <= set(
        me["permissions"]
    )
    assert (await service.client.get("/api/auth/users", headers=headers)).status_code == 200


async def test_the_token_says_what_every_service_relies_on(service):
    await service.become_administrator()
    answer = await service.login("administrator@valero.local", NEW_PASSWORD)
    found = claims(answer)
    assert found["iss"] == "valero-auth"
    assert found["aud"] == "valero"
    assert found["exp"] - found["iat"] == 600
    assert found["nbf"] == found["iat"]
    assert found["roles"] == ["administration"]
    assert found["sub"] == answer.json()["user"]["id"]
    assert found["tenant"] == answer.json()["user"]["tenant"]["id"]
    assert found["pwd"] is False
    assert {"sid", "jti", "name", "email"} <= set(found)
    assert answer.json()["expires_in"] == 600
    assert answer.json()["refresh_token"] is None


async def test_whoever_has_the_public_key_can_verify_the_token(service):
    answer = await service.first_login()
    token = answer.json()["access_token"]
    document = (await service.client.get("/api/auth/jwks.json")).json()
    key = jwt.PyJWKSet.from_dict(document)[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=["EdDSA"], audience="valero")["sub"]
    assert set(document["keys"][0]) == {"kty", "crv", "alg", "use", "kid", "x"}


# --- refused -------------------------------------------------------------------------------------


async def test_unknown_user_and_wrong_password_get_the_same_answer(service):
    wrong = await service.login(service.first["email"], "not the password")
    unknown = await service.login("nobody@example.com", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    told = [{**answer.json(), "instance": ""} for answer in (wrong, unknown)]
    assert told[0] == told[1]
    assert wrong.json()["code"] == "CredentialsWrong"
    assert wrong.json()["detail"] == "E-Mail-Adresse oder Kennwort stimmen nicht."
    assert not wrong.headers.get_list("set-cookie")


async def test_a_deactivated_user_cannot_sign_in(service):
    headers = await service.become_administrator()
    new = {"email": "erika@example.com", "name": "Erika", "roles": ["pruefer"]}
    admitted = (await service.post("users", new, headers=headers)).json()
    await service.client.patch(
        f"/api/auth/users/{admitted['user']['id']}", json={"active": False}, headers=headers
    )
    answer = await service.login("erika@example.com", admitted["one_time_password"])
    assert answer.status_code == 401
    assert answer.json()["code"] == "CredentialsWrong"


async def test_a_foreign_page_cannot_sign_somebody_in(service):
    first = service.first
    answer = await service.login(
        first["email"], first["password"], headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "OriginForeign"


async def test_the_address_may_be_written_in_capitals_and_with_spaces(service):
    first = service.first
    assert (
        await service.login(f" {first['email'].upper()} ", first["password"])
    ).status_code == 200


@pytest.mark.parametrize("body", [{}, {"email": "a@b"}, {"email": "", "password": "x"}])
async def test_an_incomplete_sign_in_is_invalid(service, body):
    answer = await service.post("login", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_invalid_sign_in_does_not_repeat_the_password(service):
    answer = await service.post("login", {"email": 7, "password": "very secret"})
    assert "very secret" not in answer.text


# --- throttling ----------------------------------------------------------------------------------


async def test_guessing_is_slowed_down_for_the_guesser_only(service):
    first = service.first
    from_elsewhere = {"x-envoy-external-address": "198.51.100.7"}
    for _ in range(5):
        guess = await service.login(first["email"], "guess", headers=from_elsewhere)
        assert guess.status_code == 401
    refused = await service.login(first["email"], first["password"], headers=from_elsewhere)
    assert refused.status_code == 429
    assert refused.json()["code"] == "TooManyAttempts"
    assert 0 < int(refused.headers["retry-after"]) <= 900
    owner = await service.login(
        first["email"], first["password"], headers={"x-envoy-external-address": "203.0.113.5"}
    )
    assert owner.status_code == 200


async def test_guesses_sent_at_once_are_counted_too(service):
    email = service.first["email"]
    answers = await asyncio.gather(*(service.login(email, f"guess {n}") for n in range(12)))
    assert [a.status_code for a in answers].count(401) == 5


async def test_a_known_device_is_not_slowed_down_by_strangers_on_its_network(service):
    first = service.first
    before = await service.first_login()
    service.client.cookies.clear()
    for _ in range(6):
        await service.login(first["email"], "guess")
    assert (await service.first_login()).status_code == 429
    device = {"cookie": f"valero_device={value(before, 'valero_device')}"}
    known = await service.login(first["email"], first["password"], headers=device)
    assert known.status_code == 200


async def test_a_forged_device_is_a_stranger(service):
    first = service.first
    genuine = value(await service.first_login(), "valero_device")
    device, _, mark = genuine.partition(".")
    service.client.cookies.clear()
    for _ in range(6):
        await service.login(first["email"], "guess")
    for forged in (f"{device}.{mark[::-1]}", f"{device[::-1]}.{mark}", device, ".", "ä.ö"):
        headers = {"cookie": f"valero_device={forged}".encode()}
        answer = await service.login(first["email"], first["password"], headers=headers)
        assert answer.status_code == 429, forged


async def test_a_right_password_forgets_the_wrong_ones(service):
    email, right = service.first["email"], service.first["password"]
    for _ in range(3):
        for _ in range(3):
            await service.login(email, "guess")
        service.client.cookies.clear()
        assert (await service.login(email, right)).status_code == 200
        service.client.cookies.clear()


# --- cookies -------------------------------------------------------------------------------------


async def test_browsers_keep_the_tokens_where_scripts_cannot_see_them(service):
    answer = await service.first_login()
    access, refresh = cookie(answer, "valero_access"), cookie(answer, "valero_refresh")
    for line in (access, refresh):
        assert "HttpOnly" in line
        assert "SameSite=strict" in line
        assert "Secure" not in line
    assert "Path=/;" in access
    assert "Path=/api/auth;" in refresh
    assert "Max-Age=600" in access
    assert answer.headers["cache-control"] == "no-store"


async def test_over_https_the_cookies_are_secure(service):
    first = service.first
    answer = await service.login(
        first["email"], first["password"], headers={"x-forwarded-proto": "https"}
    )
    for name in ("valero_access", "valero_refresh", "valero_device"):
        assert "Secure" in cookie(answer, name)


async def test_the_cookie_signs_in_for_reads(service):
    await service.first_login()
    assert (await service.client.get("/api/auth/me")).json()["name"] == "Administration"


async def test_a_foreign_page_cannot_act_with_the_cookie(service):
    await service.first_login()
    change = {"current": service.first["password"], "new": NEW_PASSWORD}
    for headers in ({"origin": "https://evil.example"}, {}):
        assert (await service.post("password", change, headers=headers)).status_code == 403
        assert (await service.post("refresh", headers=headers)).status_code == 403
    assert (await service.post("password", change, headers=ORIGIN)).status_code == 200


# --- going on ------------------------------------------------------------------------------------


async def test_a_refresh_gives_new_tokens(service):
    first = await service.first_login()
    second = await service.post("refresh", headers=ORIGIN)
    assert second.status_code == 200
    assert value(second, "valero_refresh") != value(first, "valero_refresh")
    assert claims(second)["sid"] == claims(first)["sid"]
    assert claims(second)["jti"] != claims(first)["jti"]
    assert second.json()["refresh_token"] is None


async def test_a_client_without_cookies_sends_and_gets_the_token_in_the_body(service):
    token = value(await service.first_login(), "valero_refresh")
    service.client.cookies.clear()
    answer = await service.post("refresh", {"refresh_token": token})
    successor = answer.json()["refresh_token"]
    assert successor != token
    service.client.cookies.clear()
    assert (await service.post("refresh", {"refresh_token": successor})).status_code == 200


async def test_two_tabs_that_refresh_at_once_both_stay_signed_in(service):
    token = value(await service.first_login(), "valero_refresh")
    service.client.cookies.clear()
    answers = await asyncio.gather(
        *(service.post("refresh", {"refresh_token": token}) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_a_token_used_twice_ends_the_session(service):
    token = value(await service.first_login(), "valero_refresh")
    service.client.cookies.clear()
    successor = (await service.post("refresh", {"refresh_token": token})).json()["refresh_token"]
    await let_pass(service, sessions.GRACE)
    service.client.cookies.clear()
    thief = await service.post("refresh", {"refresh_token": token})
    assert thief.status_code == 401
    assert thief.json()["code"] == "SessionEnded"
    owner = await service.post("refresh", {"refresh_token": successor})
    assert owner.status_code == 401
    assert [e["after"]["because"] for e in await service.audit("session_ended")] == ["token_reused"]


@pytest.mark.parametrize("idle", [sessions.IDLE, sessions.LONGEST])
async def test_a_session_that_was_left_alone_ends(service, idle):
    await service.first_login()
    await let_pass(service, idle + timedelta(seconds=1))
    assert (await service.post("refresh", headers=ORIGIN)).status_code == 401


async def test_an_invented_token_is_refused(service):
    answer = await service.post("refresh", {"refresh_token": "invented"})
    assert answer.status_code == 401
    assert (await service.post("refresh")).status_code == 401


async def test_roles_taken_away_are_gone_with_the_next_refresh(service):
    headers = await service.become_administrator()
    service.client.cookies.clear()
    new = {"email": "erika@example.com", "name": "Erika", "roles": ["buchhaltung"]}
    admitted = (await service.post("users", new, headers=headers)).json()
    signed_in = await service.login("erika@example.com", admitted["one_time_password"])
    change = {"current": admitted["one_time_password"], "new": NEW_PASSWORD}
    changed = await service.post("password", change, headers=bearer(signed_in))
    assert "fibu:post" in claims(changed)["permissions"]
    path = f"/api/auth/users/{admitted['user']['id']}"
    await service.client.patch(path, json={"roles": ["pruefer"]}, headers=headers)
    again = await service.post("refresh", {"refresh_token": value(signed_in, "valero_refresh")})
    assert claims(again)["permissions"] == ["beleg:read", "fibu:read"]


# --- signing out ---------------------------------------------------------------------------------


async def test_signing_out_ends_the_session_and_takes_the_cookies_back(service):
    token = value(await service.first_login(), "valero_refresh")
    answer = await service.post("logout", headers=ORIGIN)
    assert answer.status_code == 204
    for name in ("valero_access", "valero_refresh"):
        assert "Max-Age=0" in cookie(answer, name)
    assert (await service.post("refresh", {"refresh_token": token})).status_code == 401
    assert len(await service.audit("signed_out")) == 1


async def test_signing_out_with_the_access_token_alone_ends_the_session(service):
    signed_in = await service.first_login()
    service.client.cookies.clear()
    assert (await service.post("logout", headers=bearer(signed_in))).status_code == 204
    token = value(signed_in, "valero_refresh")
    assert (await service.post("refresh", {"refresh_token": token})).status_code == 401


async def test_signing_out_twice_or_without_a_session_is_no_error(service):
    assert (await service.post("logout")).status_code == 204
    await service.first_login()
    for _ in range(2):
        assert (await service.post("logout", headers=ORIGIN)).status_code == 204


# --- changing the password -----------------------------------------------------------------------


async def test_a_new_password_ends_all_other_sessions(service):
    first = service.first
    elsewhere = value(await service.first_login(), "valero_refresh")
    here = await service.first_login()
    change = {"current": first["password"], "new": NEW_PASSWORD}
    changed = await service.post("password", change, headers=bearer(here))
    assert changed.status_code == 200
    service.client.cookies.clear()
    assert (await service.post("refresh", {"refresh_token": elsewhere})).status_code == 401
    mine = value(here, "valero_refresh")
    assert (await service.post("refresh", {"refresh_token": mine})).status_code == 200
    assert (await service.login(first["email"], first["password"])).status_code == 401
    assert (await service.login(first["email"], NEW_PASSWORD)).status_code == 200


async def test_whoever_changes_a_password_must_know_the_present_one(service):
    headers = bearer(await service.first_login())
    change = {"current": "wrong", "new": NEW_PASSWORD}
    answer = await service.post("password", change, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/current"
    assert len(await service.audit("password_change_failed")) == 1


async def test_a_stolen_token_cannot_be_used_to_guess_the_password(service):
    headers = bearer(await service.first_login())
    change = {"current": "wrong", "new": NEW_PASSWORD}
    answers = [await service.post("password", change, headers=headers) for _ in range(11)]
    assert [a.status_code for a in answers] == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("new", "code"), [("short", "too_short"), ("Passwort12345", "too_common"), (None, "unchanged")]
)
async def test_an_unsuitable_new_password_is_refused_with_a_reason(service, new, code):
    headers = bearer(await service.first_login())
    current = service.first["password"]
    answer = await service.post(
        "password", {"current": current, "new": new or current}, headers=headers
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code
    assert answer.json()["errors"][0]["pointer"] == "/new"
    english = await service.post(
        "password",
        {"current": current, "new": new or current},
        headers={**headers, "accept-language": "en"},
    )
    assert english.json()["title"] == "Password not suitable"


async def test_a_session_that_has_ended_cannot_change_the_password(service):
    signed_in = await service.first_login()
    await service.post("logout", headers=ORIGIN)
    change = {"current": service.first["password"], "new": NEW_PASSWORD}
    answer = await service.post("password", change, headers=bearer(signed_in))
    assert answer.status_code == 401
    assert answer.json()["code"] == "SessionEnded"


# --- traces --------------------------------------------------------------------------------------


async def test_signing_in_and_failing_leave_a_trace(service):
    first = service.first
    headers = {"x-envoy-external-address": "203.0.113.5", "user-agent": "Firefox"}
    await service.login(first["email"], "wrong", headers=headers)
    await service.login("nobody@example.com", "wrong", headers=headers)
    signed_in = await service.login(first["email"], first["password"], headers=headers)
    failed = await service.audit("sign_in_failed")
    unknown, known = sorted(failed, key=lambda entry: entry["tenant_id"])
    assert known["subject"] == signed_in.json()["user"]["id"]
    assert known["after"] == {"address": "203.0.113.5", "agent": "Firefox"}
    assert (unknown["tenant_id"], unknown["subject"]) == (NOBODY, "unknown")
    assert "nobody" not in str(unknown)
    success = (await service.audit("signed_in"))[0]
    assert str(success["user_id"]) == signed_in.json()["user"]["id"]
    assert success["user_name"] == "Administration"
    assert success["after"]["address"] == "203.0.113.5"


async def test_changing_the_password_leaves_a_trace_without_the_password(service):
    await service.become_administrator()
    (entry,) = await service.audit("password_changed")
    assert entry["user_name"] == "Administration"
    assert NEW_PASSWORD not in str(entry)


async def let_pass(service, time_passed: timedelta) -> None:
    """Everything that happened so far happened that much earlier."""
    async with service.database.transaction() as session:
        for statement in (
            "update refresh_tokens set issued_at = issued_at - cast(:t as interval), "
            "used_at = used_at - cast(:t as interval)",
            "update sessions set expires_at = expires_at - cast(:t as interval)",
        ):
            await session.execute(text(statement), {"t": time_passed + timedelta(seconds=1)})
