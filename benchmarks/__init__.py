"""What the service must measure up to. Each is `python -m benchmarks.NAME` and ends with one line of JSON."""
