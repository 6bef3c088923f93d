-- Legs that had left US territory and its 12 nautical miles before a moment
-- surely: even the latest instant that the evidence allows lies before it; else it may have been so.
-- Parameters: at, a moment in UTC, as 2025-03-15 23:25:00
-- Example: at=2025-03-15 23:25:00
SELECT
    icao24, registration, callsign, origin, destination,
    left_us_earliest, left_us_latest,
    left_us = 'yes' AND left_us_latest < {at:DateTime64(3, 'UTC')} AS surely,
    takeoff_earliest, takeoff_latest, landing_earliest, landing_latest,
    reconstructed, leg_id, mission_id
FROM flights_legs_current
WHERE
    left_us != 'no'
    AND left_us_earliest < {at:DateTime64(3, 'UTC')}
ORDER BY left_us_earliest, leg_id
