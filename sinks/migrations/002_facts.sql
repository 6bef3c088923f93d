-- Facts: the row of an id with the highest revision counts; is_deleted retracts it. Nothing but
-- the id is in ORDER BY, and there are no partitions: both would have to stay the same for ever.
-- ${REPLICATED} is '' or 'Replicated': see sinks/migrations/README.md.

CREATE TABLE IF NOT EXISTS flights_legs
(
    leg_id String COMMENT 'Identity of the leg.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    icao24 String COMMENT '24-bit address, six lower-case hexadecimal digits.',
    registration LowCardinality(Nullable(String)) COMMENT 'Tail number, as N278GX.',
    callsign Nullable(String) COMMENT 'Callsign as transmitted or reported; weak evidence.',
    origin Nullable(String) COMMENT 'Airport, ICAO code; null where not sure.',
    destination Nullable(String) COMMENT 'Airport, ICAO code; null where not sure.',
    origin_candidates Array(String) COMMENT 'Airports that it may have left from.',
    destination_candidates Array(String) COMMENT 'Airports that it may have landed at.',
    takeoff_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'Earliest instant of wheels off, UTC.',
    takeoff_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest instant of wheels off, UTC.',
    takeoff_basis LowCardinality(String) COMMENT 'One of: observed, extrapolated, gap, reported, reported_bound, unseen.',
    landing_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'Earliest instant of wheels on, UTC; null while the leg is open.',
    landing_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest instant of wheels on, UTC; null while the leg is open.',
    landing_basis LowCardinality(String) COMMENT 'One of: observed, extrapolated, gap, reported, reported_bound, unseen.',
    observed_from DateTime64(3, 'UTC') COMMENT 'First reading in the air, UTC.',
    observed_through DateTime64(3, 'UTC') COMMENT 'Last reading in the air, UTC.',
    gaps Array(Tuple(gap_from DateTime64(3, 'UTC'), gap_to DateTime64(3, 'UTC'), reason String)) COMMENT 'Stretches without readings.',
    track Array(Tuple(at DateTime64(3, 'UTC'), latitude Float64, longitude Float64, altitude_m Nullable(Float64))) COMMENT 'Thinned track: degrees, metres.',
    readings Int64 COMMENT 'Readings that belong to the leg.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    masked Bool COMMENT 'Privacy address: the hex is not the aircraft''s own.',
    left_us_earliest Nullable(DateTime64(3, 'UTC')) COMMENT 'Earliest instant at which it left US territory and its 12 nautical miles; null where it never did.',
    left_us_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'When it left US territory and its 12 nautical miles; both null where it never did.',
    left_us LowCardinality(String) COMMENT 'One of: yes, no, unknown.',
    mission_id String COMMENT 'Id of the mission: the first leg''s id where stops between legs are short, else its own.',
    mission_index Int64 COMMENT '0 for the mission''s first leg.',
    sources Array(String) COMMENT 'Feeds that it rests on.',
    cites Array(String) COMMENT 'For a reconstructed record: where its facts were read.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY leg_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Legs: one take-off to one landing of one aircraft. Topic flights.legs.';

CREATE VIEW IF NOT EXISTS flights_legs_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM flights_legs FINAL
WHERE is_deleted = 0;

CREATE TABLE IF NOT EXISTS court_orders
(
    order_id String COMMENT 'Identity of the order.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    case_family String COMMENT 'court/docket of the district case, shared by its appeals.',
    court_id LowCardinality(String) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    docket_number String COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766.',
    case_name Nullable(String) COMMENT 'Caption of the case.',
    pacer_case_id Nullable(String) COMMENT 'PACER''s id of the case.',
    document_number Nullable(String) COMMENT 'Number of the document on the docket.',
    pacer_doc_id Nullable(String) COMMENT 'PACER document id with its volatile fourth digit set to 0.',
    kind LowCardinality(String) COMMENT 'One of: tro, preliminary_injunction, minute_order, oral_order, stay, extension, vacatur, denial, contempt, notice_of_appeal, appellate_order, judgment, other_order.',
    form LowCardinality(String) COMMENT 'One of: written, oral, unknown.',
    disposition LowCardinality(String) COMMENT 'One of: granted, denied, granted_in_part, none.',
    moved_by Nullable(String) COMMENT 'Who asked for it.',
    judges Array(String) COMMENT 'Judges who made it.',
    description String COMMENT 'The docketed words.',
    rests_on String COMMENT 'The words the classification rests on, a substring of the description.',
    confidence Float64 COMMENT '0 to 1.',
    clocks Array(Tuple(clock String, at_earliest DateTime64(3, 'UTC'), at_latest DateTime64(3, 'UTC'), source String, source_rank Int64, first_seen Nullable(DateTime64(3, 'UTC')), evidence String)) COMMENT 'Each source''s word on when it was pronounced, signed, issued, filed or entered; source_rank 1 is best.',
    appeal_of Nullable(String) COMMENT 'court/docket that this case is an appeal of.',
    sources Array(String) COMMENT 'Feeds that it rests on.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY order_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Court orders with all their clocks. Topic court.orders.';

CREATE VIEW IF NOT EXISTS court_orders_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM court_orders FINAL
WHERE is_deleted = 0;

CREATE TABLE IF NOT EXISTS news_mentions
(
    mention_id String COMMENT 'Identity of the mention.',
    revision UInt64 COMMENT 'Causing input: epoch << 48 | offset. The higher replaces the lower.',
    is_deleted UInt8 COMMENT '1 where it is retracted.',
    known_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Arrival of the last evidence that it rests on, UTC.',
    article_id String COMMENT 'Canonical URL, or the source''s own id where there is none.',
    url Nullable(String) COMMENT 'Canonical URL.',
    outlet LowCardinality(String) COMMENT 'Who published it.',
    title String COMMENT 'Headline or title.',
    published_at DateTime64(3, 'UTC') COMMENT 'When the article was published, UTC, by its outlet.',
    type LowCardinality(String) COMMENT 'One of: visit.planned, visit.occurred, statement.made, order.pronounced, order.issued, order.entered, order.extended, order.stayed, order.vacated, appeal.filed, appeal.ruled, flight.departed, flight.landed, mission.linked, claim.asserted, claim.retracted.',
    actors Array(String) COMMENT 'Officials, judges, courts, agencies, companies that act.',
    recipients Array(String) COMMENT 'Those acted upon; never private persons.',
    place Nullable(String) COMMENT 'Where, as named.',
    valid_from DateTime64(3, 'UTC') COMMENT 'Earliest instant of what happened, UTC.',
    valid_to DateTime64(3, 'UTC') COMMENT 'Latest instant of what happened, UTC.',
    precision LowCardinality(String) COMMENT 'One of: instant, minute, hour, day, longer.',
    confidence Float64 COMMENT '0 to 1.',
    quote String COMMENT 'The words it rests on, a substring of the article''s text.',
    docket_numbers Array(String) COMMENT 'Dockets named.',
    court_id LowCardinality(Nullable(String)) COMMENT 'Court id as CourtListener writes it: dcd, cadc.',
    flight_numbers Array(String) COMMENT 'As written, without the operator: 6143.',
    registrations Array(String) COMMENT 'Tail numbers named.',
    airports Array(String) COMMENT 'Airports named, ICAO codes.',
    claims_removal Bool COMMENT 'The words say that the flights carried people removed from the country.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was published',
    _bytes UInt64 COMMENT 'Hash of the record''s bytes: the same id and revision always has the same'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY mention_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'What articles say happened. Topic news.mentions.';

CREATE VIEW IF NOT EXISTS news_mentions_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS logged_at
FROM news_mentions FINAL
WHERE is_deleted = 0;
