"""Letting people in, giving them roles, and keeping them out."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from valero.auth import roles, users
from valero.auth.models import Base, Membership
from valero.auth.users import LastAdministrator, NewUser
from valero.kit import clock, migrate

from .conftest import NEW_PASSWORD, bearer

ERIKA = {"email": "Erika@Example.com", "name": "Erika Mustermann", "roles": ["buchhaltung"]}


async def admit(service, headers, **changes) -> dict:
    answer = await service.post("users", {**ERIKA, **changes}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_new_user_signs_in_once_and_then_chooses_a_password(service):
    headers = await service.become_administrator()
    admitted = await admit(service, headers)
    assert admitted["user"]["email"] == "erika@example.com"
    one_time = admitted["one_time_password"]
    answer = await service.login("erika@example.com", one_time)
    assert answer.json()["user"]["must_change_password"] is True
    changed = await service.post(
        "password", {"current": one_time, "new": NEW_PASSWORD}, headers=bearer(answer)
    )
    assert changed.json()["user"]["permissions"] == list(roles.permissions_of(["buchhaltung"]))


async def test_one_address_belongs_to_one_user(service):
    headers = await service.become_administrator()
    await admit(service, headers)
    again = await service.post("users", {**ERIKA, "email": "ERIKA@example.com"}, headers=headers)
    assert again.status_code == 409
    assert again.json()["code"] == "EmailTaken"


@pytest.mark.parametrize("email", ["erika", "@example.com", "erika@", "a@b@c", "a b@example.com"])
async def test_what_is_no_address_is_refused(service, email):
    headers = await service.become_administrator()
    answer = await service.post("users", {**ERIKA, "email": email}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"


async def test_a_role_that_does_not_exist_is_refused(service):
    headers = await service.become_administrator()
    answer = await service.post("users", {**ERIKA, "roles": ["kaiser"]}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "RoleUnknown"


async def test_the_last_administrator_can_neither_go_nor_be_demoted(service):
    headers = await service.become_administrator()
    me = (await service.client.get("/api/auth/me", headers=headers)).json()["id"]
    for change in ({"roles": ["pruefer"]}, {"active": False}):
        answer = await service.client.patch(f"/api/auth/users/{me}", json=change, headers=headers)
        assert answer.status_code == 409
        assert answer.json()["code"] == "LastAdministrator"


async def test_two_administrators_cannot_remove_each_other_at_once(service):
    headers = await service.become_administrator()
    me = (await service.client.get("/api/auth/me", headers=headers)).json()
    tenant = UUID(me["tenant"]["id"])
    other = (await admit(service, headers, roles=["administration"]))["user"]["id"]

    async def withdraw(user: str) -> None:
        async with service.database.transaction(tenant=tenant) as session:
            await users.set_active(session, UUID(user), active=False)

    async with service.database.transaction(tenant=tenant) as session:
        await users.set_active(session, UUID(me["id"]), active=False)
        second = asyncio.create_task(withdraw(other))
        await until_waiting_or_done(session, second)
    with pytest.raises(LastAdministrator):
        await second


async def until_waiting_or_done(session, task: asyncio.Task) -> None:
    """Until `task` waits for a lock that the transaction of `session` holds."""
    waiting = text("select count(*) from pg_locks where not granted and locktype = 'advisory'")
    for _ in range(1000):
        if task.done() or await session.scalar(waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing happened")


async def test_nobody_resets_the_password_of_a_guest_from_another_company(service):
    headers = await service.become_administrator()
    tenant = (await service.client.get("/api/auth/me", headers=headers)).json()["tenant"]["id"]
    async with service.database.transaction() as session:
        home = await users.found_tenant(session, "Steuerkanzlei")
        new = NewUser("max@example.com", "Max", ("administration",), "no hash")
        guest = await users.admit(session, new, tenant_id=home.id)
    async with service.database.transaction(tenant=UUID(tenant)) as session:
        session.add(Membership(user_id=guest.id, roles=["steuerberatung"]))
    answer = await service.post(f"users/{guest.id}/password-reset", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "UserNotFound")


async def test_a_changed_role_is_recorded_with_old_and_new(service):
    headers = await service.become_administrator()
    user = (await admit(service, headers))["user"]["id"]
    path = f"/api/auth/users/{user}"
    await service.client.patch(path, json={"roles": ["pruefer"]}, headers=headers)
    await service.client.patch(path, json={"roles": ["pruefer"]}, headers=headers)
    (entry,) = await service.audit("roles_assigned")
    assert (entry["before"], entry["after"]) == (["buchhaltung"], ["pruefer"])
    assert (entry["subject"], entry["user_name"]) == (user, "Administration")


async def test_withdrawn_access_ends_the_sessions(service):
    headers = await service.become_administrator()
    admitted = await admit(service, headers)
    service.client.cookies.clear()
    signed_in = await service.login("erika@example.com", admitted["one_time_password"])
    refresh = signed_in.cookies["valero_refresh"]
    await service.client.patch(
        f"/api/auth/users/{admitted['user']['id']}", json={"active": False}, headers=headers
    )
    service.client.cookies.clear()
    assert (await service.post("refresh", {"refresh_token": refresh})).status_code == 401
    me = await service.client.get("/api/auth/me", headers=bearer(signed_in))
    assert me.status_code == 403
    assert me.json()["code"] == "AccessWithdrawn"


async def test_a_lost_password_is_replaced_by_a_one_time_password(service):
    headers = await service.become_administrator()
    admitted = await admit(service, headers)
    path = f"users/{admitted['user']['id']}/password-reset"
    fresh = (await service.post(path, headers=headers)).json()["one_time_password"]
    old = await service.login("erika@example.com", admitted["one_time_password"])
    assert old.status_code == 401
    assert (await service.login("erika@example.com", fresh)).status_code == 200


async def test_only_administrators_see_and_change_users(service):
    headers = await service.become_administrator()
    admitted = await admit(service, headers)
    signed_in = await service.login("erika@example.com", admitted["one_time_password"])
    change = {"current": admitted["one_time_password"], "new": NEW_PASSWORD}
    erika = bearer(await service.post("password", change, headers=bearer(signed_in)))
    path = f"/api/auth/users/{admitted['user']['id']}"
    service.client.cookies.clear()
    for method, address, body in (
        ("GET", "/api/auth/users", None),
        ("GET", "/api/auth/roles", None),
        ("POST", "/api/auth/users", ERIKA),
        ("PATCH", path, {"roles": ["administration"]}),
        ("POST", f"{path}/password-reset", None),
    ):
        refused = await service.client.request(method, address, json=body, headers=erika)
        assert (refused.status_code, refused.json()["code"]) == (403, "PermissionMissing")
        assert (await service.client.request(method, address, json=body)).status_code == 401


async def test_the_roles_are_listed_in_both_languages(service):
    headers = await service.become_administrator()
    listed = (await service.client.get("/api/auth/roles", headers=headers)).json()
    pruefer = next(role for role in listed if role["key"] == "pruefer")
    assert pruefer["title"] == {"de": "Prüfer Z1", "en": "Tax auditor (Z1)"}


async def test_another_tenants_users_are_out_of_sight_and_reach(service):
    headers = await service.become_administrator()
    async with service.database.transaction() as session:
        tenant = await users.found_tenant(session, "Andere Firma")
        new = NewUser("max@example.com", "Max", ("administration",), "no hash")
        stranger = await users.admit(session, new, tenant_id=tenant.id)
    listed = (await service.client.get("/api/auth/users", headers=headers)).json()
    assert [user["name"] for user in listed] == ["Administration"]
    path = f"/api/auth/users/{stranger.id}"
    for method, address in (("PATCH", path), ("POST", f"{path}/password-reset")):
        answer = await service.client.request(
            method, address, json={"active": False}, headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "UserNotFound")


async def test_a_transaction_without_or_with_a_foreign_tenant_sees_no_membership(service):
    for tenant in (None, clock.new_id()):
        async with service.database.transaction(tenant=tenant) as session:
            assert await session.scalar(text("select count(*) from memberships")) == 0


async def test_the_models_are_what_the_migrations_made(service_database):
    database = await service_database("auth")
    assert await migrate.differences(database.url, Base.metadata) == []
