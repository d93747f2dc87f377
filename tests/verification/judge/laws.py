"""The declared laws: each family a scenario can name as scipy.stats has it, with its own location and scale."""

from __future__ import annotations

import math
from typing import Any

from scipy import stats

from sim.distributions import families as f

SHIPPED: tuple[f.Family, ...] = (
    f.Normal(mean=0.3, sd=1.0), f.Normal(mean=-0.02, sd=0.07), f.StudentT(df=4.0, sd=0.08),
    f.StudentT(df=5.0, mean=0.0, sd=1.0), f.StudentT(df=8.0, mean=1.0, sd=2.0), f.Beta(a=8.0, b=2.0),
    f.Beta(a=2.0, b=2.0), f.Beta(a=2.0, b=5.0, low=-1.0, high=3.0), f.Exponential(mean=0.7), f.Exponential(mean=0.4),
    f.Lognormal(mean=1.0, log_sd=0.3), f.Lognormal(mean=2.0, log_sd=0.5), f.Gamma(shape=2.0, mean=3.0),
)  # fmt: skip
"""The packaged tables, moved and scaled as the defaults or a file would."""

BUILT: tuple[f.Family, ...] = (
    f.Uniform(low=-1.0, high=3.0), f.Triangular(low=0.0, mode=0.2, high=1.0),
    f.Triangular(low=1.0, mode=1.0, high=2.0), f.StudentT(df=30.0, sd=1.0), f.Beta(a=0.7, b=1.5),
    f.Gamma(shape=0.8, mean=1.0), f.Gamma(shape=7.0, mean=2.0), f.Lognormal(mean=1.0, log_sd=0.1),
)  # fmt: skip
"""Tables made when first used."""

SCIPY: tuple[f.Family, ...] = (
    f.Scipy(name="gumbel_r", loc=1.0, scale=2.0), f.Scipy(name="logistic"),
    f.Scipy(name="weibull_min", c=1.7), f.Scipy(name="laplace", scale=0.5), f.Scipy(name="johnsonsu", a=1.0, b=2.0),
)  # fmt: skip
"""Tables interpolated from SciPy's quantiles."""

MANY_SCIPY: tuple[f.Family, ...] = (
    *SCIPY, f.Scipy(name="skewnorm", a=4.0), f.Scipy(name="anglit"), f.Scipy(name="arcsine"), f.Scipy(name="cosine"),
    f.Scipy(name="chi", df=3.0), f.Scipy(name="chi2", df=4.0), f.Scipy(name="exponweib", a=2.0, c=1.5),
    f.Scipy(name="genlogistic", c=0.5), f.Scipy(name="gennorm", beta=1.3),
    f.Scipy(name="halfnorm"), f.Scipy(name="hypsecant"), f.Scipy(name="invgauss", mu=0.5),
    f.Scipy(name="loggamma", c=2.0),
    f.Scipy(name="loguniform", a=0.5, b=4.0), f.Scipy(name="maxwell"), f.Scipy(name="moyal"),
    f.Scipy(name="nct", df=12.0, nc=0.5), f.Scipy(name="betaprime", a=3.0, b=20.0),
    f.Scipy(name="gengamma", a=2.0, c=1.5),
    f.Scipy(name="powerlaw", a=2.5), f.Scipy(name="rayleigh"), f.Scipy(name="semicircular"),
    f.Scipy(name="trapezoid", c=0.2, d=0.7), f.Scipy(name="truncnorm", a=-1.0, b=2.0),
)  # fmt: skip

LONG_SCIPY: tuple[f.Family, ...] = (
    f.Scipy(name="argus", chi=1.0), f.Scipy(name="exponnorm", K=1.5), f.Scipy(name="vonmises", kappa=2.0),
)  # fmt: skip
"""SciPy's quantiles of these take so long that a machine may refuse them."""

RANGES: tuple[f.Family, ...] = (
    *(f.Beta(a=a, b=b) for a in (0.3, 1.0, 5.0, 50.0) for b in (0.3, 2.0, 50.0)),
    *(f.Gamma(shape=k, mean=1.0) for k in (0.3, 0.5, 1.0, 5.0, 50.0)),
    *(f.Lognormal(mean=1.0, log_sd=s) for s in (0.01, 0.2, 0.7, 1.0)),
    *(f.StudentT(df=df, sd=1.0) for df in (3.0, 3.5, 10.0, 100.0)),
    f.Beta(a=0.05, b=0.05), f.Beta(a=0.05, b=10.0), f.Gamma(shape=0.05, mean=1.0),
)  # fmt: skip
"""Over what the schema allows."""

TOO_HEAVY: tuple[f.Family, ...] = (
    f.StudentT(df=2.2, sd=1.0), f.StudentT(df=2.5, sd=1.0), f.Lognormal(mean=1.0, log_sd=1.5),
    f.Lognormal(mean=1.0, log_sd=2.0), f.Scipy(name="pareto", b=2.1),
)  # fmt: skip
"""Allowed by the schema, refused by the table: their tails hold too much of the variance."""

SAMPLED: tuple[f.Family, ...] = (
    *(SHIPPED[place] for place in (0, 2, 3, 5, 8, 10, 12)), *(BUILT[place] for place in (0, 1, 4, 5)),
    *(SCIPY[place] for place in (0, 2, 4)),
)  # fmt: skip
"""Of each kind at least one is drawn from; what a table holds is judged for all."""


def law_of(family: f.Family) -> Any:
    """The declared distribution, made from the family's fields and nothing of the product's tables."""
    match family:
        case f.Normal():
            return stats.norm(family.mean, family.sd)
        case f.StudentT():
            scale = family.sd * math.sqrt((family.df - 2) / family.df)
            return stats.t(family.df, family.mean, scale)
        case f.Lognormal():
            return stats.lognorm(family.log_sd, scale=family.mean * math.exp(-(family.log_sd**2) / 2))
        case f.Uniform():
            return stats.uniform(family.low, family.high - family.low)
        case f.Triangular():
            width = family.high - family.low
            return stats.triang((family.mode - family.low) / width, family.low, width)
        case f.Beta():
            return stats.beta(family.a, family.b, family.low, family.high - family.low)
        case f.Exponential():
            return stats.expon(scale=family.mean)
        case f.Gamma():
            return stats.gamma(family.shape_k, scale=family.mean / family.shape_k)
        case f.Scipy():
            return getattr(stats, family.name)(**family.shape_parameters, loc=family.loc, scale=family.scale)
    raise TypeError(family)


def words_of(family: f.Family) -> str:
    """The family in short words: `beta a=2 b=5`."""
    name = family.name if isinstance(family, f.Scipy) else family.key
    given = family.model_dump(exclude={"name"}, by_alias=True)
    return " ".join([name, *(f"{key}={value:g}" for key, value in given.items())])


def finite_moments(family: f.Family) -> float:
    """The order below which every moment of the law is finite: only Student's tails are so heavy here."""
    heavy = isinstance(family, f.StudentT) or (isinstance(family, f.Scipy) and family.name in ("t", "nct"))
    return float(family.df if isinstance(family, f.StudentT) else family.shape_parameters["df"]) if heavy else math.inf
