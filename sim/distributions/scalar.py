"""A number or a distribution: what every parameter of a scenario that may be random takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, PlainSerializer, Tag, create_model

from sim.distributions.families import FAMILIES, Family, Real

# One model a family, its key the only field: create_model takes fields by name, which its stub cannot say.
_WRAPPERS: dict[str, type[BaseModel]] = {
    key: create_model(f"{family.__name__}Distribution", __config__=ConfigDict(extra="forbid"), **{key: (family, ...)})  # type: ignore[call-overload]
    for key, family in FAMILIES.items()
}


def _which(value: Any) -> str | None:
    if isinstance(value, Family):
        return value.key
    if isinstance(value, dict):
        return next((key for key in value if key in FAMILIES), "unknown family")
    return "number"


def _unwrap(value: Any) -> float | Family:
    for key in _WRAPPERS:
        if isinstance(value, _WRAPPERS[key]):
            family: Family = getattr(value, key)
            return family
    return float(value)


def written(value: float | Family) -> Any:
    """A number or a distribution as it stands in a scenario file: `{"normal": {"mean": 0.3, "sd": 1.0}}`."""
    if isinstance(value, Family):
        return {value.key: value.model_dump(by_alias=True)}
    return value


if TYPE_CHECKING:
    Scalar = float | Family
else:
    # In the file a distribution is a table with one key, its family; in Python it is the family itself.
    Scalar = Annotated[
        Union[Annotated[Real, Tag("number")], *(Annotated[kind, Tag(key)] for key, kind in _WRAPPERS.items())],
        Discriminator(_which),
        AfterValidator(_unwrap),
        PlainSerializer(written),
    ]


def scaled(value: float | Family, factor: float) -> float | Family:
    """`factor` > 0 times a number or a distribution."""
    return value.scaled(factor) if isinstance(value, Family) else value * factor


def bounds(value: float | Family) -> tuple[float, float]:
    """The smallest interval that holds every value."""
    return value.support() if isinstance(value, Family) else (value, value)
