"""Faust, by the fetch: runs the pure stages on Kafka, in the one order that makes them exact."""
