-- Minutes by which each answer holds
-- Smallest first: the shift of the order's time, or of a take-off or landing, that could change the
-- answer. Where no source supports a figure, minutes is null and the row comes first.
-- Parameters: none
-- Example: none
SELECT
    round(margin_s / 60, 1) AS minutes,
    order_kind, court_id, docket_number, clock, at_earliest, at_latest,
    flight, registration, certainty, phase, object_id AS order_id, reconstructed
FROM policy_links_current
WHERE relation = 'airborne_at' AND certainty IN ('definite', 'no')
ORDER BY minutes ASC NULLS FIRST, at_earliest, order_id, clock, flight
