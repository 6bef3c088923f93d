-- What the courts' dockets come to: every entry once, the life of every order, appeals and their
-- cases, filings that stand on several dockets. ${REPLICATED} is '' or 'Replicated'.

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

-- The orders of each case with the stretches of their lives: what was in force at a moment is
-- WHERE in_force AND from_earliest <= t AND (to_latest IS NULL OR t < to_latest). It reports what was
-- docketed; a stretch whose ends are intervals is certain only between from_latest and to_earliest.
CREATE VIEW IF NOT EXISTS orders_in_force AS
SELECT
    case_family, court_id, docket_number, case_name, order_id, document_number, kind, form,
    status, in_force, from_earliest, from_latest, to_earliest, to_latest, clock,
    description, restrains, scope, term_earliest, term_latest, term_words, disputes,
    began_by, began_words, ended_by, confidence, sources, reconstructed, known_at
FROM court_order_states_current;

-- The stretches that a moment (UTC) falls into, stayed, vacated and lapsed ones too: definite, or
-- possible where it lies within the interval of a beginning or an end.
CREATE VIEW IF NOT EXISTS orders_in_force_at AS
SELECT
    if(
        from_latest <= {at:DateTime64(3, 'UTC')}
        AND (to_earliest IS NULL OR {at:DateTime64(3, 'UTC')} < to_earliest),
        'definite',
        'possible'
    ) AS certainty,
    *
FROM orders_in_force
WHERE
    from_earliest <= {at:DateTime64(3, 'UTC')}
    AND (to_latest IS NULL OR {at:DateTime64(3, 'UTC')} <= to_latest);

-- Appeals and the cases they come from, both ways: said by the appeal's docket (its fields or words)
-- or by the district's ('USCA Case Number 25-5067').
CREATE VIEW IF NOT EXISTS case_appeals AS
SELECT
    appeal,
    below AS appeal_of,
    arraySort(groupUniqArray(said_by)) AS said_by,
    arraySort(groupUniqArray(entry_id)) AS entries,
    min(known_at) AS known_since
FROM
(
    SELECT
        concat(court_id, '/', docket_number) AS appeal,
        assumeNotNull(appeal_of) AS below,
        'appeal' AS said_by,
        entry_id,
        known_at
    FROM court_entries_current
    WHERE appeal_of IS NOT NULL
    UNION ALL
    SELECT
        arrayJoin(appeals) AS appeal,
        concat(court_id, '/', docket_number) AS below,
        'case' AS said_by,
        entry_id,
        known_at
    FROM court_entries_current
)
GROUP BY appeal, below;

-- One filing under several dockets of a court: each of its entries, and the others that it names.
CREATE VIEW IF NOT EXISTS entries_filed_together AS
SELECT
    entry_id,
    court_id,
    docket_number,
    assumeNotNull(pacer_doc_id) AS pacer_doc_id,
    arrayFilter(other -> other.2 != entry_id, filed) AS others
FROM court_entries_current
INNER JOIN
(
    SELECT
        court_id,
        pacer_doc_id,
        arraySort(groupUniqArray((docket_number, entry_id))) AS filed
    FROM court_entries_current
    WHERE pacer_doc_id IS NOT NULL
    GROUP BY court_id, pacer_doc_id
    HAVING uniqExact(docket_number) > 1
) AS filings USING (court_id, pacer_doc_id);

ALTER TABLE orders_in_force
    COMMENT COLUMN case_family 'court/docket of the district case, shared by its appeals.',
    COMMENT COLUMN court_id 'Court id as CourtListener writes it: dcd, cadc.',
    COMMENT COLUMN docket_number 'Normalised, without judges'' initials: 1:25-cv-00766.',
    COMMENT COLUMN case_name 'Caption of the case.',
    COMMENT COLUMN order_id 'The order whose life it is.',
    COMMENT COLUMN document_number 'Number of the document on the docket.',
    COMMENT COLUMN kind 'Kind of the order, as tro.',
    COMMENT COLUMN form 'One of: written, oral, unknown.',
    COMMENT COLUMN status 'One of: issued, extended, stayed, vacated, lapsed.',
    COMMENT COLUMN in_force 'It stands in this stretch: issued or extended, neither stayed nor vacated nor lapsed.',
    COMMENT COLUMN from_earliest 'Earliest instant at which the stretch may have begun, UTC.',
    COMMENT COLUMN from_latest 'Latest instant at which it may have begun, UTC.',
    COMMENT COLUMN to_earliest 'Earliest instant at which it may have ended, UTC; null while it is open.',
    COMMENT COLUMN to_latest 'Latest instant at which it may have ended, UTC; null while it is open.',
    COMMENT COLUMN clock 'The clock that the beginning was read from. One of: pronounced, signed, issued, filed, entered, first_seen.',
    COMMENT COLUMN description 'The docketed words.',
    COMMENT COLUMN restrains 'Its words restrain someone.',
    COMMENT COLUMN scope 'Whom and what it covers, in its own words; empty where they do not say.',
    COMMENT COLUMN term_earliest 'The end that the order, or its extension, states for itself: earliest instant, UTC; null where it states none.',
    COMMENT COLUMN term_latest 'The same: latest instant, UTC.',
    COMMENT COLUMN term_words 'The words that state it.',
    COMMENT COLUMN disputes 'What is on record against it, or beside it. what is one of: appealed, kept, rival_times, spoken_and_written, not_on_record.',
    COMMENT COLUMN began_by 'The order that began this stretch: the order itself, or one that acts on it.',
    COMMENT COLUMN began_words 'The words by which it began.',
    COMMENT COLUMN ended_by 'The order that ended it; null while it is open, or where its stated term was over.',
    COMMENT COLUMN confidence '0 to 1.',
    COMMENT COLUMN sources 'Feeds that it rests on.',
    COMMENT COLUMN reconstructed 'Written or interpolated from reports, never received as such.',
    COMMENT COLUMN known_at 'Arrival of the last evidence that it rests on, UTC.';

ALTER TABLE case_appeals
    COMMENT COLUMN appeal 'court/docket of the appeal.',
    COMMENT COLUMN appeal_of 'court/docket of the case that it comes from.',
    COMMENT COLUMN said_by 'Which docket says so: appeal, case, or both.',
    COMMENT COLUMN entries 'Entries that say so.',
    COMMENT COLUMN known_since 'Arrival of the first of them, UTC.';

ALTER TABLE entries_filed_together
    COMMENT COLUMN entry_id 'Identity of the entry.',
    COMMENT COLUMN court_id 'Court id as CourtListener writes it: dcd, cadc.',
    COMMENT COLUMN docket_number 'Normalised, without judges'' initials: 1:25-cv-00766.',
    COMMENT COLUMN pacer_doc_id 'PACER document id with its volatile fourth digit set to 0.',
    COMMENT COLUMN others 'The other entries of the filing: docket number and entry_id.';
