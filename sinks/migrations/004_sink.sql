-- What the sink says of itself: alarms, and the dead letters of every consumer.
-- ${REPLICATED} is '' or 'Replicated': see sinks/migrations/README.md.

CREATE TABLE IF NOT EXISTS sink_conflicts
(
    table_name LowCardinality(String) COMMENT 'Table that the record was meant for',
    identity String COMMENT 'Id of the record',
    revision UInt64 COMMENT 'Revision that two records share',
    stored_bytes UInt64 COMMENT 'Hash of the bytes of the row that stands in the table',
    met_bytes UInt64 COMMENT 'Hash of the other bytes that came with the same id and revision',
    _topic LowCardinality(String) COMMENT 'Kafka topic of the record that was met',
    _partition UInt32 COMMENT 'Its partition',
    _offset UInt64 COMMENT 'Its offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record that was met'
)
ENGINE = ${REPLICATED}ReplacingMergeTree
ORDER BY (table_name, identity, revision, stored_bytes, met_bytes)
COMMENT 'Alarms: the same id and revision came with other bytes. It should be empty.';

CREATE TABLE IF NOT EXISTS dead_letters
(
    source_topic LowCardinality(String) COMMENT 'Topic of the record that could not be used',
    source_partition UInt32 COMMENT 'Its partition',
    source_offset UInt64 COMMENT 'Its offset',
    refused_by LowCardinality(String) COMMENT 'What refused it: sink, or the name of an agent',
    stage LowCardinality(String) COMMENT 'Where, in Kafka Connect''s words: VALUE_CONVERTER is decoding',
    error_class LowCardinality(String) COMMENT 'Class of the error',
    reason String COMMENT 'Why, in words',
    key Nullable(String) COMMENT 'Kafka key, as text where it is text, else hexadecimal',
    bytes UInt64 COMMENT 'Length of its value; the value itself stays in the topic',
    _topic LowCardinality(String) COMMENT 'Kafka topic of the dead letter',
    _partition UInt32 COMMENT 'Its partition',
    _offset UInt64 COMMENT 'Its offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'When it was refused'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_offset)
ORDER BY (source_topic, source_partition, source_offset, refused_by)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Records that could not be used, by every consumer. Topics *.dlq.';

CREATE VIEW IF NOT EXISTS dead_letters_current AS
SELECT * EXCEPT (_partition, _timestamp, _topic, _offset), _timestamp AS refused_at
FROM dead_letters FINAL;
