"""How fast: whole processes against ``import clingo``, and warm answers through the Python API.

Run as ``python -m benchmarks.speed``. Ratios of times taken in turn in one run are what counts; the machine is noisy.
Targets: nj paths --json at most 4 times, pretty at most 6 times the time of ``python -c 'import clingo'``; warm, a determined case at
most 5 ms, a conflict or needs_facts at most 25 ms.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nj_logic.knowledge import KnowledgeBase

ROUNDS = 15
WARM = 50
CASE = "case: speed\nkind: fund_use\nfacts: {source: county, amount: 1500000}\n"
NJ = "import sys; from nj_logic.cli import main; sys.argv = ['nj', *sys.argv[1:]]; main()"


def process_times(commands: dict[str, list[str]]) -> dict[str, float]:
    """The median time of each command in seconds, the commands run in turn."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=False, env=environment)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def warm_times(kb: KnowledgeBase) -> dict[str, float]:
    """The median time of a warm answer in seconds."""
    cases = {
        "determined": {"kind": "fund_use", "facts": {"source": "county", "amount": 1500000}},
        "conflict (norms)": {
            "kind": "investment_project",
            "facts": {"total_investment": 6000000, "budget_estimate": True},
        },
        "conflict (readings)": {"kind": "fund_use", "facts": {"county_amount": 150000, "superior_amount": 300000}},
        "needs_facts": {"kind": "fund_use", "facts": {}},
    }
    found = {}
    for name, content in cases.items():
        times = []
        for _ in range(WARM):
            start = time.perf_counter()
            kb.paths(kb.case(content))
            times.append(time.perf_counter() - start)
        found[name] = statistics.median(times)
    return found


def main() -> None:
    """Print the figures."""
    kb = KnowledgeBase()  # compiles if need be
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.yaml"
        case.write_text(CASE, encoding="utf-8")
        times = process_times(
            {
                "import clingo": ["-c", "import clingo"],
                "nj paths --json": ["-c", NJ, "paths", str(case), "--json"],
                "nj paths": ["-c", NJ, "paths", str(case)],
            }
        )
    base = times["import clingo"]
    for name, seconds in times.items():
        print(f"{name:20} {seconds * 1000:7.1f} ms   {seconds / base:5.2f} x import clingo")
    for name, seconds in warm_times(kb).items():
        print(f"warm {name:20} {seconds * 1000:7.2f} ms")


if __name__ == "__main__":
    main()
