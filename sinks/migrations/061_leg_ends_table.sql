-- What `airborne_at` needs of a leg, in a narrow table of its own, so that a moment's flights are
-- looked up and not looked for. flights_legs lies by id in granules of 8,192: a moment's legs are in
-- all of them, and however few there are, every column is unpacked whole. Measured beside it, on
-- 100,000 legs, and not taken:
-- - projections of flights_legs: the planner takes the one with the fewest granules, whatever is in
--   them, and small granules, which is what helps, are many;
-- - all that is asked packed into one column: 18 ms to unpack, as long as the fifteen;
-- - flights_legs itself made anew with small granules: not where its engine is Replicated, since
--   such tables cannot be exchanged.
-- ${REPLICATED} is '' or 'Replicated': see sinks/migrations/README.md.

-- Identity and version are those of flights_legs, and so FINAL says the same of both. A leg that
-- moved to another time or mission has its old row until a merge, here and in the projections: they
-- only say which ids to look at, and the row that stands of an id decides.
-- Compact parts: a leg is one place on the disk, not twenty. No deduplication window: a block that
-- comes twice is merged away, and none may be left out.
CREATE TABLE IF NOT EXISTS flights_leg_ends
(
    leg_id String,
    revision UInt64,
    is_deleted UInt8,
    mission_id String,
    -- By it the legs of a mission follow each other.
    place Tuple(mission_index Int64, observed_from DateTime64(3, 'UTC'), leg_id String),
    leg Tuple(icao24 String, origin Nullable(String), destination Nullable(String)),
    flight Nullable(String),
    callsign Nullable(String),
    registration LowCardinality(Nullable(String)),
    off_earliest DateTime64(3, 'UTC'),
    off_latest DateTime64(3, 'UTC'),
    on_earliest DateTime64(3, 'UTC'),
    on_latest DateTime64(3, 'UTC'),
    is_long Bool,
    off_reported UInt8,
    on_reported UInt8,
    off_gap Nullable(String),
    on_gap Nullable(String),
    masked Bool,
    reconstructed Bool,
    known_at Nullable(DateTime64(3, 'UTC')),
    -- redact looks for what a row rests on; a rebuild, for whose it is.
    cites Array(String),
    _topic LowCardinality(String),
    -- Legs under way at a moment are one stretch of this, but for the few longer than 36 hours.
    PROJECTION by_end (SELECT is_long, on_latest, off_earliest, mission_id ORDER BY is_long, on_latest),
    PROJECTION by_mission (SELECT mission_id, leg_id ORDER BY mission_id)
)
ENGINE = ${REPLICATED}ReplacingMergeTree(revision, is_deleted)
ORDER BY leg_id
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 1000000000000,
deduplicate_merge_projection_mode = 'rebuild',
non_replicated_deduplication_window = 0, replicated_deduplication_window = 0
COMMENT 'What airborne_at reads of a leg.';

-- Filled by whatever fills flights_legs. It goes by that name, whichever table bears it after a
-- rebuild or redact has exchanged it.
CREATE MATERIALIZED VIEW IF NOT EXISTS flights_leg_ends_feed TO flights_leg_ends AS
SELECT
    leg_id,
    revision,
    is_deleted,
    mission_id,
    (mission_index, observed_from, leg_id) AS place,
    (icao24, origin, destination) AS leg,
    nullIf(if(match(callsign, '^[A-Za-z]{3}.'), substring(callsign, 4), callsign), '') AS flight,
    nullIf(callsign, '') AS callsign,
    nullIf(registration, '') AS registration,
    _off_earliest AS off_earliest,
    _off_latest AS off_latest,
    _on_earliest AS on_earliest,
    _on_latest AS on_latest,
    (_on_latest > _off_earliest + INTERVAL 36 HOUR)::Bool AS is_long,
    bitAnd(_marks, 3) AS off_reported,
    bitAnd(bitShiftRight(_marks, 2), 3) AS on_reported,
    nullIf(_off_gap, '') AS off_gap,
    nullIf(_on_gap, '') AS on_gap,
    masked,
    reconstructed,
    known_at,
    cites,
    _topic
FROM flights_legs;

-- Legs from before. The feed stands already, so that none slips between; what comes twice is one row.
INSERT INTO flights_leg_ends
SELECT
    leg_id,
    revision,
    is_deleted,
    mission_id,
    (mission_index, observed_from, leg_id) AS place,
    (icao24, origin, destination) AS leg,
    nullIf(if(match(callsign, '^[A-Za-z]{3}.'), substring(callsign, 4), callsign), '') AS flight,
    nullIf(callsign, '') AS callsign,
    nullIf(registration, '') AS registration,
    _off_earliest AS off_earliest,
    _off_latest AS off_latest,
    _on_earliest AS on_earliest,
    _on_latest AS on_latest,
    (_on_latest > _off_earliest + INTERVAL 36 HOUR)::Bool AS is_long,
    bitAnd(_marks, 3) AS off_reported,
    bitAnd(bitShiftRight(_marks, 2), 3) AS on_reported,
    nullIf(_off_gap, '') AS off_gap,
    nullIf(_on_gap, '') AS on_gap,
    masked,
    reconstructed,
    known_at,
    cites,
    _topic
FROM flights_legs
SETTINGS max_insert_threads = 1, max_threads = 1, min_insert_block_size_rows = 262144;
