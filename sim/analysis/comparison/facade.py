"""`Comparison`: what `sim.compare` gives, with its tables as DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.comparison.record import ComparisonRecord

if TYPE_CHECKING:
    import pandas as pd


class Comparison(ComparisonRecord):
    """Two or more scenarios on common random numbers; the first is A, each other is compared with it.

    Its tables import pandas, which takes half a second, when first asked for.
    """

    def compliance(self) -> pd.DataFrame:
        """How the probability of meeting its own yardstick differs: see `sim.analysis.comparison.dataframes`."""
        from sim.analysis.comparison import dataframes

        return dataframes.compliance(self)

    def alliance(self) -> pd.DataFrame:
        """How the expected number of compliant allies, the average share and the money short differ."""
        from sim.analysis.comparison import dataframes

        return dataframes.alliance(self)

    def flips(self) -> pd.DataFrame:
        """Who is likelier than not to comply in one scenario only, and how many paths go either way."""
        from sim.analysis.comparison import dataframes

        return dataframes.flips(self)

    def scenario_differences(self) -> pd.DataFrame:
        """In what the scenarios differ, parameter by parameter."""
        from sim.analysis.comparison import dataframes

        return dataframes.scenario_differences(self)
