"""How good the forecasts are: scores, the backtest, calibration, and forecasts that were written down."""
