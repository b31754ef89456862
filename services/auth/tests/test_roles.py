"""The roles that German companies start with."""

import pytest

from valero.auth import roles
from valero.auth.roles import RoleUnknown


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
        assert role.permissions
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
