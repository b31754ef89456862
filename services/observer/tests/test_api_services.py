"""The routes for services: who may register, what a registration may say, how it lives."""

import asyncio

import pytest

FIBU = {
    "service": "fibu",
    "instance": "fibu-1",
    "nonce": "0123456789abcdef",
    "url": "http://127.0.0.1:9",
    "pid": 4711,
    "version": "1.0.0",
}


@pytest.mark.parametrize("path", ["/v1/register", "/register"])
async def test_a_service_registers(client, bearer, path):
    answer = await client.post(path, json=FIBU, headers=bearer)
    assert answer.status_code == 200
    lease = answer.json()
    assert (lease["ttl_seconds"], lease["heartbeat_interval_seconds"]) == (30, 10)
    registry = (await client.get("/v1/registry", headers=bearer)).json()
    assert registry["epoch"] == lease["epoch"]
    (entry,) = registry["services"]["fibu"]
    assert entry == {"instance": "fibu-1", "url": FIBU["url"], "state": "starting"}


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer ", "Bearer wrong", "Basic token-of-this-stack"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/register"),
        ("POST", "/register"),
        ("PUT", "/v1/leases/x"),
        ("DELETE", "/v1/leases/x"),
        ("GET", "/v1/registry"),
        ("GET", "/v1/registry/stream"),
    ],
)
async def test_strangers_are_turned_away(client, authorization, method, path):
    headers = {"Authorization": authorization} if authorization else {}
    answer = await client.request(method, path, json=FIBU, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "TokenForeign"


async def test_without_a_configured_token_nobody_registers(app_client, tmp_path):
    from valero.observer.app import create

    async with app_client(create, service="observer", home=tmp_path) as client:
        for authorization in ("Bearer ", "Bearer None"):
            answer = await client.post(
                "/v1/register", json=FIBU, headers={"Authorization": authorization}
            )
            assert answer.status_code == 401


@pytest.mark.parametrize("field", ["command", "path", "script", "restart_script", "health_path"])
async def test_a_registration_carries_no_command(client, bearer, field):
    answer = await client.post("/v1/register", json=FIBU | {field: "/bin/sh"}, headers=bearer)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://169.254.169.254:80"},
        {"service": "../fibu"},
        {"instance": "fibu"},
        {"instance": "fibu-1; rm -rf"},
        {"nonce": "a b"},
        {"pid": 0},
        {"pid": "4711x"},
        {"version": "x" * 101},
    ],
)
async def test_an_impossible_registration_is_refused(client, bearer, change):
    answer = await client.post("/v1/register", json=FIBU | change, headers=bearer)
    assert answer.status_code == 422


async def test_heartbeats_renew_and_unknown_leases_are_gone(client, bearer):
    lease = (await client.post("/v1/register", json=FIBU, headers=bearer)).json()
    renewed = await client.put(f"/v1/leases/{lease['lease_id']}", headers=bearer)
    assert renewed.status_code == 204
    unknown = await client.put("/v1/leases/01890000-0000-7000-8000-000000000000", headers=bearer)
    assert unknown.status_code == 410
    assert unknown.json()["code"] == "LeaseUnknown"


async def test_who_leaves_gets_no_more_requests(client, bearer):
    lease = (await client.post("/v1/register", json=FIBU, headers=bearer)).json()
    left = await client.delete(f"/v1/leases/{lease['lease_id']}", headers=bearer)
    assert left.status_code == 204
    registry = (await client.get("/v1/registry", headers=bearer)).json()
    assert [entry["state"] for entry in registry["services"].get("fibu", [])] in ([], ["down"])


async def test_the_version_grows_with_each_change_and_only_then(client, bearer):
    before = (await client.get("/v1/registry", headers=bearer)).json()["version"]
    await client.post("/v1/register", json=FIBU, headers=bearer)
    after = (await client.get("/v1/registry", headers=bearer)).json()["version"]
    assert after > before
    await client.post("/v1/register", json=FIBU | {"pid": 4712}, headers=bearer)
    again = (await client.get("/v1/registry", headers=bearer)).json()["version"]
    assert again >= after


async def test_two_hundred_services_at_once_lose_no_lease(client, bearer):
    async def register(number):
        body = FIBU | {"instance": f"fibu-{number}", "nonce": f"nonce-{number:08}"}
        answer = await client.post("/v1/register", json=body, headers=bearer)
        return answer.status_code

    results = await asyncio.gather(*(register(number) for number in range(1, 201)))
    assert set(results) == {200}
    registry = (await client.get("/v1/registry", headers=bearer)).json()
    assert len(registry["services"]["fibu"]) == 200
