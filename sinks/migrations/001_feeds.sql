-- What the feeds received, append-only. A record is identified by what it is: the entity, the
-- time and the source that its ORDER BY names, and a hash of all that the source said. The same
-- reading fetched twice is one row; a reading that the source changed is another.
-- ${REPLICATED} is '' or 'Replicated': see sinks/migrations/README.md.

CREATE TABLE IF NOT EXISTS flights_positions
(
    source LowCardinality(String) COMMENT 'Name of the feed, as opensky or recording.',
    kind LowCardinality(String) COMMENT 'The KIND whose parser made it, as flights.trace.',
    fetched_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the feed fetched it, UTC; null where not known.',
    icao24 String COMMENT '24-bit address, six lower-case hexadecimal digits; a leading ~ marks one that is not ICAO''s.',
    callsign Nullable(String) COMMENT 'Callsign as transmitted or reported; weak evidence.',
    registration LowCardinality(Nullable(String)) COMMENT 'Tail number, as N278GX.',
    aircraft_type LowCardinality(Nullable(String)) COMMENT 'ICAO type designator, as A320.',
    observed_at DateTime64(3, 'UTC') COMMENT 'When the position was measured, by the source''s clock.',
    latitude Float64 COMMENT 'Degrees north, WGS 84.',
    longitude Float64 COMMENT 'Degrees east, WGS 84.',
    altitude_m Nullable(Float64) COMMENT 'Barometric altitude, metres.',
    geometric_altitude_m Nullable(Float64) COMMENT 'Altitude above the WGS 84 ellipsoid, metres.',
    ground_speed_mps Nullable(Float64) COMMENT 'Speed over ground, metres per second.',
    track_deg Nullable(Float64) COMMENT 'Track over ground, degrees clockwise from true north.',
    vertical_rate_mps Nullable(Float64) COMMENT 'Climb rate, metres per second, positive upwards.',
    on_ground Nullable(Bool) COMMENT 'Ground flag; null where not received.',
    stale Bool COMMENT 'The source repeats an old position.',
    new_leg Bool COMMENT 'The source believes that a new leg starts here.',
    masked Bool COMMENT 'Privacy address: the hex is not the aircraft''s own.',
    reconstructed Bool COMMENT 'Interpolated from reported times, never received from a radio.',
    uncertainty_s Nullable(Float64) COMMENT 'For a reconstructed reading: the reported time is right to plus or minus this many seconds.',
    bound LowCardinality(Nullable(String)) COMMENT 'For a reconstructed end: the source only says that it came after, or before, a time. One of: after, before.',
    cites Nullable(String) COMMENT 'For a reconstructed reading: the source that reports the time.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was logged',
    _content UInt64 MATERIALIZED cityHash64(tuple(kind, callsign, registration, aircraft_type, latitude, longitude, altitude_m, geometric_altitude_m, ground_speed_mps, track_deg, vertical_rate_mps, on_ground, stale, new_leg, masked, reconstructed, uncertainty_s, bound, cites)) COMMENT 'Hash of all that the source said, the fetch time left out',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of records that say the same the first stays, with the time it came'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
PARTITION BY toYYYYMM(observed_at)
ORDER BY (icao24, observed_at, source, _content)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Position reports of aircraft, as received. Topic flights.positions.';

CREATE VIEW IF NOT EXISTS flights_positions_current AS
SELECT * EXCEPT (_topic, _partition, _offset, _timestamp), _timestamp AS logged_at
FROM flights_positions FINAL;

CREATE TABLE IF NOT EXISTS court_docket_entries
(
    source LowCardinality(String) COMMENT 'Name of the feed, as opensky or recording.',
    kind LowCardinality(String) COMMENT 'The KIND whose parser made it, as flights.trace.',
    fetched_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the feed fetched it, UTC; null where not known.',
    court_id LowCardinality(String) COMMENT 'Court id as CourtListener writes it: dcd, cadc, nysd is sdny.',
    docket_number String COMMENT 'Normalised, without judges'' initials: 1:25-cv-00766, 25-5067.',
    docket_number_raw String COMMENT 'Docket number as the source writes it.',
    pacer_case_id Nullable(String) COMMENT 'PACER''s id of the case.',
    case_name Nullable(String) COMMENT 'Caption of the case.',
    entry_number Nullable(Int64) COMMENT 'Number of the entry; null for minute orders.',
    document_number Nullable(String) COMMENT 'Number of the document on the docket.',
    pacer_doc_id Nullable(String) COMMENT 'PACER document id with its volatile fourth digit set to 0.',
    pacer_seq_no Nullable(String) COMMENT 'PACER''s sequence number of the entry.',
    source_entry_id Nullable(String) COMMENT 'The source''s own id of the entry (RSS guid, CourtListener''s id).',
    source_docket_id Nullable(String) COMMENT 'The source''s own id of the docket.',
    entered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was entered on the docket, UTC; the earliest instant where it is an interval.',
    entered_at_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Last instant at which it may have been entered; null where entered_at is exact.',
    entered_raw Nullable(String) COMMENT 'The text that entered_at was read from.',
    filed_on Nullable(String) COMMENT 'Court-local date, YYYY-MM-DD.',
    filed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was filed, UTC; the earliest instant where it is an interval.',
    filed_at_latest Nullable(DateTime64(3, 'UTC')) COMMENT 'Last instant at which it may have been filed.',
    short_description String COMMENT 'The source''s short description.',
    description String COMMENT 'The docketed words.',
    assigned_to Nullable(String) COMMENT 'Judge it is assigned to.',
    appeal_from_court_id Nullable(String) COMMENT 'Court that this case is an appeal from.',
    appeal_from_docket_number Nullable(String) COMMENT 'Docket that this case is an appeal from.',
    sealed Bool COMMENT 'Whether the source marks it sealed.',
    reconstructed Bool COMMENT 'Written or interpolated from reports, never received as such.',
    cites Nullable(String) COMMENT 'For a reconstructed record: where its facts were read.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was logged',
    _content UInt64 MATERIALIZED cityHash64(tuple(kind, docket_number_raw, pacer_case_id, case_name, entry_number, document_number, pacer_doc_id, pacer_seq_no, source_entry_id, source_docket_id, entered_at, entered_at_latest, entered_raw, filed_on, filed_at, filed_at_latest, short_description, description, assigned_to, appeal_from_court_id, appeal_from_docket_number, sealed, reconstructed, cites)) COMMENT 'Hash of all that the source said, the fetch time left out',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of records that say the same the first stays, with the time it came'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
PARTITION BY tuple()
ORDER BY (court_id, docket_number, source, _content)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Entries of court dockets, as each source gave them. Topic court.docket-entries.';

CREATE VIEW IF NOT EXISTS court_docket_entries_current AS
SELECT * EXCEPT (_topic, _partition, _offset, _timestamp), _timestamp AS logged_at
FROM court_docket_entries FINAL;

CREATE TABLE IF NOT EXISTS news_articles
(
    source LowCardinality(String) COMMENT 'Name of the feed, as opensky or recording.',
    kind LowCardinality(String) COMMENT 'The KIND whose parser made it, as flights.trace.',
    fetched_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the feed fetched it, UTC; null where not known.',
    article_id String COMMENT 'Canonical URL, or the source''s own id where there is none.',
    url Nullable(String) COMMENT 'Canonical URL.',
    guid Nullable(String) COMMENT 'The feed''s own id of the item.',
    version Nullable(String) COMMENT 'The source''s own version, if it has one.',
    status LowCardinality(String) COMMENT 'One of: usable, withheld, canceled.',
    outlet LowCardinality(String) COMMENT 'Who published it.',
    byline Nullable(String) COMMENT 'Author as given.',
    language LowCardinality(Nullable(String)) COMMENT 'Language tag, as en.',
    title String COMMENT 'Headline or title.',
    text String COMMENT 'Text of the article.',
    published_at DateTime64(3, 'UTC') COMMENT 'When the article was published, UTC, by its outlet.',
    updated_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the outlet says it was last changed, UTC.',
    content_hash String COMMENT 'SHA-256, hexadecimal, of title and text.',
    reconstructed Bool COMMENT 'Written for a recording in our own words, not received from the outlet.',
    cites Nullable(String) COMMENT 'For a reconstructed record: where its facts were read.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was logged',
    _content UInt64 MATERIALIZED cityHash64(tuple(kind, url, guid, version, status, outlet, byline, language, title, text, published_at, updated_at, content_hash, reconstructed, cites)) COMMENT 'Hash of all that the source said, the fetch time left out',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of records that say the same the first stays, with the time it came'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
PARTITION BY tuple()
ORDER BY (article_id, source, _content)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'Versions of articles. Topic news.articles.';

CREATE VIEW IF NOT EXISTS news_articles_current AS
SELECT * EXCEPT (_topic, _partition, _offset, _timestamp), _timestamp AS logged_at
FROM news_articles FINAL;

CREATE TABLE IF NOT EXISTS feed_progress
(
    feed LowCardinality(String) COMMENT 'Name of the feed.',
    topic LowCardinality(String) COMMENT 'The feed topic it speaks of, as flights.positions.',
    scope String COMMENT '* for all, or an ICAO24, a court id, an outlet.',
    complete_through Nullable(DateTime64(3, 'UTC')) COMMENT 'Everything up to here has been published, by the source''s own clock.',
    outage_from Nullable(DateTime64(3, 'UTC')) COMMENT 'Begin of a gap in the feed, UTC.',
    outage_to Nullable(DateTime64(3, 'UTC')) COMMENT 'End of the gap, UTC.',
    reason Nullable(String) COMMENT 'Why, in words.',
    fetched_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the feed fetched it, UTC; null where not known.',
    _topic LowCardinality(String) COMMENT 'Kafka topic that it came from',
    _partition UInt32 COMMENT 'Kafka partition',
    _offset UInt64 COMMENT 'Kafka offset',
    _timestamp DateTime64(3, 'UTC') COMMENT 'Kafka''s time of the record: when it was logged',
    _content UInt64 MATERIALIZED cityHash64(tuple(complete_through, outage_from, outage_to, reason)) COMMENT 'Hash of all that the source said, the fetch time left out',
    _first UInt64 MATERIALIZED 18446744073709551615 - _offset COMMENT 'The version: of records that say the same the first stays, with the time it came'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(_first)
PARTITION BY tuple()
ORDER BY (feed, topic, scope, _content)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000
COMMENT 'How far each feed has come, and its outages. Topic feed.progress.';

CREATE VIEW IF NOT EXISTS feed_progress_current AS
SELECT * EXCEPT (_topic, _partition, _offset, _timestamp), _timestamp AS logged_at
FROM feed_progress FINAL;
