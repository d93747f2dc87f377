"""The model on the past: `backtest` forecasts from each December and scores the forecasts against simple baselines.

>>> import sim.backtest
>>> [mode.value for mode in sim.backtest.Mode]
['out-of-sample', 'as-shipped', 'events-given', 'first-estimates']
"""

from sim.evaluation.backtest.backtest import Backtest, backtest
from sim.evaluation.backtest.origins import Mode

__all__ = ["Backtest", "Mode", "backtest"]
