"""Feed documents in, records out: one parser a KIND, pure, on bytes."""
