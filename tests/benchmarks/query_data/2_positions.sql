INSERT INTO flights_positions (
    source, kind, fetched_at, icao24, callsign, registration, aircraft_type, observed_at,
    latitude, longitude, altitude_m, geometric_altitude_m, ground_speed_mps, track_deg,
    vertical_rate_mps, on_ground, stale, new_leg, masked, reconstructed,
    _topic, _partition, _offset, _timestamp
)
SELECT
    'bench' AS source,
    'flights.readsb' AS kind,
    observed_at + INTERVAL 1 SECOND AS fetched_at,
    icao24,
    callsign,
    registration,
    'A320' AS aircraft_type,
    observed_from + toIntervalMillisecond(30000 * step) AS observed_at,
    round(26.2 - 0.12 * step + (sipHash64(leg_id, step) % 1000) / 100000, 5) AS latitude,
    round(-97.6 + 0.1 * step + (sipHash64(step, leg_id) % 1000) / 100000, 5) AS longitude,
    round(7.62 * least(step, 99 - step, 35) * 40) AS altitude_m,
    altitude_m + 60 AS geometric_altitude_m,
    round(80 + 4 * least(step, 99 - step, 35) + (sipHash64(leg_id, step) % 50) / 10, 1) AS ground_speed_mps,
    round(140 + (sipHash64(leg_id, step) % 300) / 10, 1) AS track_deg,
    multiIf(step < 35, 10.2, step > 64, -10.2, 0) AS vertical_rate_mps,
    step IN (0, 99) AS on_ground,
    false AS stale,
    false AS new_leg,
    false AS masked,
    false AS reconstructed,
    'flights.positions' AS _topic,
    _partition,
    _offset * 100 + step AS _offset,
    observed_at + INTERVAL 1 SECOND AS _timestamp
FROM flights_legs
ARRAY JOIN range(100) AS step
