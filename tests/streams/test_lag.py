"""What is waited for: every topic that a stage of the worker reads."""

from schemas.topics import pages
from streams.lag import RELATE_INPUT, WORKER_INPUTS

STAGES = {"articles", "orders", "cases", "legs", "force", "progress", "relate"}


def test_every_topic_that_a_stage_reads_is_waited_for() -> None:
    read = {name for name, topic in pages().items() if STAGES & set(topic.consumers)}
    assert {*WORKER_INPUTS, RELATE_INPUT} == read
