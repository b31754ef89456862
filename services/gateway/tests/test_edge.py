"""Which path reaches whom, and in which form: over HTTP, with a real Envoy."""

import json
import stat
import time

import httpx
import pytest

from .conftest import eventually


async def test_a_signed_in_user_reaches_the_service_of_the_path(client):
    answer = await client.get("/api/fibu/accounts?q=Kasse")
    assert answer.status_code == 200
    assert answer.json()["service"] == "fibu"
    assert answer.json()["path"] == "/api/fibu/accounts"


async def test_both_ports_serve_the_same_routes(stack, client):
    for origin in stack.origins:
        assert (await client.get(f"{origin}/api/fibu/accounts")).json()["service"] == "fibu"
        assert (await client.get(f"{origin}/")).json()["service"] == "gateway"


async def test_an_address_that_nobody_owns_is_not_found(client):
    for path in ("/api/lohn/employees", "/api/", "/ui/lohn/index.js"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "NotFound"


async def test_a_service_that_is_away_is_explained_in_both_languages(client):
    answer = await client.get("/api/observer/services")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("Der Dienst ist gerade nicht erreichbar.")
    english = await client.get("/api/observer/services", headers={"accept-language": "en-GB,de"})
    assert english.json()["title"] == "Temporarily unavailable"
    assert english.headers["content-language"] == "en"


@pytest.mark.parametrize("language", ["de", "de-DE,en;q=0.5", "fr", "eno", ""])
async def test_german_is_the_language_unless_english_is_named_first(stranger, language):
    answer = await stranger.get("/api/fibu/accounts", headers={"accept-language": language})
    assert answer.json()["title"] == "Anmeldung erforderlich"


async def test_every_other_address_is_a_page_of_the_shell(stranger):
    for path in ("/", "/fibu/journal", "/sw.js", "/metrics", "/health/ready", "/openapi.json"):
        seen = (await stranger.get(path)).json()
        assert (seen["service"], seen["path"]) == ("gateway", f"/shell{path}")


async def test_pages_are_only_read(stranger):
    assert (await stranger.post("/fibu/journal")).status_code == 404


async def test_shared_libraries_and_the_list_of_interfaces_come_from_the_gateway(stranger):
    for path in ("/vendor/react-1a2b.js", "/assets/index-1a2b.js", "/ui/registry.json"):
        seen = (await stranger.get(path)).json()
        assert (seen["service"], seen["path"]) == ("gateway", path)


async def test_a_micro_frontend_comes_from_its_own_service(stranger):
    seen = (await stranger.get("/ui/fibu/assets/index-1a2b.js")).json()
    assert (seen["service"], seen["path"]) == ("fibu", "/ui/fibu/assets/index-1a2b.js")


async def test_the_description_of_an_api_is_for_those_who_are_signed_in(client, stranger):
    assert (await client.get("/api/fibu/openapi.json")).json()["path"] == "/openapi.json"
    assert (await stranger.get("/api/fibu/openapi.json")).status_code == 401


async def test_the_health_of_the_edge_is_public(stranger):
    answer = await stranger.get("/health")
    assert answer.json() == {"status": "pass"}
    assert answer.headers["content-type"] == "application/health+json"


async def test_business_data_is_neither_cached_nor_rendered(client):
    headers = (await client.get("/api/fibu/accounts")).headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["server"] == "valero"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
async def test_large_answers_are_compressed(client, encoding):
    request = client.build_request("GET", "/api/fibu/large", headers={"accept-encoding": encoding})
    answer = await client.send(request, stream=True)
    assert answer.headers["content-encoding"] == encoding
    assert len(b"".join([part async for part in answer.aiter_raw()])) < 2000


async def test_a_read_that_a_service_refuses_is_tried_again(client):
    assert (await client.get("/api/fibu/flaky/read")).status_code == 200


async def test_a_write_that_a_service_refuses_is_not_repeated(client):
    assert (await client.post("/api/fibu/flaky/write")).status_code == 503
    seen = (await client.get("/api/fibu/seen")).json()
    assert seen["POST /api/fibu/flaky/write"] == 1


async def test_events_of_a_stream_arrive_one_by_one(client):
    headers = {"accept-encoding": "gzip, br"}
    async with client.stream("GET", "/api/fibu/stream", headers=headers) as answer:
        assert "content-encoding" not in answer.headers
        arrived = [(line, time.monotonic()) async for line in answer.aiter_lines() if line]
    assert [line for line, _ in arrived] == [f"data: {n}" for n in range(5)]
    # they are sent 0.2 s apart; a buffer would deliver them together
    assert arrived[-1][1] - arrived[0][1] > 0.4


async def test_a_stream_needs_a_token(stranger):
    assert (await stranger.get("/api/fibu/stream")).status_code == 401


async def test_the_access_log_names_the_user_but_no_search_terms(client, stack):
    await client.get("/api/fibu/accounts?q=Mustermann&marker")

    async def logged() -> dict:
        lines = stack.edge.access_log.read_text().splitlines()
        entries = [json.loads(line) for line in lines if "/api/fibu/accounts" in line]
        return entries[-1] if entries else {}

    entry = await eventually(logged)
    assert entry["path"] == "/api/fibu/accounts"
    assert entry["user"] == "00000000-0000-7000-8000-000000000001"
    assert entry["status"] == 200
    assert entry["service"] == "fibu"
    assert "Mustermann" not in stack.edge.access_log.read_text()


async def test_only_the_owner_may_open_what_envoy_keeps(stack):
    folder = stack.edge.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "admin.sock").stat().st_mode) == 0o600
    assert stat.S_IMODE(stack.edge.access_log.stat().st_mode) & 0o077 == 0


async def test_envoy_warns_about_nothing_in_its_configuration(stack, monkeypatch):
    monkeypatch.chdir(stack.edge.folder)
    async with httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds="admin.sock"), base_url="http://admin"
    ) as admin:
        values = (await admin.get("/stats?filter=deprecated|update_rejected|_update_failure")).text
    wrong = [line for line in values.splitlines() if not line.endswith(": 0")]
    assert [line for line in wrong if "health_check" not in line] == []
