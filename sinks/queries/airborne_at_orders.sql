-- Which flights were in the air at each court order
-- One row per order, clock and flight: how sure 'airborne at that moment' is, in which phase of the
-- flight the moment falls, by what margin, what rival times would say, and who reported the order.
-- An order without flights has one row whose flight is null.
-- Parameters: none
-- Example: none
WITH
    -- toNullable: an order without flights must show null there, whatever join_use_nulls says.
    flights AS (
        SELECT
            object_id AS order_id, clock, at_earliest, at_latest, clock_source, policy,
            order_kind, court_id, docket_number,
            toNullable(subject_id) AS mission_id, leg_id, flight, callsign, registration, icao24,
            toNullable(certainty) AS certainty, toNullable(phase) AS phase, margin_s,
            latitude, longitude, known_at,
            toNullable(left_us) AS left_us, toNullable(claimed_removal) AS claimed_removal,
            claimed_by, claimed_since, gap, rivals, evidence, reconstructed
        FROM policy_links_current
        WHERE relation = 'airborne_at'
    ),
    -- The time of a clock as the links' policy chose it; where there are no links, the best source's.
    moments AS (
        SELECT
            order_id, clock,
            argMin(at_earliest, source_rank) AS at_earliest,
            argMin(at_latest, source_rank) AS at_latest,
            argMin(source, source_rank) AS clock_source
        FROM
            (
                SELECT
                    order_id,
                    arrayJoin(clocks) AS one,
                    one.clock AS clock,
                    one.at_earliest AS at_earliest,
                    one.at_latest AS at_latest,
                    one.source AS source,
                    one.source_rank AS source_rank
                FROM court_orders_current
            )
        GROUP BY order_id, clock
        UNION ALL
        SELECT
            order_id, assumeNotNull(clock), any(assumeNotNull(at_earliest)),
            any(assumeNotNull(at_latest)), any(coalesce(clock_source, ''))
        FROM flights
        WHERE
            (order_id, clock) NOT IN
            (
                SELECT order_id, one.clock
                FROM (SELECT order_id, arrayJoin(clocks) AS one FROM court_orders_current)
            )
        GROUP BY order_id, clock
    ),
    reported AS (
        SELECT
            subject_id AS order_id,
            arraySort(groupUniqArray((one.outlet, one.url))) AS reported_by
        FROM (
            SELECT subject_id, arrayJoin(reports) AS one FROM policy_events_current
            WHERE subject_type = 'order'
        )
        GROUP BY subject_id
    )
SELECT
    moments.order_id AS order_id,
    coalesce(nullIf(orders.kind, ''), flights.order_kind) AS kind,
    coalesce(nullIf(orders.court_id, ''), flights.court_id) AS court_id,
    coalesce(nullIf(orders.docket_number, ''), flights.docket_number) AS docket_number,
    orders.case_name AS case_name,
    moments.clock AS clock,
    coalesce(flights.at_earliest, moments.at_earliest) AS at_earliest,
    coalesce(flights.at_latest, moments.at_latest) AS at_latest,
    coalesce(flights.clock_source, moments.clock_source) AS clock_source,
    flights.policy AS policy,
    flights.flight AS flight,
    flights.registration AS registration,
    flights.callsign AS callsign,
    flights.icao24 AS icao24,
    flights.mission_id AS mission_id,
    flights.leg_id AS leg_id,
    flights.certainty AS certainty,
    flights.phase AS phase,
    flights.margin_s AS margin_s,
    flights.latitude AS latitude,
    flights.longitude AS longitude,
    flights.left_us AS left_us,
    flights.claimed_removal AS claimed_removal,
    flights.claimed_by AS claimed_by,
    flights.claimed_since AS claimed_since,
    flights.gap AS gap,
    flights.rivals AS rivals,
    flights.evidence AS evidence,
    flights.known_at AS known_at,
    flights.reconstructed OR orders.reconstructed AS reconstructed,
    reported.reported_by AS reported_by
FROM moments
LEFT JOIN flights ON flights.order_id = moments.order_id AND flights.clock = moments.clock
LEFT JOIN court_orders_current AS orders ON orders.order_id = moments.order_id
LEFT JOIN reported ON reported.order_id = moments.order_id
ORDER BY at_earliest, order_id, clock, flight, mission_id
