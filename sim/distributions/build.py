"""Makes the packaged shapes: `python -m sim.distributions.build` writes `shapes/*.npy` and `shapes.toml`.

Run it only to add a shape; the files of a released shape never change, for the bits of every result stand on them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sim.distributions.families import Shape
from sim.distributions.quantile_tables import CELLS, Quantiles, build, file_stem

PACKAGED: tuple[Shape, ...] = (
    ("normal", ()),
    ("exponential", ()),
    *(("student_t", (("df", df),)) for df in (4.0, 5.0, 8.0)),
    *(("beta", (("a", a), ("b", b))) for a, b in ((8.0, 2.0), (2.0, 2.0), (2.0, 5.0))),
    *(("lognormal", (("log_sd", sd),)) for sd in (0.3, 0.5)),
    ("gamma", (("shape", 2.0),)),
)


def distance_from_law(shape: Shape, table: Quantiles) -> float:
    """The largest difference between the table's distribution function and the declared, standardised one.

    The cells' steps of 1/65536 are part of it: no table of this size can be nearer than 1/131072 = 7.6e-6.
    """
    from scipy import stats

    name, parameters = shape[0], dict(shape[1])
    distribution = {
        "normal": lambda: stats.norm(),
        "exponential": lambda: stats.expon(),
        "student_t": lambda: stats.t(parameters["df"]),
        "beta": lambda: stats.beta(parameters["a"], parameters["b"]),
        "lognormal": lambda: stats.lognorm(parameters["log_sd"]),
        "gamma": lambda: stats.gamma(parameters["shape"]),
    }[name]()
    declared = distribution.cdf(distribution.mean() + distribution.std() * table.cells[1:-1].astype(np.float64))
    edges = np.arange(1, CELLS) / CELLS
    return float(max(np.abs(declared - edges[:-1]).max(), np.abs(declared - edges[1:]).max()))


def main() -> None:
    """Write every packaged shape that is not there yet, and the list of all."""
    here = Path(__file__).parent
    (here / "shapes").mkdir(exist_ok=True)
    lines = ["# Standardised quantile tables of the package; made by python -m sim.distributions.build\n"]
    for shape in PACKAGED:
        table = build(shape)
        np.save(here / "shapes" / f"{file_stem(shape)}.npy", np.concatenate([table.cells, table.low, table.high]))
        lines.append(
            f'["{file_stem(shape)}"]\ndigest = "{table.digest}"\ndistance = {distance_from_law(shape, table):.2e}\n'
        )
    (here / "shapes.toml").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
