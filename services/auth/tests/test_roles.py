"""The roles that German companies start with, and the permissions of all services in them."""

import json
from pathlib import Path

import pytest

from valero.auth import roles
from valero.auth.roles import RoleUnknown

SERVICES = Path(__file__).parents[2]
UNEMPLOYED = {"verkauf", "personal"}
"""Roles whose services do not exist yet."""


def declared() -> dict[str, set[str]]:
    """What each service declares in its committed interface, by service."""
    documents = sorted(SERVICES.glob("*/openapi.json"))
    assert len(documents) >= 5
    return {
        document.parent.name: set(json.loads(document.read_text("utf-8"))["x-permissions"])
        for document in documents
    }


def test_every_permission_of_every_service_is_known_and_in_a_role_beside_administration():
    carried = {
        permission
        for role in roles.catalogue().values()
        if role.key != roles.ADMINISTRATION
        for permission in role.permissions
    }
    reserved = {"auth:administer"}
    for service, permissions in declared().items():
        assert permissions <= set(roles.permissions()), service
        assert permissions - reserved <= carried, service


def test_no_permission_is_known_that_no_service_declares():
    assert set(roles.permissions()) == set().union(*declared().values())


def test_a_service_declares_only_permissions_of_its_own_name():
    for service, permissions in declared().items():
        assert {name.partition(":")[0] for name in permissions} <= {service}


@pytest.mark.parametrize(
    ("key", "de"),
    [
        ("geschaeftsfuehrung", "Geschäftsführung"),
        ("buchhaltung", "Buchhaltung"),
        ("steuerberatung", "Steuerberater"),
        ("pruefer", "Prüfer Z1"),
        ("verkauf", "Verkauf"),
        ("einkauf", "Einkauf"),
        ("lager", "Lager"),
        ("kasse", "Kasse"),
        ("personal", "Personal"),
        ("administration", "Administration"),
    ],
)
def test_a_company_finds_its_departments(key, de):
    assert roles.catalogue()[key].de == de


@pytest.mark.parametrize("key", ["verkauf", "einkauf", "lager", "kasse", "personal", "technik"])
def test_who_has_nothing_to_do_with_the_books_does_not_see_them(key):
    assert not [name for name in roles.permissions_of([key]) if name.startswith("fibu:")]


def test_administration_may_do_everything():
    assert set(roles.permissions_of(["administration"])) == set(roles.permissions())


def test_the_auditor_only_reads_tax_data():
    assert roles.permissions_of(["pruefer"]) == ("beleg:read", "fibu:read")


def test_accounting_posts_but_does_not_administer():
    allowed = set(roles.permissions_of(["buchhaltung"]))
    assert {"fibu:read", "fibu:post", "beleg:read", "beleg:receive"} <= allowed
    assert not allowed & {"auth:administer", "fibu:configure", "observer:operate"}


def test_only_administration_administers_users():
    holders = [k for k, role in roles.catalogue().items() if "auth:administer" in role.permissions]
    assert holders == ["administration"]


def test_every_role_allows_something_that_exists():
    for role in roles.catalogue().values():
        assert role.permissions or role.key in UNEMPLOYED
        assert set(role.permissions) <= set(roles.permissions())
        assert role.de
        assert role.en


def test_several_roles_add_up():
    both = set(roles.permissions_of(["technik", "pruefer"]))
    assert both == {"beleg:read", "fibu:read", "observer:read", "observer:operate"}


def test_a_role_that_was_abolished_allows_nothing():
    assert roles.permissions_of(["abolished"]) == ()
    with pytest.raises(RoleUnknown):
        roles.check_known(["pruefer", "abolished"])
