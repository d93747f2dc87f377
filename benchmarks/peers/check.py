"""Whether each peer computes the same model as the product: `python benchmarks/peers/check.py`.

Every peer that can run is run beside the product on the same scenario. Printed are the expected number of compliant
allies in the last year, and the largest difference of any mean share (ally and year) with its standard error. Draws
are the peers' own, so agreement is statistical: with 186 means, |z| above 5 happens by chance once in ten thousand
runs. The program ends with 1 if a peer disagrees.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))  # so that it runs as a program too

import sim  # noqa: E402
from benchmarks.peers.facts import CELLS, Facts, Floats, Missing, Outcome, facts_of, outcome  # noqa: E402
from benchmarks.product import using  # noqa: E402

MAIN = ROOT / "scenarios" / "rutte_2032.toml"
PEERS = {
    "straight_numpy": (MAIN, 16_384),
    "numba_kernel": (MAIN, 16_384),
    "c_kernel": (MAIN, 65_536),
    "scalar_simpy": (MAIN, 400),
}
"""The scenario each peer computes, and the paths it is checked on."""

PRODUCT_PATHS, SEED, WORST_Z = 65_536, 7, 5.0


@dataclass(frozen=True)
class Product:
    """The product's outcome of a scenario, and the standard deviations that a peer is judged by."""

    facts: Facts
    outcome: Outcome
    share_sd: Floats  # (allies, years)
    compliant_sd: float
    compliant_total_sd: float


def product(scenario_file: Path) -> Product:
    """The product on one scenario."""
    scenario = using(sim.load(scenario_file), "shipped")
    facts = facts_of(scenario)
    counts = sim.simulate(scenario, PRODUCT_PATHS, seed=SEED, executor="serial").record.counts
    shares, number = counts.arrays["shares"][0], counts.arrays["number"]
    done = outcome(facts, shares, counts.arrays["compliant"][2])
    squares = shares @ (np.arange(CELLS) * 0.01) ** 2 / PRODUCT_PATHS
    sd = [_sd(number[tally, -1]) for tally in (0, 2)]
    return Product(facts, done, np.sqrt(squares - done.mean_share_pct**2), *sd)


def report(name: str, peer: Outcome, paths: int, beside: Product) -> tuple[str, bool]:
    """One line on a peer, and whether it agrees."""
    spread = (1 / paths + 1 / PRODUCT_PATHS) ** 0.5
    error = beside.share_sd * spread
    apart = peer.mean_share_pct - beside.outcome.mean_share_pct
    z = apart / error
    row, step = np.unravel_index(np.argmax(np.abs(z)), z.shape)
    number = [(peer.compliant - beside.outcome.compliant) / (beside.compliant_sd * spread)]
    total = ""
    if peer.compliant_total is not None and beside.outcome.compliant_total is not None:
        number.append((peer.compliant_total - beside.outcome.compliant_total) / (beside.compliant_total_sd * spread))
        total = f", {peer.compliant_total:5.2f} at the total (z {number[1]:+.1f})"
    agrees = bool(np.max(np.abs(z)) < WORST_Z and max(map(abs, number)) < WORST_Z)
    assert peer.ally_years == paths * z.size, "a peer that skips work is no peer"
    return (
        f"{name:15} {paths:7,} paths: {peer.compliant:5.2f} allies comply (z {number[0]:+.1f}){total}; largest "
        f"difference of a mean {apart[row, step]:+.4f} (standard error {error[row, step]:.4f}, "
        f"z {z[row, step]:+.1f}; {beside.facts.iso3[row]} {beside.facts.years[step]}), "
        f"rms z {np.sqrt(np.mean(z * z)):.2f}{'' if agrees else '  <-- DISAGREES'}"
    ), agrees


def lines(names: list[str]) -> Iterator[tuple[str, bool]]:
    """The product on each scenario, then each peer, with whether it agrees."""
    products: dict[Path, Product] = {}
    for name in names:
        scenario, paths = PEERS[name]
        if scenario not in products:
            products[scenario] = product(scenario)
            done = products[scenario].outcome
            total = "" if done.compliant_total is None else f", {done.compliant_total:5.2f} at the total"
            yield (
                f"{'product':15} {PRODUCT_PATHS:7,} paths of {scenario.name}: {done.compliant:5.2f} comply{total}",
                True,
            )
        try:
            done = import_module(f"benchmarks.peers.{name}").run(products[scenario].facts, paths, SEED)
        except Missing as missing:
            yield f"{name:15} left out: {missing}", True
        else:
            yield report(name, done, paths, products[scenario])


def _sd(number: np.ndarray) -> float:
    """Standard deviation of a count of allies, from how often each number came."""
    values, paths = np.arange(len(number)), number.sum()
    mean = number @ values / paths
    return float(np.sqrt(number @ (values - mean) ** 2 / paths))


def main(names: list[str]) -> int:
    """Check the peers named, or all; 1 if one disagrees."""
    agreed = True
    for line, agrees in lines(names or list(PEERS)):
        print(line, flush=True)
        agreed &= agrees
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
