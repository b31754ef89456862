"""Where somebody is signed in, and ending it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from valero.auth import agents, sessions, users
from valero.auth.models import Membership
from valero.auth.sessions import Client
from valero.auth.users import NewUser
from valero.kit import clock

from .conftest import NEW_PASSWORD, ORIGIN, bearer

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
)
PIXEL = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Mobile Safari/537.36"
)
ADMINISTRATOR = "administrator@valero.local"


@pytest.mark.parametrize(
    ("agent", "de", "en"),
    [
        (WINDOWS, "Firefox auf Windows", "Firefox on Windows"),
        (IPHONE, "Safari auf iPhone", "Safari on iPhone"),
        (EDGE, "Edge auf Windows", "Edge on Windows"),
        (PIXEL, "Chrome auf Android", "Chrome on Android"),
        ("curl/8.5.0", "curl", "curl"),
        ("", "Unbekanntes Gerät", "Unknown device"),
        ("<script>", "Unbekanntes Gerät", "Unknown device"),
    ],
)
def test_a_device_is_named_in_plain_words(agent, de, en):
    assert agents.in_words(agent) == agents.Words(de, en)


async def listed(service, headers, path="sessions") -> list[dict]:
    answer = await service.client.get(f"/api/auth/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def end(service, headers, path="sessions") -> int:
    answer = await service.client.delete(f"/api/auth/{path}", headers=headers)
    return answer.status_code


async def erika(service, headers) -> tuple[str, dict[str, str]]:
    """A user of the tenant who is signed in: id and headers."""
    new = {"email": "erika@example.com", "name": "Erika", "roles": ["buchhaltung"]}
    admitted = (await service.post("users", new, headers=headers)).json()
    service.client.cookies.clear()
    signed_in = await service.login("erika@example.com", admitted["one_time_password"])
    service.client.cookies.clear()
    return admitted["user"]["id"], bearer(signed_in)


async def test_the_list_says_when_from_where_and_with_what(service):
    await service.become_administrator()
    from_phone = {"user-agent": IPHONE, "x-envoy-external-address": "203.0.113.5"}
    phone = bearer(await service.login(ADMINISTRATOR, NEW_PASSWORD, headers=from_phone))
    newest, oldest = await listed(service, phone)
    assert newest["current"] is True
    assert oldest["current"] is False
    assert newest["device"] == {"de": "Safari auf iPhone", "en": "Safari on iPhone"}
    assert (newest["address"], newest["agent"]) == ("203.0.113.5", IPHONE)
    assert newest["began_at"] == newest["last_used_at"] < newest["expires_at"]


async def test_one_session_ends_and_the_others_go_on(service):
    here = await service.become_administrator()
    service.client.cookies.clear()
    other = await service.login(ADMINISTRATOR, NEW_PASSWORD)
    token = other.cookies["valero_refresh"]
    service.client.cookies.clear()
    away = next(s["id"] for s in await listed(service, here) if not s["current"])
    assert await end(service, here, f"sessions/{away}") == 204
    assert (await service.post("refresh", {"refresh_token": token})).status_code == 401
    assert [s["current"] for s in await listed(service, here)] == [True]
    (entry,) = await service.audit("signed_out")
    assert entry["after"]["session"] == away
    answer = await service.client.delete(f"/api/auth/sessions/{away}", headers=here)
    assert (answer.status_code, answer.json()["code"]) == (404, "SessionNotFound")


async def test_nobody_ends_a_session_of_somebody_else_as_their_own(service):
    headers = await service.become_administrator()
    _, her = await erika(service, headers)
    (mine,) = await listed(service, headers)
    assert await end(service, her, f"sessions/{mine['id']}") == 404
    assert len(await listed(service, headers)) == 1


async def test_signing_out_everywhere_ends_all_sessions_and_takes_the_cookies_back(service):
    await service.become_administrator()
    signed_in = [await service.login(ADMINISTRATOR, NEW_PASSWORD) for _ in range(2)]
    answer = await service.client.delete("/api/auth/sessions", headers=ORIGIN)
    assert answer.status_code == 204
    assert "Max-Age=0" in str(answer.headers.get_list("set-cookie"))
    service.client.cookies.clear()
    for one in signed_in:
        token = one.cookies["valero_refresh"]
        assert (await service.post("refresh", {"refresh_token": token})).status_code == 401
    assert len(await service.audit("signed_out_everywhere")) == 1


async def test_a_foreign_page_signs_nobody_out(service):
    await service.become_administrator()
    foreign = {"origin": "https://evil.example"}
    assert await end(service, foreign) == 403


async def test_an_administrator_sees_and_ends_the_sessions_of_a_user(service):
    headers = await service.become_administrator()
    user, her = await erika(service, headers)
    (hers,) = await listed(service, headers, f"users/{user}/sessions")
    assert hers["current"] is False
    assert await end(service, headers, f"users/{user}/sessions") == 204
    assert await listed(service, headers, f"users/{user}/sessions") == []
    (entry,) = await service.audit("signed_out_everywhere")
    assert (entry["subject"], entry["user_name"]) == (user, "Administration")
    for method in ("GET", "DELETE"):
        path = f"/api/auth/users/{user}/sessions"
        assert (await service.client.request(method, path, headers=her)).status_code == 403


async def test_sessions_in_another_company_stay_out_of_sight(service):
    headers = await service.become_administrator()
    tenant = (await service.client.get("/api/auth/me", headers=headers)).json()["tenant"]["id"]
    user, _ = await erika(service, headers)
    now = clock.now()
    async with service.database.transaction() as session:
        other = await users.found_tenant(session, "Andere Firma")
        new = NewUser("max@example.com", "Max", ("administration",), "no hash")
        stranger = await users.admit(session, new, tenant_id=other.id)
        session.add(Membership(user_id=user, roles=["verkauf"]))
        for somebody in (stranger.id, user):
            await sessions.begin(
                session, user_id=somebody, tenant_id=other.id, client=Client("", ""), now=now
            )
    assert tenant != str(other.id)
    assert len(await listed(service, headers, f"users/{user}/sessions")) == 1
    for method in ("GET", "DELETE"):
        path = f"/api/auth/users/{stranger.id}/sessions"
        assert (await service.client.request(method, path, headers=headers)).status_code == 404


@pytest.mark.parametrize(
    ("column", "past"), [("last_used_at", sessions.IDLE), ("expires_at", sessions.LONGEST)]
)
async def test_a_session_that_may_not_go_on_is_not_listed(service, column, past):
    headers = await service.become_administrator()
    async with service.database.transaction() as session:
        statement = f"update sessions set {column} = {column} - cast(:t as interval)"
        await session.execute(text(statement), {"t": past + timedelta(seconds=1)})
    assert await listed(service, headers) == []
