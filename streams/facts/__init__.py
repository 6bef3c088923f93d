"""The facts that flow through the pipeline: frozen dataclasses, times and ids typed.

Imports nothing but the standard library. Every record that a topic carries is one class here,
with the same field names, in the same order, as its Avro schema in ``schemas/avro``.

What feeds hand in is in ``received``. What the pipeline derives is in modules named after the first
word of its topics: ``flights``, ``court`` and ``news``, and in ``policy`` what the join makes of
them. Every derived fact has an id that comes from its identity, a revision that comes from the
input that caused it, ``is_deleted`` when it is retracted, and ``known_at``: the latest
``fetched_at`` of the evidence that it rests on.
"""
