"""Many cases: `python tests/verification/fuzz/campaign.py --cases 100000` prints and keeps what became of them.

A case that breaks the contract is made smaller and written to the folder corpus, from where a test repeats it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzz.cases import KINDS, case  # noqa: E402  # tests/ is put on the path above
from fuzz.contract import DATA_CODES, Broken, Case, judge  # noqa: E402
from fuzz.smaller import smaller  # noqa: E402
from sim.scenario.loading.checks.codes import CODES  # noqa: E402

CORPUS = HERE / "corpus"
SEED = 1
SOURCES = ("sim/scenario", "sim/data", "sim/distributions", "sim/model")
"""What reads a user's files."""
NOT_HERE = frozenset({"not-a-file", "unreadable", "outside-folder", "no-folder", "no-armed-ally", "unknown-table",
                      "too-many", "invalid-value"})  # fmt: skip
"""Codes that no case reaches: of folders and links (tests/scenario/test_hostile.py), of texts without a folder, of 301
events, and of what nothing reaches."""


@dataclass
class Tally:
    """What became of the cases so far."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    ran: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    failures: dict[str, tuple[int, Case, bool, str]] = field(default_factory=dict)  # the first of each kind

    def add(self, number: int, made: Case, folder: Path, *, dump: bool, run: bool) -> None:
        self.cases += 1
        try:
            verdict = judge(made, folder, dump=dump, run=run)
        except Broken as error:
            self.failures.setdefault(error.what, (number, made, run, str(error)))
            return
        self.kinds[f"{made.kind}: {'refused' if verdict.codes else 'accepted'}"] += 1
        self.codes.update(set(verdict.codes))
        self.slowest = max(self.slowest, (verdict.seconds, f"{made.kind}, case {number}"))
        if verdict.ran:
            self.ran[verdict.ran] += 1

    def figures(self) -> dict[str, Any]:
        """As they are kept."""
        accepted = sum(count for kind, count in self.kinds.items() if kind.endswith("accepted"))
        missing = sorted((set(CODES) | DATA_CODES) - set(self.codes) - NOT_HERE)
        return {
            "cases": self.cases, "accepted": accepted, "refused": sum(self.kinds.values()) - accepted,
            "broken": len(self.failures), "slowest_s": round(self.slowest[0], 3),
            "slowest_case": self.slowest[1], "runs_of_16_paths": dict(self.ran.most_common()),
            "kinds": [[kind, self.kinds[f"{kind}: accepted"], self.kinds[f"{kind}: refused"]] for kind in KINDS],
            "codes": dict(self.codes.most_common()), "codes_never_seen": missing,
            "failures": {what: number for what, (number, *_) in self.failures.items()},
        }  # fmt: skip


def keep_case(what: str, made: Case, corpus: Path) -> Path:
    """Write a case to the corpus."""
    name = re.sub(r"[^a-z0-9]+", "-", what.lower()).strip("-")
    file = corpus / f"{name}.json"
    file.write_text(json.dumps({"what": what, **json.loads(made.written())}, indent=1) + "\n", encoding="utf-8")
    return file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--run-every", type=int, default=200, help="one case in so many is also simulated, if accepted")
    given = parser.parse_args()
    from evidence import keep

    tally, begun = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        folder = Path(place)
        for number in range(given.first, given.first + given.cases):
            tally.add(number, case(SEED, number), folder, dump=True, run=number % given.run_every == 0)
            if sys.stderr.isatty() and tally.cases % 100 == 0:
                rate = tally.cases / (time.monotonic() - begun)
                told = f"{tally.cases:,} of {given.cases:,} cases, {rate:,.0f} a second"
                print(f"\r{told}, {len(tally.failures)} failures", end="", file=sys.stderr, flush=True)
        for what, (number, made, run, told) in tally.failures.items():
            print(f"\ncase {number}: {told}", file=sys.stderr)
            keep_case(what, smaller(made, what, folder, run=run), CORPUS)
    figures = tally.figures()
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    keep("fuzz", figures, command=f"python tests/verification/fuzz/campaign.py --cases {given.cases}", sources=SOURCES)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
