"""Benchmarks, run by `policy-events bench NAME`: ratios in one run, never absolute times."""
