"""Envoy's numbers under our names, in the real control service's /metrics."""

import re

import httpx

from valero.gateway.measured import Measured

from .conftest import eventually, signed_in


async def test_the_gateways_metrics_show_what_envoy_counted(own_stack, token):
    for name in ("auth", "fibu"):
        await own_stack.start_service(name)
    await own_stack.start_envoy()
    async with signed_in(own_stack, token) as client:
        await own_stack.ready(client, "fibu")
        for _ in range(3):
            assert (await client.get("/api/fibu/accounts")).status_code == 200
    await own_stack.start_control()
    async with httpx.AsyncClient(trust_env=False) as client:

        async def shown() -> str:
            text = (await client.get(f"{own_stack.url('gateway')}/metrics")).text
            return text if "valero_edge_requests_total" in text else ""

        text = await eventually(shown)
    values = {
        (name, *re.findall(r'(?:status|limit|service|what)="(\w+)"', labels)): float(value)
        for name, labels, value in re.findall(r"^(valero_edge\w+){(.*)} (\S+)$", text, re.MULTILINE)
    }
    assert values["valero_edge_requests_total", "2xx"] >= 4
    assert values["valero_edge_service_requests_total", "fibu"] >= 4
    assert values["valero_edge_limited_total", "address"] == 0
    assert values["valero_edge_instances_healthy", "fibu"] == 1
    assert ("valero_edge_active", "rq") in values


def test_without_an_answer_of_envoy_nothing_is_claimed():
    assert [sample for metric in Measured().collect() for sample in metric.samples] == []
