-- Which flights were in the air at an order, as it was published at a past moment
-- The newest revision up to then of each answer, in the generation that was live then: what a reader
-- of the topic saw that day.
-- Parameters: order_id, an order's id; as_of, a moment in UTC, as 2025-03-17 00:00:00
-- Example: order_id=order-2b3451d6fe9ff4f61fcf; as_of=2025-03-29 00:00:00
SELECT
    clock, at_earliest, at_latest, clock_source, policy,
    flight, registration, callsign, icao24, leg_id,
    certainty, phase, margin_s, left_us, claimed_removal, claimed_by, gap, rivals,
    reconstructed, known_at, published_at
FROM policy_links_as_of(as_of = {as_of:DateTime64(3, 'UTC')})
WHERE
    relation = 'airborne_at'
    -- An answer's id holds its order: the view then reads these answers' revisions alone.
    AND link_id IN (
        SELECT link_id
        FROM policy_links_history
        WHERE relation = 'airborne_at' AND object_id = {order_id:String}
    )
ORDER BY at_earliest, clock, flight, icao24
