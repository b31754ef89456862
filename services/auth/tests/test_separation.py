"""Duties that one person should not join, and the report of those who do."""

import pytest

from valero.auth import roles, separation

from .conftest import bearer


def keys(conflicts) -> set[tuple[str, str]]:
    return {(conflict.first.key, conflict.second.key) for conflict in conflicts}


@pytest.mark.parametrize(
    "pair",
    [
        ("vendor_bank_data", "payment_release"),
        ("vendor_bank_data", "posting"),
        ("payment_release", "posting"),
    ],
)
def test_bank_data_payment_and_posting_are_never_one_persons(pair):
    assert pair in keys(separation.conflicts())


def test_every_permission_has_been_thought_about():
    sorted_in = [*separation.harmless()]
    for duty in separation.duties().values():
        sorted_in += duty.permissions
    assert sorted(sorted_in) == sorted(roles.permissions())


def test_no_role_joins_duties_by_itself_except_administration():
    joining = {
        key for key, role in roles.catalogue().items() if separation.conflicts_of(role.permissions)
    }
    assert joining == {"administration"}


def test_two_harmless_roles_can_conflict_together():
    both = roles.permissions_of(["geschaeftsfuehrung", "buchhaltung"])
    assert keys(separation.conflicts_of(both)) == {("approval", "posting")}


def test_reading_everything_is_no_conflict():
    assert separation.conflicts_of(separation.harmless()) == []


def test_every_rule_has_a_reason_in_both_languages():
    for conflict in separation.conflicts():
        assert conflict.de != conflict.en
        assert conflict.first != conflict.second


async def admit(service, headers, name: str, keys: list[str]) -> dict:
    new = {"email": f"{name}@example.com", "name": name, "roles": keys}
    return (await service.post("users", new, headers=headers)).json()


async def test_the_report_names_who_can_do_alone_what_takes_two(service):
    headers = await service.become_administrator()
    await admit(service, headers, "Erika", ["buchhaltung", "geschaeftsfuehrung"])
    await admit(service, headers, "Max", ["buchhaltung"])
    gone = await admit(service, headers, "Otto", ["buchhaltung", "geschaeftsfuehrung"])
    path = f"/api/auth/users/{gone['user']['id']}"
    await service.client.patch(path, json={"active": False}, headers=headers)
    path = "/api/auth/separation-of-duties"
    report = (await service.client.get(path, headers=headers)).json()
    assert [role["key"] for role in report["roles"]] == ["administration"]
    assert [user["name"] for user in report["users"]] == ["Administration", "Erika"]
    (conflict,) = report["users"][1]["conflicts"]
    assert [duty["title"]["de"] for duty in conflict["duties"]] == [
        "Rechnungen freigeben",
        "Buchen",
    ]
    assert "Auge" in conflict["reason"]["de"]
    assert len(report["rules"]) == len(separation.conflicts())


async def test_only_administrators_see_the_report(service):
    headers = await service.become_administrator()
    admitted = await admit(service, headers, "Erika", ["pruefer"])
    service.client.cookies.clear()
    signed_in = await service.login("erika@example.com", admitted["one_time_password"])
    refused = await service.client.get("/api/auth/separation-of-duties", headers=bearer(signed_in))
    assert refused.status_code == 403
