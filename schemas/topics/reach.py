"""How kafka-python's clients reach a broker, beside its address."""

PATIENCE = {"bootstrap_timeout_ms": 15_000, "reconnect_backoff_max_ms": 1_000}
"""Look again every second, so that a broker that comes back is found at once (by default the
pauses grow to half a minute), and say after fifteen that there is none."""
