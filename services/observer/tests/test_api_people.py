"""The routes for people: permissions, views, events, and what must be refused."""

import pytest

from valero.kit import clock
from valero.observer.history import Event, Kind, Severity

FIBU = {
    "service": "fibu",
    "instance": "fibu-1",
    "nonce": "0123456789abcdef",
    "url": "http://127.0.0.1:9",
    "pid": 1,
    "version": "1.0.0",
}
READ, OPERATE = "observer:read", "observer:operate"


@pytest.fixture
async def watching(client, bearer):
    """A reader of an Observer that knows fibu-1, which does not answer."""
    await client.post("/v1/register", json=FIBU, headers=bearer)
    return client.as_user(READ)


@pytest.mark.parametrize(
    "path",
    [
        "/api/observer/services",
        "/api/observer/services/fibu",
        "/api/observer/services/fibu-1/samples",
        "/api/observer/events",
        "/api/observer/stream",
        "/api/observer/self",
    ],
)
async def test_reading_needs_the_permission(client, path):
    assert (await client.get(path)).status_code == 401
    assert (await client.as_user(OPERATE).get(path)).status_code == 403


async def test_restarting_needs_more_than_reading(client):
    path = "/api/observer/services/fibu-1/restart"
    assert (await client.post(path)).status_code == 401
    assert (await client.as_user(READ).post(path)).status_code == 403


async def test_the_list_shows_who_registered(watching):
    page = (await watching.get("/api/observer/services")).json()
    assert page["total"] == 1
    (fibu,) = page["items"]
    assert (fibu["id"], fibu["title"]) == ("fibu", "Finanzbuchhaltung")
    assert fibu["depends_on"] == ["postgres", "redis", "auth"]
    assert fibu["thresholds"]["p95_ms"] == 500
    (instance,) = fibu["instances"]
    assert instance["registered"] is True
    assert instance["supervised"] is False
    assert instance["can_restart"] is False
    assert instance["text"]["de"].startswith("fibu-1 ")


async def test_one_service_comes_with_its_events(watching, until):
    async def registered():
        detail = (await watching.get("/api/observer/services/fibu")).json()
        return [event for event in detail["events"] if event["kind"] == "registered"]

    (event,) = await until(registered)
    assert event["text"] == {
        "de": "fibu-1 hat sich angemeldet (Version 1.0.0).",
        "en": "fibu-1 has registered (version 1.0.0).",
    }
    assert event["why"]["url"] == FIBU["url"]


@pytest.mark.parametrize(
    "path", ["/api/observer/services/kasse", "/api/observer/services/kasse-1/samples"]
)
async def test_what_is_not_watched_is_not_found(watching, path):
    assert (await watching.get(path)).status_code == 404


async def test_what_nobody_supervises_cannot_be_restarted(watching, client):
    operator = client.as_user(READ, OPERATE)
    answer = await operator.post("/api/observer/services/fibu-1/restart")
    assert answer.status_code == 409
    assert answer.json()["code"] == "RestartImpossible"
    assert (await operator.post("/api/observer/services/no-1/restart")).status_code == 404


async def test_events_are_paged_newest_first(watching, client, until):
    history = client.app.state.observatory.watch.history
    for number in range(7):
        text = (f"Nummer {number}", f"number {number}")
        history.record(Event(clock.now(), "fibu", "fibu-1", Kind.CRASH_LOOP, Severity.INFO, *text))
    path = "/api/observer/events?kind=crash_loop&limit=3&total=true"

    async def written():
        page = (await watching.get(path)).json()
        return page if page["total"] == 7 else None

    page = await until(written)
    seen = page["items"]
    while page["next"]:
        page = (await watching.get(f"{path}&after={page['next']}")).json()
        seen += page["items"]
    assert [event["text"]["en"] for event in seen] == [f"number {n}" for n in range(6, -1, -1)]


@pytest.mark.parametrize("query", ["after=nonsense", "limit=0", "limit=501", "kind=nonsense"])
async def test_a_bad_query_is_refused(watching, query):
    assert (await watching.get(f"/api/observer/events?{query}")).status_code == 422


async def test_a_huge_cursor_is_no_error_of_ours(watching):
    from valero.kit.paging import encode_cursor

    answer = await watching.get(f"/api/observer/events?after={encode_cursor(10**30)}")
    assert answer.status_code == 200


async def test_samples_are_limited_in_number(watching):
    series = (await watching.get("/api/observer/services/fibu-1/samples?minutes=1440")).json()
    assert series["step_seconds"] == 360
    assert len(series["at"]) <= 241


async def test_the_observer_tells_how_it_is_itself(watching):
    own = (await watching.get("/api/observer/self")).json()
    assert own["targets"] == 1
    assert own["store_trouble"] is None
    assert own["config_trouble"] is None
    assert "supervisor.sock" in own["supervisor_trouble"]
