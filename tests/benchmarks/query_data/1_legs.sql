INSERT INTO flights_legs (
    leg_id, revision, is_deleted, known_at, icao24, registration, callsign, origin, destination,
    takeoff_earliest, takeoff_latest, takeoff_basis, landing_earliest, landing_latest,
    landing_basis, observed_from, observed_through, readings, left_us, mission_id, mission_index,
    sources, _topic, _partition, _offset, _timestamp
)
SELECT
    concat('leg-', lower(leftPad(hex(sipHash64(n, {seed:UInt64})), 16, '0'))) AS leg_id,
    n AS revision,
    0 AS is_deleted,
    on_at + INTERVAL 60 SECOND AS known_at,
    lower(hex(toUInt32(10485760 + n % 2000))) AS icao24,
    concat('N', toString(100 + n % 2000), 'PE') AS registration,
    concat('TST', toString(n % 9000)) AS callsign,
    ['KHRL', 'KAEX', 'KIWA', 'KSAT'][1 + n % 4] AS origin,
    ['MHPR', 'MSLP', 'MGGT', 'KMIA'][1 + intDiv(n, 7) % 4] AS destination,
    off_at AS takeoff_earliest,
    off_at + INTERVAL 30 SECOND AS takeoff_latest,
    'observed' AS takeoff_basis,
    on_at AS landing_earliest,
    on_at + INTERVAL 30 SECOND AS landing_latest,
    'observed' AS landing_basis,
    off_at AS observed_from,
    on_at AS observed_through,
    100 AS readings,
    'no' AS left_us,
    leg_id AS mission_id,
    0 AS mission_index,
    ['bench'] AS sources,
    'flights.legs' AS _topic,
    n % 4 AS _partition,
    n AS _offset,
    on_at AS _timestamp
FROM (
    SELECT
        number AS n,
        toDateTime64('2025-03-01 00:00:00', 3, 'UTC')
        + toIntervalSecond(86400 * intDiv(number, 2000) + sipHash64(number, {seed:UInt64}, 1) % 82800)
            AS off_at,
        off_at + INTERVAL 2970 SECOND AS on_at
    FROM numbers({legs:UInt64})
)
