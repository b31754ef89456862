"""The page of all interfaces, through Envoy from the real control service."""

import re

import pytest

from valero.gateway import reference
from valero.kit import catalogue as catalogues

from .conftest import anonymous, eventually, make_stack, signed_in


@pytest.fixture(scope="module")
async def door(tmp_path_factory, token):
    stack = make_stack(tmp_path_factory.mktemp("docs"), token)
    try:
        for name in ("auth", "fibu"):
            await stack.start_service(name)
        await stack.start_control()
        await stack.start_envoy()
        async with signed_in(stack, token) as client:
            await stack.ready(client, "fibu")

            async def reached() -> bool:
                return (await client.get("/api/docs")).status_code == 200

            await eventually(reached)
        yield stack
    finally:
        stack.stop()


@pytest.fixture
async def reader(door, token):
    async with signed_in(door, token) as client:
        yield client


async def test_the_page_runs_nothing_but_its_own_script(reader):
    answer = await reader.get("/api/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=", answer.text) == []
    for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert (await reader.get(address)).status_code == 200, address


async def test_the_script_writes_text_and_never_markup():
    script = (reference.FOLDER / "page.js").read_text("utf8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script) == []
    assert re.findall(r"https?://", script) == []


async def test_every_service_is_listed_with_the_address_of_its_description(reader):
    services = (await reader.get("/api/openapi.json")).json()["services"]
    assert [service["id"] for service in services] == list(catalogues.load().services)
    fibu = next(service for service in services if service["id"] == "fibu")
    assert fibu["title"] == "Finanzbuchhaltung"
    assert (await reader.get(fibu["openapi"])).status_code == 200


async def test_the_page_is_for_those_who_are_signed_in(door):
    async with anonymous(door) as client:
        for path in ("/api/docs", "/api/docs/page.js", "/api/openapi.json"):
            assert (await client.get(path)).status_code == 401


async def test_a_browser_opens_it_with_its_session_cookie(door, token):
    async with anonymous(door) as browser:
        browser.cookies.set("valero_access", token())
        assert (await browser.get("/api/docs")).status_code == 200


async def test_there_is_nothing_else_beside_the_page(reader):
    assert (await reader.get("/api/docs/__init__.py")).status_code == 404
    assert (await reader.post("/api/docs")).status_code == 404
