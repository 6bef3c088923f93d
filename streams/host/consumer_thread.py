"""The thread in which aiokafka's consumer runs, told what ``consumer`` needs to know of it."""

from __future__ import annotations

from typing import Any

from faust.transport.drivers import aiokafka as driver

from schemas.topics.reach import paced


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """Adds the consumer's position before and after each fetch to what it fetched."""

    def _create_consumer(self, loop: Any) -> Any:
        consumer = super()._create_consumer(loop)
        paced(consumer._client)
        return consumer

    async def _fetch_records(
        self, consumer: Any, active_partitions: Any, timeout: Any = None, max_records: Any = None
    ) -> Any:
        subscription = consumer._subscription.subscription
        assignment = subscription.assignment if subscription else None

        def position(partition: Any) -> int | None:
            try:
                state = assignment.state_value(partition) if assignment else None
            except KeyError:
                return None
            return None if state is None else state._position

        # A copy: aiokafka takes a set that is emptied while it waits for 'all partitions'.
        active = set(active_partitions or ())
        before = {one: position(one) for one in active}
        fetched = await super()._fetch_records(consumer, active, timeout, max_records)
        if not self.consumer.flow_active:
            # A fetch from before a rebalance that ends after recovery has sought: dropped, the
            # records would not come again, and recovery would wait for them for ever.
            for one, records in fetched.items():
                if records:
                    consumer.seek(one, records[0].offset)
            return {}
        return {one: (before.get(one), position(one), found) for one, found in fetched.items()}

    async def _highwaters(self, partitions: Any) -> Any:
        # Under exactly_once Faust would take the last stable offset of the last fetch, which is
        # unknown before the first one: it would recover nothing. The broker knows it always.
        return await self._ensure_consumer().end_offsets(partitions)

    async def seek_to_committed(self) -> Any:
        """Seek to the committed offsets; to the log's beginning where there is none."""
        return await self.call_thread(self._seek_to_committed)

    async def _seek_to_committed(self) -> Any:
        consumer = self._ensure_consumer()
        committed = await consumer.seek_to_committed()
        # aiokafka leaves those where they are, which is past what they fetched and dropped.
        changelogs = self.app.tables.changelog_topics
        unread = [
            one for one, offset in committed.items() if not offset and one.topic not in changelogs
        ]
        if unread:
            await consumer.seek_to_beginning(*unread)
        return committed

    async def is_member(self, generation_id: int) -> bool | None:
        """Ask the group; None if it could not be asked. Runs on this thread's loop."""
        coordinator = self._ensure_consumer()._coordinator
        if coordinator.generation == generation_id and await coordinator._do_heartbeat():
            return True
        return None if coordinator.generation == generation_id else False
