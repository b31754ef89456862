"""Which instances receive requests, as pure rules."""

import pytest

from valero.gateway import routing
from valero.gateway.edge import Endpoint, EndpointInvalid
from valero.gateway.routing import Snapshot
from valero.kit import catalogue as catalogues

CATALOGUE = catalogues.load(offset=0)
STATIC = routing.from_catalogue(CATALOGUE)


def snapshot(epoch: str = "one", **services: dict[int, str]) -> Snapshot:
    entries = {
        name: [
            {"instance": f"{name}-{port}", "url": f"http://127.0.0.1:{port}", "state": state}
            for port, state in instances.items()
        ]
        for name, instances in services.items()
    }
    return Snapshot.model_validate({"epoch": epoch, "version": 1, "services": entries})


def applied(shot: Snapshot, previous=STATIC, *, settling: bool = False):
    return routing.from_snapshot(shot, previous=previous, catalogue=CATALOGUE, settling=settling)


def ports(known, service: str) -> list[int]:
    return [endpoint.port for endpoint in known.topology[service]]


def test_without_a_registry_each_service_is_at_its_port():
    assert ports(STATIC, "fibu") == [8007]
    assert ports(STATIC, "gateway") == [8011]
    assert STATIC.epoch is None


@pytest.mark.parametrize(
    ("state", "routed"),
    [
        ("starting", True),
        ("up", True),
        ("suspect", True),
        ("down", False),
        ("impostor", False),
        ("maintenance", False),
        ("a state of tomorrow", False),
    ],
)
def test_the_state_decides(state, routed):
    assert ports(applied(snapshot(fibu={8007: state})), "fibu") == ([8007] if routed else [])


def test_a_service_that_never_registered_is_tried_at_its_port():
    known = applied(snapshot(fibu={8107: "up"}))
    assert ports(known, "fibu") == [8107]
    assert ports(known, "beleg") == [8005]


def test_a_service_whose_instances_all_left_receives_nothing():
    known = applied(snapshot(fibu={8007: "up"}))
    left = applied(snapshot(), previous=known)
    assert ports(left, "fibu") == []
    assert ports(applied(snapshot(fibu={})), "fibu") == []


def test_a_name_that_is_not_in_the_catalogue_is_ignored():
    assert "wiki" not in applied(snapshot(wiki={9999: "up"})).topology


def test_after_a_new_epoch_unmentioned_instances_stay_until_it_has_settled():
    before = applied(snapshot(fibu={8007: "up", 8107: "up"}, beleg={8005: "up"}))
    empty = applied(snapshot("two"), previous=before, settling=True)
    assert ports(empty, "fibu") == [8007, 8107]
    one = applied(snapshot("two", fibu={8107: "up"}), previous=empty, settling=True)
    assert ports(one, "fibu") == [8007, 8107]
    down = applied(snapshot("two", fibu={8107: "down"}), previous=one, settling=True)
    assert ports(down, "fibu") == [8007]
    settled = applied(snapshot("two", fibu={8107: "up"}), previous=down)
    assert ports(settled, "fibu") == [8107]
    assert ports(settled, "beleg") == [8005]


def test_an_instance_may_be_anywhere_but_needs_an_address():
    entries = [
        {"instance": "fibu-1", "url": "http://10.0.0.5:8007", "state": "up"},
        {"instance": "fibu-2", "url": "http://[::1]:8007", "state": "up"},
        {"instance": "fibu-3", "url": "http://localhost:8107/", "state": "up"},
        {"instance": "fibu-4", "url": "http://fibu.example:8007", "state": "up"},
        {"instance": "fibu-5", "url": "http://10.0.0.5:99999", "state": "up"},
        {"instance": "fibu-6", "url": "file:///etc/passwd", "state": "up"},
    ]
    shot = Snapshot.model_validate({"epoch": 1, "version": 1, "services": {"fibu": entries}})
    assert [endpoint.url for endpoint in applied(shot).topology["fibu"]] == [
        "http://10.0.0.5:8007",
        "http://127.0.0.1:8107",
        "http://[::1]:8007",
    ]


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:80", "http://127.0.0.1", "https://127.0.0.1:1", "http://:80"]
)
def test_an_incomplete_address_is_invalid(url):
    with pytest.raises(EndpointInvalid):
        Endpoint.parse(url)


def test_what_was_written_is_read_again():
    known = applied(snapshot(fibu={8007: "up", 8107: "up"}, beleg={}))
    assert routing.load(routing.dump(known)) == known
    assert routing.load(routing.dump(STATIC)) == STATIC
