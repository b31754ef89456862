"""Requests, p95 and errors between two scrapes."""

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from valero.observer.traffic import HISTOGRAM, between, read

BOUNDS = (0.1, 0.25, 0.5, 1.0)


def scrape(requests):
    registry = CollectorRegistry()
    histogram = Histogram(
        HISTOGRAM, "x", ["http_response_status_code"], buckets=BOUNDS, registry=registry
    )
    for status, seconds in requests:
        histogram.labels(status).observe(seconds)
    return read(generate_latest(registry).decode())


def test_only_what_happened_in_between_counts():
    before = [("2xx", 0.9)] * 50
    load = between(scrape(before), scrape(before + [("2xx", 0.05)] * 100))
    assert load.requests == 100
    assert load.p95_ms == 95.0


def test_errors_are_a_share_of_all_answers():
    load = between(scrape([]), scrape([("2xx", 0.05)] * 18 + [("5xx", 0.05)] * 2))
    assert (load.requests, load.errors, load.error_ratio) == (20, 2, 0.1)


def test_the_quantile_lies_within_its_bucket():
    load = between({}, scrape([("2xx", 0.05)] * 90 + [("2xx", 0.4)] * 10))
    assert 250 < load.p95_ms <= 500


def test_beyond_the_last_bound_the_last_bound_is_told():
    assert between({}, scrape([("2xx", 30.0)] * 10)).p95_ms == 1000.0


def test_what_is_no_metric_counts_nothing():
    assert read("<html>It works!</html>") == {}
    assert between({}, read("")).requests == 0


def test_no_requests_have_no_latency():
    load = between(scrape([]), scrape([]))
    assert (load.requests, load.p95_ms, load.error_ratio) == (0, None, None)
