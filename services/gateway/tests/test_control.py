"""The control service: the shell's files, the list of interfaces, and the routes for operators."""

import pytest

from valero.gateway import shell
from valero.gateway.app import create

from .conftest import make_stack

INDEX = "<!doctype html><title>VALERO</title>"


@pytest.fixture
async def control(tmp_path, token, app_client):
    """The control service with a built interface; services are started by the tests."""
    stack = make_stack(tmp_path, token)
    dist = stack.settings.ui_dir
    for path, text in {
        "shell/index.html": INDEX,
        "shell/sw.js": "self",
        "shell/assets/index-1a2b.js": "shell",
        "vendor/react-1a2b.js": "react",
        "csp.txt": "script-src 'self' 'sha256-abc='",
        "secret.txt": "outside of what is served",
    }.items():
        (dist / path).parent.mkdir(parents=True, exist_ok=True)
        (dist / path).write_text(text)
    settings = {"home": stack.home, "offset": stack.settings.offset, "ui_dir": dist}
    async with app_client(create, service="gateway", **settings) as client:
        client.stack = stack
        yield client
    stack.stop()


@pytest.mark.parametrize("path", ["", "fibu/journal", "beleg/documents/42", "index.html"])
async def test_every_address_of_the_shell_shows_its_page(control, path):
    answer = await control.get(f"/shell/{path}")
    assert answer.text == INDEX
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_page_may_load_nothing_but_our_own(control):
    headers = (await control.get("/shell/")).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self' 'sha256-abc='" in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


async def test_over_https_browsers_are_told_to_stay_there(control):
    headers = (await control.get("/shell/", headers={"x-forwarded-proto": "https"})).headers
    assert headers["strict-transport-security"].startswith("max-age=31536000")


async def test_hashed_files_are_kept_for_ever(control):
    for path in ("/vendor/react-1a2b.js", "/assets/index-1a2b.js"):
        answer = await control.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "javascript" in answer.headers["content-type"]


async def test_other_files_of_the_shell_are_asked_for_again(control):
    answer = await control.get("/shell/sw.js")
    assert (answer.text, answer.headers["cache-control"]) == ("self", "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/shell/missing.js",
        "/vendor/missing.js",
        "/assets/missing.js",
        "/shell/..%2fsecret.txt",
        "/vendor/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/shell/%2fetc%2fhosts.txt",
        "/shell/a%00b.js",
        "/vendor/" + "x" * 300 + ".js",
        "/vendor/",
    ],
)
async def test_what_is_not_there_or_not_served_is_not_found(control, path):
    answer = await control.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "outside of" not in answer.text


async def test_an_interface_that_was_not_built_says_so(control):
    (control.stack.settings.ui_dir / "shell" / "index.html").unlink()
    answer = await control.get("/shell/")
    assert answer.status_code == 503
    assert "noch nicht gebaut" in answer.text


def test_the_builds_policy_replaces_only_what_it_names():
    merged = shell.policy("script-src 'self' 'sha256-x='; connect-src 'self' https://example.com\n")
    assert merged.count("script-src") == 1
    assert "connect-src 'self' https://example.com" in merged
    assert "base-uri 'none'" in merged
    assert "script-src 'self'" in shell.policy("")


async def test_interfaces_are_listed_while_up_and_remembered_while_down(control):
    stack = control.stack
    assert (await control.get("/ui/registry.json")).json() == []
    await stack.start_service("fibu")
    (listed,) = await refreshed(control)
    assert listed["id"] == "fibu"
    assert listed["status"] == "up"
    assert listed["entry"] == "/ui/fibu/assets/index-1a2b.js"
    assert listed["nav"][0]["label"] == {"de": "Journal", "en": "Journal"}
    assert listed["slots"] == ["passes through"]
    stack.kill_service("fibu")
    (listed,) = await refreshed(control)
    assert (listed["id"], listed["status"]) == ("fibu", "down")


async def test_a_service_without_an_interface_or_with_a_foreign_one_is_left_out(control):
    # auth answers 404, beleg claims to be fibu, observer wants another service's file loaded
    for name in ("auth", "beleg", "observer"):
        await control.stack.start_service(name)
    assert await refreshed(control) == []


async def test_operators_see_where_requests_go(control):
    assert (await control.get("/api/gateway/routes")).status_code == 401
    assert (await control.as_user("fibu:read").get("/api/gateway/routes")).status_code == 403
    answer = (await control.as_user("observer:read").get("/api/gateway/routes")).json()
    assert answer["epoch"] is None
    fibu = next(service for service in answer["services"] if service["service"] == "fibu")
    assert fibu == {
        "service": "fibu",
        "prefix": "/api/fibu",
        "instances": [control.stack.url("fibu")],
    }


async def refreshed(control) -> list[dict]:
    """The list, asked anew."""
    control.app.state.manifests.forget_answers()
    answer = await control.get("/ui/registry.json")
    assert answer.headers["cache-control"] == "no-cache"
    return answer.json()
