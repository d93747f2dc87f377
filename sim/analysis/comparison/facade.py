"""`Comparison`: what `sim.compare` gives, with its tables as DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.comparison.record import ComparisonRecord

if TYPE_CHECKING:
    import pandas as pd


class Comparison(ComparisonRecord):
    """Two or more scenarios on common random numbers; the first is A, each other is compared with it.

    Its tables import pandas, which takes half a second, when first asked for.

    >>> import sim
    >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
    >>> for letter, title in zip(comparison.letters, comparison.titles, strict=True):
    ...     print(letter, title)
    A 3.5 + 1.5 by 2032 (proposal of June 2025, not adopted)
    B 3.5 + 1.5 by 2035 (The Hague, June 2025)
    """

    def compliance(self) -> pd.DataFrame:
        """How the probability of meeting its own yardstick differs: see `sim.analysis.comparison.dataframes`.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> core = comparison.compliance().query("pillar == 'core' and year == 2032")
        >>> core.nsmallest(3, "difference")["ally"].tolist()
        ['Netherlands', 'Luxembourg', 'Montenegro']
        """
        from sim.analysis.comparison import dataframes

        return dataframes.compliance(self)

    def alliance(self) -> pd.DataFrame:
        """How the expected number of compliant allies, the average share and the money short differ.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> allies = comparison.alliance().query("measure == 'allies_core' and year == 2032")
        >>> allies[["expected_a", "expected_b", "difference"]].round(1).values.tolist()
        [[14.0, 12.0, -2.0]]
        """
        from sim.analysis.comparison import dataframes

        return dataframes.alliance(self)

    def flips(self) -> pd.DataFrame:
        """Who is likelier than not to comply in one scenario only, and how many paths go either way.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> down = comparison.flips().query("pillar == 'core' and year == 2032 and crosses_half == 'down'")
        >>> down["ally"].tolist()
        ['Greece']
        """
        from sim.analysis.comparison import dataframes

        return dataframes.flips(self)

    def scenario_differences(self) -> pd.DataFrame:
        """In what the scenarios differ, parameter by parameter.

        >>> import sim
        >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
        >>> comparison.scenario_differences().loc[1, ["path", "value_a", "value_b"]].tolist()
        ['targets.core.by', '2032', '2035']
        """
        from sim.analysis.comparison import dataframes

        return dataframes.scenario_differences(self)
