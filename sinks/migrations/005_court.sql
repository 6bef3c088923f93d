-- What the courts' dockets come to: every entry once, and the life of every order.
-- ${REPLICATED} is '' or 'Replicated'.

CREATE TABLE IF NOT EXISTS court_entries
(
    entry_id String COMMENT 'Identity of the entry.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    court_id LowCardinality(String) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number String COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    case_family String COMMENT 'court/docket of the district case, shared by its appeals.',
    case_name Nullable(String) COMMENT 'Caption of the case.',
    appeal_of Nullable(String) COMMENT 'court/docket that this case is an appeal of.',
    appeals Array(String) COMMENT 'court/docket of the appeals that a district entry names.',
    also_on Array(String) COMMENT 'court/docket of other dockets that its words say it is filed under.',
    pacer_case_id Nullable(String) COMMENT 'PACER''s id of the case.',
    entry_number Nullable(Int64) COMMENT 'Number of the entry; null for minute orders.',
    document_number Nullable(String) COMMENT 'Number of the document on the docket.',
    pacer_doc_id Nullable(String) COMMENT 'PACER document id with its volatile fourth digit set to 0.',
    pacer_seq_no Nullable(String) COMMENT 'PACER''s sequence number of the entry.',
    filed_on Nullable(String) COMMENT 'Court-local date, YYYY-MM-DD.',
    short_description String COMMENT 'Name of the docket event.',
    description String COMMENT 'The docketed words.',
    kind LowCardinality(String) COMMENT 'Kind of the order that it is, as tro; no_order where it is none.',
    disposition LowCardinality(String) COMMENT 'One of: granted, denied, granted_in_part, none.',
    rests_on String COMMENT 'The words that decide what it is, or that it is no order; empty where no rule fits.',
    confidence Float64 COMMENT '0 to 1.',
    order_ids Array(String) COMMENT 'The orders that it is: the written one, and one given aloud.',
    clocks Array(Tuple(clock String, at_earliest DateTime64(3, 'UTC'), at_latest DateTime64(3, 'UTC'), source String, source_rank Int64, first_seen Nullable(DateTime64(3, 'UTC')), evidence String)) COMMENT 'Each source''s word on when it was pronounced, signed, issued, filed or entered; source_rank 1 is best.',
    effective_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'The day as of which it says it takes effect, nunc pro tunc, UTC: nothing happened then; null where it does not say.',
    effective_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'The same: last instant of that day, UTC.',
    fields Array(Tuple(field String, source String)) COMMENT 'Source that each merged field was taken from.',
    received Int64 COMMENT 'Records merged into it.',
    sealed Bool COMMENT 'Its document is sealed.',
    sources Array(String) COMMENT 'Feeds that it rests on.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY entry_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Docket entries, one row each, merged from all that was received. Topic court.entries.';

CREATE VIEW IF NOT EXISTS court_entries_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM court_entries FINAL
WHERE is_deleted = 0;

CREATE TABLE IF NOT EXISTS court_order_states
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
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY state_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'The life of each order, stretch by stretch. Topic court.order-states.';

CREATE VIEW IF NOT EXISTS court_order_states_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM court_order_states FINAL
WHERE is_deleted = 0;
