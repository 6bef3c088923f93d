"""The facts that flow through the pipeline: frozen dataclasses, times and ids typed.

Imports nothing but the standard library. Every record that a topic carries is one class here,
with the same field names, in the same order, as its Avro schema in ``schemas/avro``.
"""
