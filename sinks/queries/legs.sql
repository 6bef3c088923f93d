-- Legs: one take-off to one landing of one aircraft
-- Each end as the interval that covers the evidence, and what that evidence is.
-- Parameters: none
-- Example: none
SELECT
    leg_id, mission_id, mission_index, icao24, registration, callsign, origin, destination,
    takeoff_earliest, takeoff_latest, takeoff_basis,
    landing_earliest, landing_latest, landing_basis,
    readings, length(gaps) AS gaps, left_us, left_us_earliest, left_us_latest,
    reconstructed, masked, sources, known_at
FROM flights_legs_current
ORDER BY takeoff_earliest, leg_id
