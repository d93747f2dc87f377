"""The families of distributions a scenario can name, with their parameters and bounds.

A family is frozen facts; every one is a standardised shape (mean 0, variance 1) moved to its mean and scaled to its
standard deviation. This module needs neither NumPy nor SciPy, so that a scenario can be checked without them.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from difflib import get_close_matches
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.distributions.scipy_names import REFUSED, SCIPY_FAMILIES
from sim.numerics.exact import exp

Shape = tuple[str, tuple[tuple[str, float], ...]]
"""The name of a standardised shape and its shape parameters, sorted: ("student_t", (("df", 5.0),))."""

Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
NotNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]


class Family(BaseModel):
    """A continuous distribution of finite variance."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: ClassVar[str]

    @abstractmethod
    def moments(self) -> tuple[float, float] | None:
        """Mean and standard deviation; None where only SciPy knows them."""

    @property
    def shape_parameters(self) -> dict[str, float]:
        """What determines the standardised shape beside the family's name."""
        return {}

    @property
    def shape(self) -> Shape:
        """The address of the standardised quantile table."""
        return self.key, tuple(sorted(self.shape_parameters.items()))

    def support(self) -> tuple[float, float]:
        """The smallest interval that holds every value."""
        return -math.inf, math.inf

    @abstractmethod
    def scaled(self, factor: float) -> Self:
        """The distribution of `factor` > 0 times the variable."""

    def _times(self, factor: float, *fields: str) -> Self:
        return self.model_copy(update={name: getattr(self, name) * factor for name in fields})


class Normal(Family):
    """Gauss: mean and standard deviation."""

    key = "normal"
    mean: Real = Field(description="mean")
    sd: NotNegative = Field(description="standard deviation, 0 or more")

    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "mean", "sd")


class StudentT(Family):
    """Student's t, moved and scaled: heavy tails on both sides."""

    key = "student_t"
    df: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=2, le=1000)] = Field(
        description="degrees of freedom, above 2 (finite variance)"
    )
    mean: Real = Field(0.0, description="mean")
    sd: NotNegative = Field(description="standard deviation (not the scale of the t), 0 or more")

    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    @property
    def shape_parameters(self) -> dict[str, float]:
        return {"df": self.df}

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "mean", "sd")


class Lognormal(Family):
    """exp of a Gauss variable, by its own mean."""

    key = "lognormal"
    mean: Positive = Field(description="mean of the variable itself, above 0")
    log_sd: Annotated[float, Field(strict=True, gt=0, le=2)] = Field(
        description="standard deviation of the logarithm, above 0, at most 2"
    )

    def moments(self) -> tuple[float, float]:
        # the exp of sim.numerics.exact: the bits of every table rest on mean and sd
        return self.mean, self.mean * math.sqrt(exp(self.log_sd * self.log_sd) - 1)

    @property
    def shape_parameters(self) -> dict[str, float]:
        return {"log_sd": self.log_sd}

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "mean")


class Uniform(Family):
    """Equal density between two bounds."""

    key = "uniform"
    low: Real = Field(description="lower bound")
    high: Real = Field(description="upper bound, above low")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self

    def moments(self) -> tuple[float, float]:
        return (self.low + self.high) / 2, (self.high - self.low) / math.sqrt(12)

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "low", "high")


class Triangular(Family):
    """A density that rises to the mode and falls from it."""

    key = "triangular"
    low: Real = Field(description="lower bound")
    mode: Real = Field(description="most likely value, between the bounds")
    high: Real = Field(description="upper bound, above low")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            raise ValueError(f"needs low <= mode <= high and low < high, not {self.low}, {self.mode}, {self.high}")
        return self

    def moments(self) -> tuple[float, float]:
        below, above = self.mode - self.low, self.high - self.mode  # squares of the bounds would cancel out
        sd = math.sqrt((below * below + below * above + above * above) / 18)
        return (self.low + self.mode + self.high) / 3, sd

    @property
    def shape_parameters(self) -> dict[str, float]:
        return {"mode": (self.mode - self.low) / (self.high - self.low)}

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "low", "mode", "high")


class Beta(Family):
    """Beta between two bounds (0 and 1 unless given)."""

    key = "beta"
    a: Annotated[float, Field(strict=True, ge=0.05, le=10_000)] = Field(
        description="first shape parameter, 0.05 or more"
    )
    b: Annotated[float, Field(strict=True, ge=0.05, le=10_000)] = Field(
        description="second shape parameter, 0.05 or more"
    )
    low: Real = Field(0.0, description="lower bound")
    high: Real = Field(1.0, description="upper bound, above low")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low} must be below high {self.high}")
        return self

    def moments(self) -> tuple[float, float]:
        total = self.a + self.b
        sd = math.sqrt(self.a * self.b / (total + 1)) / total
        return self.low + (self.high - self.low) * self.a / total, (self.high - self.low) * sd

    @property
    def shape_parameters(self) -> dict[str, float]:
        return {"a": self.a, "b": self.b}

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "low", "high")


class Exponential(Family):
    """Exponential from 0, by its mean."""

    key = "exponential"
    mean: Positive = Field(description="mean, above 0")

    def moments(self) -> tuple[float, float]:
        return self.mean, self.mean

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "mean")


class Gamma(Family):
    """Gamma from 0, by its shape and mean."""

    key = "gamma"
    shape_k: Annotated[float, Field(strict=True, ge=0.05, le=10_000)] = Field(
        description="shape parameter, 0.05 or more", alias="shape"
    )
    mean: Positive = Field(description="mean, above 0")

    def moments(self) -> tuple[float, float]:
        return self.mean, self.mean / math.sqrt(self.shape_k)

    @property
    def shape_parameters(self) -> dict[str, float]:
        return {"shape": self.shape_k}

    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "mean")


class Scipy(Family):
    """Any continuous family of scipy.stats by its name, with its own shape parameters, loc and scale."""

    model_config = ConfigDict(frozen=True, extra="allow")
    key = "scipy"
    __pydantic_extra__: dict[str, Real]
    name: str = Field(description="name in scipy.stats, such as skewnorm", pattern=r"^[a-z][a-z0-9_]{0,40}$")
    loc: Real = Field(0.0, description="location")
    scale: Positive = Field(1.0, description="scale, above 0")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.name in REFUSED:
            raise ValueError(f"{self.name} has {REFUSED[self.name]}; choose a family of finite variance")
        if self.name not in SCIPY_FAMILIES:
            near = get_close_matches(self.name, SCIPY_FAMILIES, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"scipy.stats has no continuous family {self.name!r}{hint}")
        given, wanted = set(self.model_extra or {}), set(SCIPY_FAMILIES[self.name][0])
        if given != wanted:
            raise ValueError(
                f"{self.name} takes the shape parameters {sorted(wanted) or 'none'}, not {sorted(given) or 'none'}"
            )
        return self

    def __hash__(self) -> int:
        return hash((self.shape, self.loc, self.scale))

    def moments(self) -> None:
        return None

    @property
    def shape_parameters(self) -> dict[str, float]:
        return dict(self.model_extra or {})

    @property
    def shape(self) -> Shape:
        return f"scipy:{self.name}", tuple(sorted(self.shape_parameters.items()))

    def support(self) -> tuple[float, float]:
        _, low, high = SCIPY_FAMILIES[self.name]
        return self.loc + self.scale * low, self.loc + self.scale * high

    def scaled(self, factor: float) -> Self:
        return self._times(factor, "loc", "scale")


FAMILIES: dict[str, type[Family]] = {
    family.key: family for family in (Normal, Lognormal, Uniform, Triangular, Beta, StudentT, Exponential, Gamma, Scipy)
}
