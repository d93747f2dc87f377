"""What a run left, as one number; and one cell of the matrix, in a process with an environment of its own.

`python tests/verification/bits/digest.py '{"scenarios": ["rutte_2032"], "paths": 320}'` prints the digests as JSON.
"""

from __future__ import annotations

import json
import locale
import math
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Spec:
    """What a cell computes."""

    scenarios: tuple[str, ...]  # names of shipped scenarios, or files
    paths: int
    seed: int = 2032
    workers: int = 1
    block: int | None = None  # None: all paths in one
    executor: str = "serial"
    engine: str = "numpy"
    locale: str = ""
    change: str = ""  # what a control changes: "seed", "stream version", "table"


def place(scenario: str) -> Path:
    return Path(scenario) if scenario.endswith(".toml") else ROOT / "scenarios" / f"{scenario}.toml"


def digest(record: Any) -> str:
    """sha256 over all that a run says but for versions: description, scenario, data, every count and kept path.

    Beside `Counts.digest` on purpose: what that one forgot, this one would see.
    """
    import numpy as np

    manifest = {name: record.manifest[name] for name in ("scenario_digest", "data_digest", "seed", "paths")}
    said = [manifest, asdict(record.description), json.loads(record.scenario), record.manifest["built_tables"]]
    found = sha256(json.dumps(said, sort_keys=True).encode())
    arrays = record.counts.arrays | record.counts.kept
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        found.update(f"{name} {array.dtype.kind}{array.dtype.itemsize} {array.shape}".encode())
        found.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()


def digests(spec: Spec) -> dict[str, str]:
    """The digest of each scenario of a cell, with everything kept that can be."""
    import sim
    from sim.numerics.streams import STRETCH
    from sim.results.counts import KEEPABLE

    seed = spec.seed + (spec.change == "seed")
    block = spec.block or -(-spec.paths // STRETCH) * STRETCH
    with changed(spec.change, seed):
        return {
            scenario: digest(
                sim.simulate(
                    sim.load(place(scenario)), spec.paths, seed,
                    workers=spec.workers, executor=spec.executor, engine=spec.engine, keep=KEEPABLE, block=block,
                ).record
            )
            for scenario in spec.scenarios
        }  # fmt: skip


@contextmanager
def changed(what: str, seed: int) -> Iterator[None]:
    """A control: what must move the digest. Of this process only, so for the serial executor.

    "table" is one unit in the last place of 16 of 65,536 cells: those of the noise of will that known paths draw, one
    ally in one year. The sum with a path's will may swallow the difference, but hardly that of all of them.
    """
    import numpy as np

    from sim.distributions import quantile_tables
    from sim.engine import drawn_parameters
    from sim.model.parameters import Will
    from sim.numerics import streams

    before, whole, noise = streams.STREAM_VERSION, quantile_tables.table_of, Will().noise
    words = streams.Streams(seed, 0, 16).uint16("will/noise", ally=276, period=2027)
    cells = whole(noise).cells.copy()
    cells[words] = np.nextafter(cells[words], np.float32(np.inf))

    def nudged(family: Any, of: Any = None) -> Any:
        found = whole(family, of)
        return quantile_tables.Quantiles(cells, found.low, found.high) if family == noise and of is None else found

    try:
        if what == "stream version":
            streams.STREAM_VERSION += 1
        if what == "table":
            drawn_parameters.table_of = nudged  # type: ignore[attr-defined]
        yield
    finally:
        streams.STREAM_VERSION, drawn_parameters.table_of = before, whole  # type: ignore[attr-defined]


def processor() -> dict[str, Any]:
    """What NumPy can choose from on this processor, and what it has been told to leave alone."""
    from numpy._core import _multiarray_umath as core

    features = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
    return {"dispatched": features, "baseline": list(core.__cpu_baseline__)}


def rounding() -> dict[str, str]:
    """How exp and log round here, in the C library and in NumPy: the control that cells do compute another way."""
    import numpy as np

    values = np.linspace(-20, 20, 20_001)
    single, magnitude = values.astype(np.float32), np.abs(values) + 1e-3
    by_libm = np.array([(math.exp(value), math.sin(value)) for value in values])
    by_numpy = np.exp(values).tobytes() + np.log(magnitude).tobytes() + np.exp(single).tobytes()
    return {"libm": sha256(by_libm.tobytes()).hexdigest()[:8], "numpy_functions": sha256(by_numpy).hexdigest()[:8]}


def main(text: str, arguments: list[str]) -> int:
    spec = Spec(**json.loads(text))
    if spec.locale:
        locale.setlocale(locale.LC_ALL, spec.locale)
    if arguments:  # the command line itself, under this locale
        from sim.cli import app

        sys.argv = ["sim", *arguments]  # stands in the manifest
        return app.run()
    import numpy as np

    begin = time.monotonic()
    found = digests(spec)
    said = {
        "digests": found, "seconds": round(time.monotonic() - begin, 2), "python": platform.python_version(),
        "numpy": np.__version__, **processor(), "decimal_point": locale.localeconv()["decimal_point"],
        "zone": list(time.tzname), "hashes": sys.flags.hash_randomization, **rounding(),
    }  # fmt: skip
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1], sys.argv[2:]))
