"""How long all rules take per e-invoice after warm-up, and how much memory the examiner holds.

    python benchmarks/validation.py [folder of XML invoices]

Without a folder it uses one small invoice of our own in each syntax. Prints JSON: medians and
95th percentiles in milliseconds, by syntax, of the whole verdict and of the official rules alone;
and the processor time of the examiner per invoice, which other work on the machine does not touch.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from valero.beleg import verdict
from valero.beleg.examining import Examiner
from valero.beleg.invoice import Syntax
from valero.beleg.sample import Sample, dump

WARM_UP, ROUNDS = 2, 3
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    invoices = _invoices(sys.argv[1:])
    with Examiner() as examiner:
        for _ in range(WARM_UP):
            for data in invoices:
                verdict.judge(data, examiner)
        whole: dict[str, list[float]] = {}
        official: dict[str, list[float]] = {}
        cpu_before = _cpu_seconds(examiner.pid)
        for _ in range(ROUNDS):
            for data in invoices:
                started = time.perf_counter()
                judged = verdict.judge(data, examiner)
                took = (time.perf_counter() - started) * 1000
                syntax = judged.reading.format.kind.value
                whole.setdefault(syntax, []).append(took)
                official.setdefault(syntax, []).append(
                    judged.stages["schema"] + judged.stages["schematron"]
                )
        cpu = _cpu_seconds(examiner.pid) - cpu_before
        result = {
            "rule_pack": verdict.rule_pack(),
            "invoices": len(invoices),
            "rounds": ROUNDS,
            "load_average": os.getloadavg()[0],
            "verdict_ms": {name: _spread(values) for name, values in whole.items()},
            "official_rules_ms": {name: _spread(values) for name, values in official.items()},
            "median_ms": round(statistics.median(chain(*whole.values())), 1),
            "examiner_cpu_ms_per_invoice": round(cpu * 1000 / (ROUNDS * len(invoices)), 1),
            "examiner_pss_mb": _pss(examiner.pid),
        }
    print(json.dumps(result, indent=2))


def _invoices(arguments: Iterable[str]) -> list[bytes]:
    files = [path for folder in arguments for path in sorted(Path(folder).glob("*.xml"))]
    if files:
        return [path.read_bytes() for path in files]
    return [dump(Sample(number="1"), syntax) for syntax in Syntax] * 20


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
    }


def _cpu_seconds(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss(pid: int | None) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = next(line for line in lines if line.startswith("Pss:"))
    return int(found.split()[1]) // 1024


if __name__ == "__main__":
    main()
