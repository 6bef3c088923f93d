-- Which generation of what is derived was live from when on: a rebuild that is swapped in adds one.
-- Answers 'as of' a moment read the generation that was live then, and no other.
-- ${REPLICATED} is '' or 'Replicated': see sinks/migrations/README.md.

CREATE TABLE IF NOT EXISTS generations
(
    generation UInt32 COMMENT 'Goes up by one with each rebuild that was swapped in',
    opened_at DateTime64(3, 'UTC') COMMENT 'When it was swapped in, UTC. The first one is as old as time.',
    reason String COMMENT 'Why it was rebuilt'
)
ENGINE = ${REPLICATED}ReplacingMergeTree()
ORDER BY (generation)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Generations of what is derived from the feeds, with the moment from which each was live.';

INSERT INTO generations
SELECT 0, toDateTime64(0, 3, 'UTC'), 'the first one'
WHERE (SELECT count() FROM generations) = 0;
