-- Where the act is that began a stretch, what an entry itself says of where its case comes from
-- (order_state and docketed_entry, version 2), and every revision of the stretches.
-- Rows from before have the defaults until a rebuild writes them anew.
ALTER TABLE court_order_states
    ADD COLUMN IF NOT EXISTS began_in String AFTER reconstructed;

ALTER TABLE court_entries
    ADD COLUMN IF NOT EXISTS says_appeal_of Nullable(String) AFTER reconstructed;

CREATE TABLE IF NOT EXISTS court_order_states_history
(
    state_id String COMMENT 'Identity of the stretch.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    case_family String COMMENT 'court/docket of the district case, shared by its appeals.',
    court_id LowCardinality(String) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number String COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    case_name Nullable(String) COMMENT 'Caption of the case.',
    order_id String COMMENT 'The order whose life it is.',
    document_number Nullable(String) COMMENT 'Number of the document on the docket.',
    kind LowCardinality(String) COMMENT 'Kind of the order, as tro.',
    form LowCardinality(String) COMMENT 'One of: written, oral, unknown.',
    status LowCardinality(String) COMMENT 'One of: issued, extended, stayed, vacated, lapsed.',
    in_force Bool COMMENT 'It stands in this stretch: issued or extended, neither stayed nor vacated nor lapsed.',
    from_earliest DateTime64(3, 'UTC') COMMENT 'Earliest instant at which the stretch may have begun, UTC.',
    from_latest DateTime64(3, 'UTC') COMMENT 'Latest instant at which it may have begun, UTC.',
    to_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'Earliest instant at which it may have ended, UTC; null while it is open.',
    to_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest instant at which it may have ended, UTC; null while it is open.',
    clock LowCardinality(String) COMMENT 'The clock that the beginning was read from. One of: pronounced, signed, issued, filed, entered, first_seen.',
    began_by String COMMENT 'The order that began this stretch: the order itself, or one that acts on it.',
    ended_by Nullable(String) COMMENT 'The order that ended it; null while it is open, or where its stated term was over.',
    began_words String COMMENT 'The words by which it began.',
    term_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'The end that the order, or its extension, states for itself: earliest instant, UTC; null where it states none.',
    term_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'The same: latest instant, UTC.',
    term_words Nullable(String) COMMENT 'The words that state it.',
    restrains Bool COMMENT 'Its words restrain someone.',
    scope Array(String) COMMENT 'Whom and what it covers, in its own words; empty where they do not say.',
    disputes Array(Tuple(what String, order_id Nullable(String), words String)) COMMENT 'What is on record against it, or beside it. what is one of: appealed, kept, rival_times, spoken_and_written, not_on_record.',
    description String COMMENT 'The docketed words.',
    confidence Float64 COMMENT '0 to 1.',
    sources Array(String) COMMENT 'Feeds that it rests on.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    began_in String COMMENT 'court/docket of the order that began it.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when this revision was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes',
    generation UInt32 DEFAULT 0 COMMENT 'Goes up by one with each rebuild that was swapped in',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of a revision published twice the first stays, with its time'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
ORDER BY (state_id, generation, revision)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Every revision of court_order_states. Topic court.order-states.changes.';

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW court_order_states_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM court_order_states FINAL
WHERE is_deleted = 0;

CREATE OR REPLACE VIEW court_entries_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM court_entries FINAL
WHERE is_deleted = 0;
