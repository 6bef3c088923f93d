-- Answers that are unknown or merely possible, and what stands in the way
-- Coverage gaps and outages by name: what better data would settle.
-- Parameters: none
-- Example: none
SELECT
    object_id AS order_id, clock, at_earliest, at_latest, flight, registration, icao24,
    certainty, phase, margin_s, gap, rivals, evidence, known_at
FROM policy_links_current
WHERE relation = 'airborne_at' AND certainty IN ('unknown', 'possible')
ORDER BY certainty DESC, at_earliest, order_id, flight
