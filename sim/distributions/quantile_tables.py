"""Quantile tables: a 16-bit word picks one of 65,536 equally likely cells of a distribution.

A table holds a standardised shape (mean 0, variance 1). Its two end cells are split into 4,096 each, picked by a
second word, so that tails reach a probability of 2e-9. Shapes of the shipped model are files of the package, because
SciPy's quantiles differ between versions in the last place; `shapes.toml` states each file's digest and its distance
from the declared distribution. Any other shape is built once by SciPy, and its digest goes into the manifest.
"""

from __future__ import annotations

import time
import tomllib
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import arguments
from sim.distributions.families import (
    Beta,
    Exponential,
    Family,
    Gamma,
    Lognormal,
    Normal,
    Scipy,
    Shape,
    StudentT,
    Triangular,
    Uniform,
)
from sim.distributions.survival import Survival
from sim.errors import Fault, ScenarioError
from sim.numerics.exact import Function, exp

if TYPE_CHECKING:
    from collections.abc import Callable

CELLS = 65_536
TAIL_CELLS = 4_096
SECONDS_ALLOWED = 2.0
"""A shape that takes longer to tabulate (processor time) is refused."""
DISTANCE_ALLOWED = 2e-3
"""A shape whose table lies further from the declared distribution function is refused."""
NODES = 2_049
"""Normal scores at which SciPy's own families are evaluated."""

Floats = NDArray[np.float64]
Float32 = NDArray[np.float32]

# at the middle of cells: at 0 and 1 most distributions have no finite quantile
MIDDLE: Floats = (np.arange(CELLS) + 0.5) / CELLS
TAIL: Floats = (np.arange(TAIL_CELLS) + 0.5) / TAIL_CELLS / CELLS


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Values at the cell midpoints, float32: `cells` (65536,), `low` and `high` (4096,) within the end cells."""

    cells: Float32
    low: Float32
    high: Float32

    @property
    def digest(self) -> str:
        """sha256 of the values."""
        return sha256(b"".join(part.astype("<f4").tobytes() for part in (self.cells, self.low, self.high))).hexdigest()

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of what is drawn from this table."""
        return _moments(*(part.astype(np.float64) for part in (self.cells, self.low, self.high)))

    def moved(self, mean: float, sd: float) -> Quantiles:
        """The table of `mean + sd * value`, rounded once."""
        return Quantiles(*((mean + sd * part.astype(np.float64)).astype(np.float32) for part in self._parts()))

    def within(self, low: float, high: float) -> Quantiles:
        """The table held inside the distribution's support, which rescaling oversteps by a few millionths."""
        return Quantiles(*(np.clip(part, np.float32(low), np.float32(high)) for part in self._parts()))

    def mapped(self, function: Function) -> Quantiles:
        """The table of `function(value)`; where NumPy's exp might round another way, the exact function decides."""
        return Quantiles(*(_mapped(part.astype(np.float64), function) for part in self._parts()))

    @cached_property
    def survival(self) -> Survival:
        """The survival function of what is drawn from this table; the parts of its end cells count as these do."""
        return Survival.of_values(np.sort(self.cells.astype(np.float64)))

    def _parts(self) -> tuple[Float32, Float32, Float32]:
        return self.cells, self.low, self.high


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What SciPy says of one of its own families: quantiles (65536,), (4096,), (4096,), mean and variance."""

    quantiles: tuple[Floats, Floats, Floats]
    mean: float
    variance: float


_evaluated: dict[Shape, Evaluated] = {}


def kept() -> dict[Shape, Evaluated]:
    """The shapes of SciPy's that have been evaluated, here or in another process: what stands here is not again."""
    return _evaluated


@lru_cache(maxsize=512)
def table_of(family: Family, of: Function | None = None) -> Quantiles:
    """The table of a distribution, or of a function of it that is exact on every machine.

    Raises:
        ScenarioError: a scipy.stats family without finite variance, or too slow to tabulate.
    """
    moments = family.moments()
    mean, sd = scipy_moments(family) if moments is None else moments
    table = standardised(family.shape).moved(mean, sd).within(*family.support())
    return table if of is None else table.mapped(of)


@lru_cache(maxsize=2 * arguments.MOST_SHAPES)
def standardised(shape: Shape) -> Quantiles:
    """The table of a standardised shape: a file of the package, or built."""
    known = packaged().get(file_stem(shape))
    if known is None:
        return build(shape)
    with files("sim.distributions").joinpath("shapes", f"{file_stem(shape)}.npy").open("rb") as file:
        values = np.load(file, allow_pickle=False)
    table = Quantiles(values[:CELLS], values[CELLS : CELLS + TAIL_CELLS], values[CELLS + TAIL_CELLS :])
    if table.digest != known["digest"]:
        raise RuntimeError(f"the packaged table {file_stem(shape)} is damaged: its digest is {table.digest}")
    return table


@lru_cache(maxsize=1)
def packaged() -> dict[str, dict[str, Any]]:
    """The packaged shapes: digest and distance from the declared distribution function, by name."""
    return tomllib.loads(files("sim.distributions").joinpath("shapes.toml").read_text("utf-8"))


def file_stem(shape: Shape) -> str:
    """The name of a shape's file: `student_t_df5`, `beta_a8_b2`, `lognormal_log_sd0.3`."""
    name, parameters = shape
    return "_".join([name, *(f"{key}{int(v) if v.is_integer() else repr(v)}" for key, v in parameters)])


def build(shape: Shape) -> Quantiles:
    """Tabulate a standardised shape, rescaled so that its mean is 0 and its variance 1.

    Raises:
        ScenarioError: no finite variance, or more than two seconds.
    """
    named = shape[0].replace("scipy:", "scipy."), dict(shape[1])
    cells, low, high = _quantiles(shape)
    mean, sd = _moments(cells, low, high)
    if not (sd > 0 and _declared(shape)[1] > 0):
        raise _unfit(*named, "is so narrow that all its quantiles are one number")
    if not distance(shape) < DISTANCE_ALLOWED:
        raise _unfit(*named, "has tails that a table of quantiles loses")
    return Quantiles(*(((part - mean) / sd).astype(np.float32) for part in (cells, low, high)))


@lru_cache(maxsize=2 * arguments.MOST_SHAPES)
def distance(shape: Shape) -> float:
    """How far the table's distribution function lies from the declared one, at most, beside its steps of 1/65536.

    Rescaling to the declared mean and variance moves the quantiles, much where the table loses part of a heavy tail.
    Moves of less than a ten-thousandth of the standard deviation do not count.
    """
    cells, low, high = _quantiles(shape)
    mean, sd = _moments(cells, low, high)
    declared_mean, declared_sd = _declared(shape)
    moved = declared_mean + declared_sd * (cells - mean) / sd
    apart = np.abs(np.interp(moved, cells, MIDDLE) - MIDDLE)
    return float(apart[np.abs(moved - cells) > 1e-4 * declared_sd].max(initial=0.0))


def _mapped(values: Floats, function: Function) -> Float32:
    near = function.constant + function.sign * np.exp(function.rate * values)
    # some fifty times what NumPy's exp is off by: where float32 rounds both ends alike, it rounds the truth alike
    doubt = 1e-14 * (1 + np.abs(near))
    rounded: Float32 = near.astype(np.float32)
    for index in np.flatnonzero((near - doubt).astype(np.float32) != (near + doubt).astype(np.float32)):
        rounded[index] = function(float(values[index]))
    return rounded


def _moments(cells: Floats, low: Floats, high: Floats) -> tuple[float, float]:
    def average(c: Floats, lo: Floats, hi: Floats) -> float:
        # fsum is exact but for its one rounding; NumPy's sums depend on the processor
        return (fsum(c[1:-1]) + (fsum(lo) + fsum(hi)) / TAIL_CELLS) / CELLS

    mean = average(cells, low, high)
    return mean, float(np.sqrt(average((cells - mean) ** 2, (low - mean) ** 2, (high - mean) ** 2)))


@lru_cache(maxsize=4)
def _quantiles(shape: Shape) -> tuple[Floats, Floats, Floats]:
    name, parameters = shape[0], dict(shape[1])
    if name == "uniform":
        return MIDDLE, TAIL, 1 - TAIL[::-1]
    if name == "triangular":
        return (
            _triangular(MIDDLE, parameters["mode"]),
            _triangular(TAIL, parameters["mode"]),
            1 - _triangular(TAIL, 1 - parameters["mode"])[::-1],
        )
    if shape in _evaluated:
        return _evaluated[shape].quantiles
    if name.startswith("scipy:"):
        return _scipy_quantiles(name.removeprefix("scipy:"), parameters)
    from scipy import special

    if name == "exponential":
        return -np.log1p(-MIDDLE), -np.log1p(-TAIL), -np.log(TAIL)[::-1]
    quantile: Callable[[Floats], Floats] = {
        "normal": special.ndtri,
        "lognormal": lambda p: np.exp(parameters["log_sd"] * special.ndtri(p)),
        "student_t": lambda p: special.stdtrit(parameters["df"], p),
        "beta": lambda p: special.betaincinv(parameters["a"], parameters["b"], p),
        "gamma": lambda p: special.gammaincinv(parameters["shape"], p),
    }[name]
    # the upper end from its own side: near 1 a double has no digits left for a tail of 2e-9
    upper: Callable[[Floats], Floats] = {
        "normal": lambda p: -special.ndtri(p),
        "lognormal": lambda p: np.exp(-parameters["log_sd"] * special.ndtri(p)),
        "student_t": lambda p: -special.stdtrit(parameters["df"], p),
        "beta": lambda p: 1 - special.betaincinv(parameters["b"], parameters["a"], p),
        "gamma": lambda p: special.gammainccinv(parameters["shape"], p),
    }[name]
    return quantile(MIDDLE), quantile(TAIL), upper(TAIL)[::-1]


def _declared(shape: Shape) -> tuple[float, float]:
    """Mean and standard deviation of a shape before it is standardised."""
    name, p = shape[0], dict(shape[1])
    if name.startswith("scipy:"):
        return scipy_moments(Scipy(name=name.removeprefix("scipy:"), **p))
    families: dict[str, Callable[[], Family]] = {
        "normal": lambda: Normal(mean=0.0, sd=1.0),
        "exponential": lambda: Exponential(mean=1.0),
        "uniform": lambda: Uniform(low=0.0, high=1.0),
        "triangular": lambda: Triangular(low=0.0, mode=p["mode"], high=1.0),
        "lognormal": lambda: Lognormal(mean=exp(p["log_sd"] * p["log_sd"] / 2), log_sd=p["log_sd"]),
        "student_t": lambda: StudentT(df=p["df"], sd=(p["df"] / (p["df"] - 2)) ** 0.5),
        "beta": lambda: Beta(a=p["a"], b=p["b"]),
        "gamma": lambda: Gamma(shape=p["shape"], mean=p["shape"]),
    }
    family = families[name]()
    moments = family.moments()
    assert moments is not None
    return moments


def _triangular(p: Floats, mode: float) -> Floats:
    rising = np.sqrt(p * mode)
    return np.where(p < mode, rising, 1 - np.sqrt((1 - p) * (1 - mode)))


def scipy_moments(family: Family) -> tuple[float, float]:
    """Mean and standard deviation of a scipy.stats family.

    Raises:
        ScenarioError: parameters SciPy refuses, or no finite variance.
    """
    assert isinstance(family, Scipy)
    if family.shape in _evaluated:
        known = _evaluated[family.shape]
        return known.mean * family.scale + family.loc, (known.variance * family.scale * family.scale) ** 0.5
    mean, variance = _scipy_stats(family)
    return mean, variance**0.5


def _scipy_stats(family: Scipy) -> tuple[float, float]:
    """Mean and variance; raises ScenarioError as above."""
    kind = _scipy_family(family.name, family.shape_parameters)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            distribution = kind(**family.shape_parameters, loc=family.loc, scale=family.scale)
            mean, variance = (float(value) for value in distribution.stats("mv"))
    except (ArithmeticError, ValueError):
        mean, variance = np.nan, np.nan
    if not (np.isfinite(mean) and np.isfinite(variance) and variance > 0):
        raise _unfit(f"scipy.{family.name}", family.shape_parameters, "has no finite mean and variance")
    return mean, variance


def evaluate(shape: Shape) -> Evaluated:
    """What SciPy says of one of its own shapes, in this process.

    Raises:
        ScenarioError: parameters SciPy refuses, no finite variance, or more than two seconds.
    """
    name, parameters = shape[0].removeprefix("scipy:"), dict(shape[1])
    mean, variance = _scipy_stats(Scipy(name=name, **parameters))
    return Evaluated(_scipy_quantiles(name, parameters), mean, variance)


def _scipy_quantiles(name: str, parameters: dict[str, float]) -> tuple[Floats, Floats, Floats]:
    """SciPy's quantiles at 2,049 normal scores, and between them a monotone cubic: many families take long for each."""
    from scipy import special
    from scipy.interpolate import PchipInterpolator

    kind = _scipy_family(name, parameters)
    # a little beyond the outermost quantile of a table, 1.9e-9, whose score is -5.9
    scores = np.linspace(-6.4, 6.4, NODES)
    started = time.process_time()  # a busy machine must not refuse what an idle one takes
    values: list[float] = []
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            distribution = kind(**parameters)
            for piece in np.array_split(scores, 64):
                below, above = piece[piece < 0], piece[piece >= 0]
                values += [*distribution.ppf(special.ndtr(below)), *distribution.isf(special.ndtr(-above))]
                if time.process_time() - started > SECONDS_ALLOWED:
                    raise unfit_for_time((f"scipy:{name}", tuple(sorted(parameters.items()))))
            # quantiles never fall; SciPy's, found by iteration, do so now and then in the last places
            quantile = PchipInterpolator(scores, np.maximum.accumulate(values))
    except (ArithmeticError, ValueError, RuntimeError) as error:
        raise _unfit(f"scipy.{name}", parameters, "has no quantiles that SciPy can compute") from error
    return quantile(special.ndtri(MIDDLE)), quantile(special.ndtri(TAIL)), quantile(-special.ndtri(TAIL))[::-1]


def _scipy_family(name: str, parameters: dict[str, float]) -> Any:
    """A family of scipy.stats; the list of families is that of the newest SciPy."""
    from scipy import __version__, stats

    family = getattr(stats, name, None)
    if family is None:
        raise _unfit(f"scipy.{name}", parameters, f"is not in the installed SciPy {__version__}")
    return family


def unfit_for_time(shape: Shape) -> ScenarioError:
    """The error for a shape of SciPy's that takes too long."""
    name = shape[0].replace("scipy:", "scipy.")
    return _unfit(name, dict(shape[1]), f"takes more than {SECONDS_ALLOWED:g} s to tabulate")


def _unfit(family: str, parameters: dict[str, float], why: str) -> ScenarioError:
    return ScenarioError((
        Fault(
            file="scenario", line=0, field=family,
            value=", ".join(f"{key} = {value:g}" for key, value in parameters.items()) or "no shape parameters",
            rule=f"a distribution needs finite variance and quick quantiles; this one {why}",
            remedy="choose other parameters, or a family such as normal, triangular or beta", code="unfit-family",
        ),
    ))  # fmt: skip
