"""What a cell may hold: the text of a CSV cell becomes a value within its bounds, or is refused."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, Strict
from pydantic_core import PydanticCustomError

from sim.arguments import LEAST_YEAR, MOST_SHARE_PCT

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,4})?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE | re.ASCII)


def _whole(cell: Any) -> Any:
    """A whole number from its text; anything but text passes through."""
    if not isinstance(cell, str):
        return cell
    if not _WHOLE.fullmatch(cell):
        raise PydanticCustomError("whole_number", "must be a whole number")
    return int(cell)


def _decimal(cell: Any) -> Any:
    """A number from its text; nan and inf become floats, which the field then refuses as not finite."""
    if not isinstance(cell, str):
        return cell
    if not (_DECIMAL.fullmatch(cell) or _NOT_FINITE.fullmatch(cell)):
        raise PydanticCustomError("number", "must be a number")
    return float(cell)


def _flag(cell: Any) -> Any:
    """True from "1", False from "0"; anything else passes through and is refused."""
    return {"0": False, "1": True}.get(cell, cell) if isinstance(cell, str) else cell


Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_decimal), Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(_flag), Strict()]
Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, Field(max_length=600)]

Year = Annotated[Whole, Field(ge=LEAST_YEAR, le=2100)]
Month = Annotated[Whole, Field(ge=1, le=12)]
Share = Annotated[Number, Field(gt=0, le=MOST_SHARE_PCT)]  # % of GDP
Percent = Annotated[Number, Field(ge=0, le=100)]
Usd = Annotated[Number, Field(ge=0, le=1e9)]
GrowthPct = Annotated[Number, Field(ge=-60, le=200)]  # % a year
DeflatorPct = Annotated[Number, Field(ge=-60, le=10_000)]  # % a year
Balance = Annotated[Number, Field(ge=-100, le=100)]  # % of GDP, negative: deficit
Debt = Annotated[Number, Field(ge=0, le=1000)]  # % of GDP

_MONTH, _DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
Edition = Annotated[str, Field(pattern=f"^(19|20)[0-9]{{2}}-{_MONTH}$")]  # YYYY-MM of publication
Dated = Annotated[str, Field(pattern=f"^(19|20)[0-9]{{2}}(-{_MONTH}(-{_DAY})?)?$")]  # YYYY[-MM[-DD]], as known
