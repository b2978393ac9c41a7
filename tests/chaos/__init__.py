"""The service in a storm: its processes are killed at random, and afterwards everything is counted."""
