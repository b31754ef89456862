"""A service's micro-frontend: what is served, how long it may be kept, and what is never served."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from valero.kit import app
from valero.kit.settings import Settings
from valero.kit.testing.clients import AppClient


def create(settings: Settings) -> FastAPI:
    return app.create("probe", settings=settings, database=False)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built interface, and a secret beside it."""
    folder = tmp_path / "dist" / "ui" / "probe"
    (folder / "assets").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"id":"probe"}', "utf8")
    (folder / "assets" / "entry-4f2a.js").write_text("export {}", "utf8")
    (tmp_path / "dist" / "ui" / "probe-secret").mkdir()
    (tmp_path / "dist" / "ui" / "probe-secret" / "secret").write_text("secret", "utf8")
    (tmp_path / "secret").write_text("secret", "utf8")
    (folder / "assets" / "link").symlink_to(tmp_path / "secret")
    return tmp_path / "dist"


@pytest.fixture
async def client(app_client: Any, dist: Path) -> AsyncIterator[AppClient]:
    async with app_client(create, ui_dir=dist) as running:
        yield running


async def test_assets_are_kept_for_ever(client: AppClient) -> None:
    answer = await client.get("/ui/probe/assets/entry-4f2a.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_everything_else_is_asked_for_again(client: AppClient) -> None:
    answer = await client.get("/ui/probe/manifest.json")
    assert answer.headers["cache-control"] == "no-cache"
    again = await client.get(
        "/ui/probe/manifest.json", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/ui/probe/../secret",
        "/ui/probe/..%2f..%2f..%2fsecret",
        "/ui/probe/%2e%2e/%2e%2e/%2e%2e/secret",
        "/ui/probe/assets/..%5c..%5c..%5csecret",
        "/ui/probe/assets/link",
        "/ui/probe/../probe-secret/secret",
        "/ui/probe/..%2fprobe-secret%2fsecret",
        "/ui/probe//etc/passwd",
        "/ui/probe/%00",
        "/ui/probe/assets",
        "/ui/probe/" + "a" * 3000,
    ],
)
async def test_nothing_outside_the_folder_is_served(client: AppClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("probe-secret", "")


async def test_what_is_not_there_is_a_problem_and_not_kept(client: AppClient) -> None:
    answer = await client.get("/ui/probe/assets/old.js")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_only_reading_is_possible(client: AppClient) -> None:
    assert (await client.put("/ui/probe/manifest.json", content=b"x")).status_code == 405


async def test_an_interface_may_be_built_after_the_start(app_client: Any, tmp_path: Path) -> None:
    async with app_client(create, ui_dir=tmp_path) as client:
        assert (await client.get("/ui/probe/manifest.json")).status_code == 404
        folder = tmp_path / "ui" / "probe"
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}", "utf8")
        assert (await client.get("/ui/probe/manifest.json")).status_code == 200


async def test_a_service_without_an_interface_has_no_such_address(app_client: Any) -> None:
    async with app_client(create) as client:
        assert (await client.get("/ui/probe/manifest.json")).status_code == 404
