"""Every route of every service, tried with every role: let in or refused as its interface says.

The routes and what they require are read from the committed `openapi.json`. The real services
answer, with real tokens; only what is behind the door is replaced, because here nothing may happen.
"""

import importlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pytest
from fastapi import Response

from valero.auth import roles
from valero.kit import catalogue
from valero.kit.testing.clients import AppClient

from .conftest import SECRET

SERVICES = Path(__file__).parents[2]
NAMES = sorted(catalogue.load(SERVICES.parent / "services.toml").services)
NOBODY = "a stranger"
ANYTHING = "00000000-0000-7000-8000-000000000009"
BEHIND = 299
"""What a door answers that lets somebody in; no route of ours has this status."""

OPEN = {
    ("auth", "POST", "/api/auth/login"),
    ("auth", "POST", "/api/auth/login/code"),
    ("auth", "POST", "/api/auth/logout"),
    ("auth", "POST", "/api/auth/refresh"),
    ("auth", "GET", "/api/auth/jwks.json"),
}


@dataclass(frozen=True)
class Door:
    """One operation; `needs` is None if anybody may call it, empty if whoever is signed in may."""

    method: str
    path: str
    needs: frozenset[str] | None

    @property
    def address(self) -> str:
        return re.sub(r"\{[^}]+\}", ANYTHING, self.path)

    def admits(self, permissions: frozenset[str]) -> bool:
        return self.needs is None or self.needs <= permissions


@cache
def doors(service: str) -> tuple[Door, ...]:
    """The routes of a service for people; those for other services have tokens of their own."""
    document = json.loads((SERVICES / service / "openapi.json").read_text("utf-8"))
    return tuple(
        Door(method.upper(), path, needs(operation))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/api/")
    )


def needs(operation: dict) -> frozenset[str] | None:
    schemes = operation.get("security")
    if not schemes:
        return None
    return frozenset(scope for scheme in schemes for scope in scheme.get("access_token", ()))


async def nothing(**_endpoint: object) -> Response:
    """Instead of what is behind the door."""
    return Response(status_code=BEHIND)


@pytest.fixture
def run(app_client, service_database, token, tmp_path, monkeypatch):
    """`async with run(name) as client`: the real service, of which only the doors are left."""

    @asynccontextmanager
    async def start(name: str) -> AsyncIterator[AppClient]:
        create = importlib.import_module(f"valero.{name}.app").create
        settings = {"service": name, "home": tmp_path, "root": SERVICES.parent}
        if catalogue.load(SERVICES.parent / "services.toml").services[name].database:
            settings["database_url"] = (await service_database(name)).url
        extra = {"auth": {"secret_key": SECRET}, "observer": {"observer_token": "x" * 40}}
        create = partial(create, examines=False) if name == "beleg" else create
        async with app_client(create, **settings, **extra.get(name, {})) as client:
            client.app.state.verifier = token.verifier()  # auth has put its own in place
            with monkeypatch.context() as patch:
                patch.setattr("fastapi.routing.run_endpoint_function", nothing)
                yield client

    return start


def wrong(door: Door, who: str, answer: Response, *, admitted: bool) -> str | None:
    """What is wrong with the answer, if anything. 422 comes after the door: no input was given."""
    code = answer.json().get("code") if answer.status_code in (401, 403) else None
    if admitted:
        right = answer.status_code in (BEHIND, 422)
    elif who == NOBODY:
        right = (answer.status_code, code) == (401, "TokenMissing")
    else:
        right = (answer.status_code, code) == (403, "PermissionMissing")
    return None if right else f"{who}: {door.method} {door.path}: {answer.status_code} {code}"


@pytest.mark.parametrize("service", NAMES)
async def test_every_role_passes_exactly_the_doors_it_has_the_permission_for(service, run):
    found = []
    async with run(service) as client:
        for key, role in roles.catalogue().items():
            held = frozenset(role.permissions)
            member = client.as_user(*held, roles=[key])
            for door in doors(service):
                answer = await member.request(door.method, door.address)
                found.append(wrong(door, key, answer, admitted=door.admits(held)))
    assert len(found) == len(roles.catalogue()) * len(doors(service)) > 0
    assert [one for one in found if one] == []


@pytest.mark.parametrize("service", NAMES)
async def test_strangers_pass_only_the_open_doors(service, run):
    found = []
    async with run(service) as client:
        for door in doors(service):
            answer = await client.request(door.method, door.address)
            found.append(wrong(door, NOBODY, answer, admitted=door.needs is None))
    assert [one for one in found if one] == []


@pytest.mark.parametrize("service", NAMES)
async def test_before_the_first_password_is_replaced_no_permission_counts(service, run):
    guarded = [door for door in doors(service) if door.needs]
    async with run(service) as client:
        newcomer = client.as_user(*roles.permissions(), pwd=True)
        for door in guarded:
            answer = await newcomer.request(door.method, door.address)
            assert answer.status_code == 403, door
            assert answer.json()["code"] == "PasswordChangeRequired", door


def test_no_door_is_open_that_need_not_be():
    unguarded = {
        (service, door.method, door.path)
        for service in NAMES
        for door in doors(service)
        if door.needs is None
    }
    assert unguarded == OPEN


def test_every_door_needs_permissions_that_exist():
    for service in NAMES:
        for door in doors(service):
            assert (door.needs or frozenset()) <= set(roles.permissions()), door
