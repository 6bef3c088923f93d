-- What the pipeline publishes: the newest revision of each id, and every revision ever published
-- (*_history, from the .changes twins, append-only, never rebuilt).
-- ${REPLICATED} is '' or 'Replicated': see sinks/migrations/README.md.

CREATE TABLE IF NOT EXISTS policy_events
(
    event_id String COMMENT 'Identity of the event.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    type LowCardinality(String) COMMENT 'One of: visit.planned, visit.occurred, statement.made, order.pronounced, order.issued, order.entered, order.extended, order.stayed, order.vacated, appeal.filed, appeal.ruled, flight.departed, flight.landed, mission.linked, claim.asserted, claim.retracted.',
    subject_type LowCardinality(String) COMMENT 'One of: order, flight, none.',
    subject_id Nullable(String) COMMENT 'Id of what it is about.',
    title String COMMENT 'Headline or title.',
    actors Array(String) COMMENT 'Officials, judges, courts, agencies, companies that act.',
    recipients Array(String) COMMENT 'Those acted upon; never private persons.',
    place Nullable(String) COMMENT 'Where, as named.',
    court_id LowCardinality(Nullable(String)) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number Nullable(String) COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    valid_from DateTime64(3, 'UTC') COMMENT 'Earliest instant of what happened, UTC.',
    valid_to DateTime64(3, 'UTC') COMMENT 'Latest instant of what happened, UTC.',
    confidence Float64 COMMENT '0 to 1.',
    quote String COMMENT 'Words that it rests on.',
    reports Array(Tuple(outlet String, url Nullable(String), title String, article_id String, mention_id String, published_at DateTime64(3, 'UTC'), quote String)) COMMENT 'Everyone who reported it.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY event_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Things that happened, with everyone who reported them. Topic policy.events.';

CREATE VIEW IF NOT EXISTS policy_events_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS published_at
FROM policy_events FINAL
WHERE is_deleted = 0;

CREATE TABLE IF NOT EXISTS policy_links
(
    link_id String COMMENT 'Identity of the link.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    relation LowCardinality(String) COMMENT 'One of: airborne_at, departed_after, landed_before, reported_by, claims_about, appeal_of, part_of_mission.',
    subject_type LowCardinality(String) COMMENT 'One of: flight, leg, order, mention, event.',
    subject_id String COMMENT 'Id of what it is about.',
    object_type LowCardinality(String) COMMENT 'One of: order, flight, article, case.',
    object_id String COMMENT 'Id of the object.',
    certainty LowCardinality(String) COMMENT 'One of: definite, possible, no, unknown.',
    phase LowCardinality(String) COMMENT 'One of: before_takeoff, airborne, after_landing, between_legs, unknown.',
    margin_s Nullable(Float64) COMMENT 'Seconds by which the answer holds; null where no source supports a figure.',
    clock LowCardinality(Nullable(String)) COMMENT 'One of: pronounced, signed, issued, filed, entered, first_seen.',
    at_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'Earliest instant of the clock, UTC.',
    at_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest instant of the clock, UTC.',
    clock_source LowCardinality(Nullable(String)) COMMENT 'Source whose time was chosen.',
    policy LowCardinality(Nullable(String)) COMMENT 'Name of the policy that chose among rival times.',
    rivals Array(Tuple(at_earliest DateTime64(3, 'UTC'), at_latest DateTime64(3, 'UTC'), source String, certainty String, phase String, margin_s Nullable(Float64))) COMMENT 'What the answer would be if another source''s time were true.',
    leg_id Nullable(String) COMMENT 'The leg in the air at that moment, or the one next to it.',
    icao24 Nullable(String) COMMENT '24-bit address, six lower-case hexadecimal digits.',
    flight Nullable(String) COMMENT 'Flight number without the operator''s prefix: 6143.',
    callsign Nullable(String) COMMENT 'Callsign as transmitted or reported; weak evidence.',
    registration LowCardinality(Nullable(String)) COMMENT 'Tail number, as N278GX.',
    order_kind LowCardinality(Nullable(String)) COMMENT 'Kind of the order, as tro.',
    court_id LowCardinality(Nullable(String)) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number Nullable(String) COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    case_family Nullable(String) COMMENT 'court/docket of the district case, shared by its appeals.',
    latitude Nullable(Float64) COMMENT 'Degrees north, WGS 84.',
    longitude Nullable(Float64) COMMENT 'Degrees east, WGS 84.',
    left_us LowCardinality(String) COMMENT 'One of: yes, no, unknown.',
    claimed_removal Bool COMMENT 'A source claims that it is a removal flight.',
    claimed_by Array(String) COMMENT 'Who claims it.',
    claimed_since Nullable(DateTime64(3, 'UTC')) COMMENT 'When the claim was first published, UTC.',
    gap Nullable(String) COMMENT 'The coverage gap or outage that makes it unknown, in words.',
    evidence Array(String) COMMENT 'Ids or short words of what the link rests on.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY link_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Subject, relation, object, how sure, and why. Topic policy.links.';

CREATE VIEW IF NOT EXISTS policy_links_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS published_at
FROM policy_links FINAL
WHERE is_deleted = 0;

CREATE TABLE IF NOT EXISTS policy_events_history
(
    event_id String COMMENT 'Identity of the event.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    type LowCardinality(String) COMMENT 'One of: visit.planned, visit.occurred, statement.made, order.pronounced, order.issued, order.entered, order.extended, order.stayed, order.vacated, appeal.filed, appeal.ruled, flight.departed, flight.landed, mission.linked, claim.asserted, claim.retracted.',
    subject_type LowCardinality(String) COMMENT 'One of: order, flight, none.',
    subject_id Nullable(String) COMMENT 'Id of what it is about.',
    title String COMMENT 'Headline or title.',
    actors Array(String) COMMENT 'Officials, judges, courts, agencies, companies that act.',
    recipients Array(String) COMMENT 'Those acted upon; never private persons.',
    place Nullable(String) COMMENT 'Where, as named.',
    court_id LowCardinality(Nullable(String)) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number Nullable(String) COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    valid_from DateTime64(3, 'UTC') COMMENT 'Earliest instant of what happened, UTC.',
    valid_to DateTime64(3, 'UTC') COMMENT 'Latest instant of what happened, UTC.',
    confidence Float64 COMMENT '0 to 1.',
    quote String COMMENT 'Words that it rests on.',
    reports Array(Tuple(outlet String, url Nullable(String), title String, article_id String, mention_id String, published_at DateTime64(3, 'UTC'), quote String)) COMMENT 'Everyone who reported it.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when this revision was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes',
    generation UInt32 DEFAULT 0 COMMENT 'Goes up by one with each rebuild that was swapped in',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of a revision published twice the first stays, with its time'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
ORDER BY (event_id, generation, revision)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Every revision of policy_events. Topic policy.events.changes.';

CREATE TABLE IF NOT EXISTS policy_links_history
(
    link_id String COMMENT 'Identity of the link.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    relation LowCardinality(String) COMMENT 'One of: airborne_at, departed_after, landed_before, reported_by, claims_about, appeal_of, part_of_mission.',
    subject_type LowCardinality(String) COMMENT 'One of: flight, leg, order, mention, event.',
    subject_id String COMMENT 'Id of what it is about.',
    object_type LowCardinality(String) COMMENT 'One of: order, flight, article, case.',
    object_id String COMMENT 'Id of the object.',
    certainty LowCardinality(String) COMMENT 'One of: definite, possible, no, unknown.',
    phase LowCardinality(String) COMMENT 'One of: before_takeoff, airborne, after_landing, between_legs, unknown.',
    margin_s Nullable(Float64) COMMENT 'Seconds by which the answer holds; null where no source supports a figure.',
    clock LowCardinality(Nullable(String)) COMMENT 'One of: pronounced, signed, issued, filed, entered, first_seen.',
    at_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'Earliest instant of the clock, UTC.',
    at_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest instant of the clock, UTC.',
    clock_source LowCardinality(Nullable(String)) COMMENT 'Source whose time was chosen.',
    policy LowCardinality(Nullable(String)) COMMENT 'Name of the policy that chose among rival times.',
    rivals Array(Tuple(at_earliest DateTime64(3, 'UTC'), at_latest DateTime64(3, 'UTC'), source String, certainty String, phase String, margin_s Nullable(Float64))) COMMENT 'What the answer would be if another source''s time were true.',
    leg_id Nullable(String) COMMENT 'The leg in the air at that moment, or the one next to it.',
    icao24 Nullable(String) COMMENT '24-bit address, six lower-case hexadecimal digits.',
    flight Nullable(String) COMMENT 'Flight number without the operator''s prefix: 6143.',
    callsign Nullable(String) COMMENT 'Callsign as transmitted or reported; weak evidence.',
    registration LowCardinality(Nullable(String)) COMMENT 'Tail number, as N278GX.',
    order_kind LowCardinality(Nullable(String)) COMMENT 'Kind of the order, as tro.',
    court_id LowCardinality(Nullable(String)) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number Nullable(String) COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    case_family Nullable(String) COMMENT 'court/docket of the district case, shared by its appeals.',
    latitude Nullable(Float64) COMMENT 'Degrees north, WGS 84.',
    longitude Nullable(Float64) COMMENT 'Degrees east, WGS 84.',
    left_us LowCardinality(String) COMMENT 'One of: yes, no, unknown.',
    claimed_removal Bool COMMENT 'A source claims that it is a removal flight.',
    claimed_by Array(String) COMMENT 'Who claims it.',
    claimed_since Nullable(DateTime64(3, 'UTC')) COMMENT 'When the claim was first published, UTC.',
    gap Nullable(String) COMMENT 'The coverage gap or outage that makes it unknown, in words.',
    evidence Array(String) COMMENT 'Ids or short words of what the link rests on.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when this revision was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes',
    generation UInt32 DEFAULT 0 COMMENT 'Goes up by one with each rebuild that was swapped in',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of a revision published twice the first stays, with its time'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
ORDER BY (link_id, generation, revision)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Every revision of policy_links. Topic policy.links.changes.';
