"""Leases: idempotent, renewed, given back, and still there after a restart."""

import pytest

from valero.observer.leases import AddressForeign, Leases, LeaseUnknown, Registration, check_address

FIBU = Registration(
    service="fibu",
    instance="fibu-1",
    nonce="0123456789abcdef",
    url="http://127.0.0.1:8007",
    pid=4711,
    version="1.0.0",
)


@pytest.fixture
def leases(store):
    return Leases(store)


async def test_registering_twice_gives_the_same_lease(leases):
    first = await leases.register(FIBU, 1.0)
    again = await leases.register(FIBU.model_copy(update={"pid": 4712}), 5.0)
    assert again.lease_id == first.lease_id
    assert again.seen == 5.0
    assert again.registration.pid == 4712


async def test_another_nonce_is_another_life(leases):
    first = await leases.register(FIBU, 1.0)
    second = await leases.register(FIBU.model_copy(update={"nonce": "fedcba9876543210"}), 2.0)
    assert second.lease_id != first.lease_id
    with pytest.raises(LeaseUnknown):
        leases.renew(first.lease_id, 3.0)


async def test_a_heartbeat_renews(leases):
    lease = await leases.register(FIBU, 1.0)
    assert leases.renew(lease.lease_id, 11.0).seen == 11.0


async def test_a_lease_given_back_is_gone(leases):
    lease = await leases.register(FIBU, 1.0)
    await leases.leave(lease.lease_id)
    assert leases.of("fibu-1") is None
    with pytest.raises(LeaseUnknown):
        leases.renew(lease.lease_id, 2.0)


async def test_leases_survive_a_restart_unconfirmed(store, leases):
    lease = await leases.register(FIBU, 1.0)
    given_back = await leases.register(FIBU.model_copy(update={"instance": "fibu-2"}), 1.0)
    await leases.leave(given_back.lease_id)
    after_restart = Leases(store)
    (reloaded,) = await after_restart.load(100.0)
    assert reloaded.registration == FIBU
    assert (reloaded.lease_id, reloaded.seen, reloaded.confirmed) == (lease.lease_id, 100.0, False)
    assert after_restart.renew(lease.lease_id, 103.0).confirmed


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8007", "http://localhost:8007/", "http://[::1]:1", "http://10.1.2.3:80"],
)
def test_this_machine_and_the_caller_are_allowed(url):
    check_address(url, peer="10.1.2.3")


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254:80",
        "http://10.1.2.4:8007",
        "http://example.com:8007",
        "http://127.0.0.1.example.com:8007",
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "https://127.0.0.1:8007",
        "file:///etc/passwd",
        "http://127.0.0.1:8007/health?x=1",
        "http://127.0.0.1:8007/admin",
        "http://user:pw@127.0.0.1:8007",
        "http://127.0.0.1:80@evil.example:8007",
        "http://[::1",
        "",
    ],
)
def test_every_other_address_is_refused(url):
    with pytest.raises(AddressForeign):
        check_address(url, peer="10.1.2.3")
