"""How the model's parameters and events are declared: frozen models whose fields have a unit, a scope and bounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sim.arguments import LEAST_YEAR
from sim.distributions.scalar import bounds

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="unique; lower case, digits, underscores")]
Text = Annotated[str, Field(max_length=2_000)]
Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Year = Annotated[int, Field(strict=True, ge=LEAST_YEAR, le=2100)]
UsedAs = Literal["yearly probability", "monthly factor"]


class FrozenModel(BaseModel):
    """Frozen, with no unknown keys; the bounds of a parameter are in its schema (`low`, `high`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _within_bounds(cls, value: Any, info: Any) -> Any:
        extra = cls.model_fields[info.field_name].json_schema_extra
        if value is None or not isinstance(extra, dict) or "low" not in extra:
            return value
        low, high = bounds(value)
        floor, ceiling = (
            float(bound) if isinstance(bound, (int, float)) else None for bound in (extra["low"], extra["high"])
        )
        if (floor is None or low >= floor) and (ceiling is None or high <= ceiling):
            return value
        allowed = f"at least {floor:g}" if ceiling is None else f"between {floor:g} and {ceiling:g}"
        if low == high:
            raise ValueError(f"must be {allowed}")
        raise ValueError(f"every value must be {allowed}; this distribution reaches from {low:g} to {high:g}")


def parameter(
    default: Any, meaning: str, *, unit: str, scope: str, evidence: str = "judgement",
    low: float | None = None, high: float | None = None, used_as: UsedAs | None = None,
) -> Any:  # fmt: skip
    """A field of a scenario section: its default, meaning, unit, scope, evidence and bounds.

    `scope` says when a distribution is drawn: "path" once a path, "ally" once an ally and path, "year" each year,
    "event" each time the event happens, "fixed" never (a number only). A rate a year can be used as the probability of
    at least one event in a year, or as what a month leaves of something that fades at it.
    """
    extra: dict[str, Any] = {"unit": unit, "scope": scope, "evidence": evidence}
    if used_as:
        extra["used_as"] = used_as
    if low is not None or high is not None:
        extra |= {"low": low, "high": high}
    return Field(default, description=meaning, json_schema_extra=extra)
