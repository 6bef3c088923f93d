"""The recording through the pure stages, without a broker: what each topic would hold."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from streams import recording
from streams.facts.identity import Revision
from streams.forwarding import ProgressStage
from streams.legs.stage import LegsStage
from streams.mentions.stage import ArticlesStage
from streams.orders.cases_stage import CasesStage
from streams.orders.force_stage import ForceStage
from streams.orders.stage import OrdersStage
from streams.relations.stage import RelateStage
from streams.stages import Arrived, Stage
from tests.sinks.records import Consumed, consumed

FEEDS = {
    "Article": "news.articles",
    "DocketEntry": "court.docket-entries",
    "Position": "flights.positions",
    "Progress": "feed.progress",
}


class Log:
    """Topics of one partition each, and the stages that read and write them."""

    def __init__(self) -> None:
        self.topics: dict[str, list[Consumed]] = defaultdict(list)
        self._stages: Mapping[str, Stage] = {
            "news.articles": ArticlesStage(),
            "court.docket-entries": OrdersStage(),
            "cases.inputs": CasesStage(),
            "court.orders": ForceStage(lambda _family: True),
            "flights.positions": LegsStage(),
            "feed.progress": ProgressStage(),
            "relate.inputs": RelateStage(0, 1),
        }
        for stage in self._stages.values():
            stage.restore([])

    def publish(self, topic: str, key: str, records: Sequence[Any], at: int) -> None:
        """Append records, logged at a moment, and let the stage of the topic work them off."""
        held = self.topics[topic]
        begin = len(held)
        held += [
            consumed(one, begin + place, topic=topic, timestamp=at)
            for place, one in enumerate(records)
        ]
        stage = self._stages.get(topic)
        if stage is None:
            return
        batch = [
            Arrived(topic, 0, begin + place, Revision(begin + place), key, one)
            for place, one in enumerate(records)
        ]
        by_topic: dict[str, list[Any]] = defaultdict(list)
        for emit in stage.apply(batch).emits:
            by_topic[emit.topic].append(emit)
        for name, emits in by_topic.items():
            if name in ("cases.inputs", "relate.inputs"):
                for emit in emits:
                    self.publish(name, emit.key, [emit.record], at)
            else:
                self.publish(name, "key", [emit.record for emit in emits], at)


@cache
def played() -> Mapping[str, list[Consumed]]:
    """Each topic's records, logged when their document was fetched, in that order."""
    log = Log()
    documents = sorted(recording.documents(), key=lambda one: one.received.fetched_at or 0)
    last = 0
    for document in documents:
        by_topic: dict[str, list[Any]] = defaultdict(list)
        for record in document.records():
            by_topic[FEEDS[type(record).__name__]].append(record)
        last = document.received.fetched_at or last
        for topic, records in by_topic.items():
            log.publish(topic, "key", records, last)
    for one in recording.progress():
        log.publish("feed.progress", f"{one.feed}/{one.scope}", [one], last)
    return log.topics
