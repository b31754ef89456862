"""`observer_config.json`: an entry per service, a schema that fits, bad files that do nothing."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from valero.kit import catalogue
from valero.observer import config
from valero.observer.config import Config, ConfigRejected

ROOT = Path(__file__).parents[3]
FILE = ROOT / config.FILE


def missing_entries(rules, services):
    return [name for name in services if name not in rules.services]


def test_every_service_of_services_toml_has_its_own_thresholds():
    services = catalogue.load(ROOT / catalogue.FILE, offset=0).services
    rules = config.load(FILE)
    assert services
    assert missing_entries(rules, services) == []
    for name in services:
        entry = rules.services[name]
        assert entry.thresholds.limits().keys() >= {"p95_ms", "cpu_percent", "memory_mb"}
        assert entry.critical_endpoints, name


def test_a_service_without_an_entry_is_noticed():
    assert missing_entries(config.load(FILE), ["fibu", "kasse"]) == ["kasse"]


def test_no_critical_endpoint_may_take_longer_than_the_requirement_allows():
    rules = config.load(FILE)
    for name in rules.services:
        assert rules.policy(name).thresholds.p95_ms <= 500
        if name not in {"postgres", "envoy"}:
            assert rules.policy(name).thresholds.cpu_percent <= 70


def test_the_file_satisfies_the_packaged_schema():
    jsonschema.validate(json.loads(FILE.read_text("utf8")), config.packaged_schema())


def test_the_packaged_schema_is_generated_from_the_rules():
    assert config.packaged_schema() == config.schema()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d.update(nonsense=1), "nonsense"),
        (lambda d: d["defaults"]["thresholds"].pop("p95_ms"), "lacks p95_ms"),
        (lambda d: d["defaults"]["probe"].update(timeout_seconds=9), "must be smaller"),
        (
            lambda d: d["services"]["fibu"].update(probe={"interval_seconds": 0.5}),
            "must be smaller",
        ),
        (lambda d: d["services"]["fibu"]["thresholds"].update(cpu_percent=-1), "cpu_percent"),
        (
            lambda d: d["services"]["fibu"]["critical_endpoints"].append("fibu"),
            "critical_endpoints",
        ),
        (lambda d: d["observer"]["lease"].update(late_seconds=99), "late_seconds"),
        (lambda d: d["services"]["fibu"].update(restart={"command": "rm"}), "command"),
    ],
)
def test_what_cannot_hold_is_refused_by_name(tmp_path, change, complaint):
    document = copy.deepcopy(json.loads(FILE.read_text("utf8")))
    change(document)
    path = tmp_path / config.FILE
    path.write_text(json.dumps(document))
    with pytest.raises(ConfigRejected, match=complaint):
        config.load(path)


def test_an_entry_is_laid_over_the_defaults(tmp_path):
    document = json.loads(FILE.read_text("utf8"))
    document["services"]["fibu"] = {
        "thresholds": {"memory_mb": 999},
        "probe": {"fail": {"at_least": 4, "of": 6}},
    }
    rules = write(tmp_path / config.FILE, document).rules
    assert rules.policy("fibu").thresholds.memory_mb == 999
    assert rules.policy("fibu").thresholds.p95_ms == document["defaults"]["thresholds"]["p95_ms"]
    assert rules.policy("fibu").probe.fail.of == 6
    assert rules.policy("fibu").probe.recover == rules.defaults.probe.recover
    assert rules.policy("unheard_of") == rules.defaults


def test_new_rules_are_taken_over_while_running(tmp_path):
    document = json.loads(FILE.read_text("utf8"))
    opened = write(tmp_path / config.FILE, document)
    assert opened.reload() is False
    document["services"]["fibu"]["thresholds"]["cpu_percent"] = 33
    put(opened.path, json.dumps(document))
    assert opened.reload() is True
    assert opened.policy("fibu").thresholds.cpu_percent == 33
    assert opened.trouble is None


@pytest.mark.parametrize("content", ["{", "[]", '{"defaults": {}, "services": {}}', None])
def test_a_bad_file_keeps_the_rules_and_says_why(tmp_path, content):
    opened = write(tmp_path / config.FILE, json.loads(FILE.read_text("utf8")))
    before = opened.rules
    if content is None:
        opened.path.unlink()
    else:
        put(opened.path, content)
    assert opened.reload() is True
    assert opened.rules is before
    assert opened.trouble
    put(opened.path, FILE.read_text("utf8"))
    assert opened.reload() is True
    assert opened.trouble is None


def write(path, document):
    path.write_text(json.dumps(document))
    return Config.open(path)


def put(path, content):
    """As editors do: a new file in place of the old one."""
    draft = path.with_suffix(".new")
    draft.write_text(content)
    draft.replace(path)
