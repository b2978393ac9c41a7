"""The forecaster of waits against naive forecasts on recorded feeds; run it as `python -m
benchmarks.forecasting`."""
