"""Forecasts of waits learnt from the reports themselves, with intervals that learn how far off they are."""
