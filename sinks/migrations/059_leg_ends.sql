-- The ends of a leg are worked out when it is written, not each time that somebody asks about it.
-- Legs lie by a hashed id, so that a moment's legs are in every granule and no index on time leaves
-- one out: what a question costs is columns read and expressions planned, so both are kept few.
-- The rules, and the hours in them, are those of streams/relations (timeline.py).

-- Columns that begin with _ are ours; `SELECT *` does not give them, and no insert fills them.
-- LZ4, not ZSTD: all of them are read at each question.
ALTER TABLE flights_legs
    ADD COLUMN IF NOT EXISTS _on_basis LowCardinality(String)
    MATERIALIZED if(landing_earliest IS NULL OR landing_latest IS NULL, 'unseen', landing_basis),
    ADD COLUMN IF NOT EXISTS _off_latest DateTime64(3, 'UTC')
    MATERIALIZED coalesce(takeoff_latest, observed_from),
    -- No flight is longer than 30 hours: an end that nobody saw lies within them.
    ADD COLUMN IF NOT EXISTS _off_earliest DateTime64(3, 'UTC')
    MATERIALIZED if(
        takeoff_earliest IS NULL
        OR (takeoff_basis IN ('gap', 'unseen') AND takeoff_earliest < observed_through - INTERVAL 30 HOUR),
        least(observed_through - INTERVAL 30 HOUR, _off_latest),
        assumeNotNull(takeoff_earliest)
    ),
    ADD COLUMN IF NOT EXISTS _on_earliest DateTime64(3, 'UTC')
    MATERIALIZED if(
        landing_earliest IS NULL OR landing_latest IS NULL,
        observed_through + INTERVAL 1 MILLISECOND,
        assumeNotNull(landing_earliest)
    ),
    ADD COLUMN IF NOT EXISTS _on_latest DateTime64(3, 'UTC')
    MATERIALIZED if(
        landing_earliest IS NULL OR landing_latest IS NULL
        OR (landing_basis IN ('gap', 'unseen') AND landing_latest > observed_from + INTERVAL 30 HOUR),
        greatest(observed_from + INTERVAL 30 HOUR, _on_earliest),
        assumeNotNull(landing_latest)
    ),
    -- What makes the answer unsure where take-off, or landing, is in doubt; '' where readings show it.
    ADD COLUMN IF NOT EXISTS _off_gap String
    MATERIALIZED if(
        takeoff_basis NOT IN ('gap', 'unseen'),
        '',
        replaceRegexpAll(
            concat(
                'no readings ',
                if(takeoff_earliest IS NULL, 'before ', concat('from ', toString(_off_earliest), 'Z to ')),
                toString(_off_latest),
                'Z: take-off not seen'
            ),
            '(\\d) (\\d)',
            '\\1T\\2'
        )
    ),
    ADD COLUMN IF NOT EXISTS _on_gap String
    MATERIALIZED if(
        _on_basis NOT IN ('gap', 'unseen'),
        '',
        replaceRegexpAll(
            concat(
                'no readings ',
                if(
                    landing_latest IS NULL,
                    concat('after ', toString(observed_through)),
                    concat('from ', toString(_on_earliest), 'Z to ', toString(_on_latest))
                ),
                'Z: landing not seen'
            ),
            '(\\d) (\\d)',
            '\\1T\\2'
        )
    ),
    -- Take-off: 1 reported, 2 reported as a bound. Landing: 4 and 8. 16 masked, 32 reconstructed.
    ADD COLUMN IF NOT EXISTS _marks UInt8
    MATERIALIZED multiIf(takeoff_basis = 'reported_bound', 2, reconstructed OR takeoff_basis = 'reported', 1, 0)
    + multiIf(_on_basis = 'reported_bound', 8, reconstructed OR _on_basis = 'reported', 4, 0)
    + 16 * masked + 32 * reconstructed;

-- Rows from before have them as they merge; this does it now, behind whoever asks.
ALTER TABLE flights_legs
    MATERIALIZE COLUMN _on_basis,
    MATERIALIZE COLUMN _off_latest,
    MATERIALIZE COLUMN _off_earliest,
    MATERIALIZE COLUMN _on_earliest,
    MATERIALIZE COLUMN _on_latest,
    MATERIALIZE COLUMN _off_gap,
    MATERIALIZE COLUMN _on_gap,
    MATERIALIZE COLUMN _marks;

-- Read at each question too: half the time of ZSTD(3), for 8 bytes of a leg.
ALTER TABLE flights_legs
    MODIFY COLUMN mission_id CODEC(LZ4),
    MODIFY COLUMN observed_from CODEC(LZ4),
    MODIFY COLUMN known_at CODEC(LZ4),
    MODIFY COLUMN icao24 CODEC(LZ4),
    MODIFY COLUMN callsign CODEC(LZ4);
