INSERT INTO policy_links_history (
    link_id, revision, is_deleted, known_at, relation, subject_type, subject_id, object_type,
    object_id, certainty, phase, margin_s, clock, at_earliest, at_latest, clock_source, policy,
    leg_id, icao24, flight, callsign, registration, order_kind, court_id, docket_number,
    case_family, left_us, evidence, _topic, _partition, _offset, _timestamp
)
SELECT
    concat('link-', lower(leftPad(hex(sipHash64(order_id, legs.leg_id)), 16, '0'))) AS link_id,
    legs.revision * 4 + version AS revision,
    0 AS is_deleted,
    at,
    'airborne_at' AS relation,
    'flight' AS subject_type,
    legs.mission_id AS subject_id,
    'order' AS object_type,
    order_id AS object_id,
    if(version = 0, 'possible', 'definite') AS certainty,
    if(version = 0, 'unknown', 'airborne') AS phase,
    dateDiff('second', at, legs.landing_earliest) AS margin_s,
    'entered' AS clock,
    at AS at_earliest,
    at + toIntervalMillisecond(59999) AS at_latest,
    'cmecf-rss' AS clock_source,
    'docket-then-press: docket, first_seen' AS policy,
    legs.leg_id AS leg_id,
    legs.icao24 AS icao24,
    substring(coalesce(legs.callsign, ''), 4) AS flight,
    legs.callsign AS callsign,
    legs.registration AS registration,
    kind AS order_kind,
    orders.court_id,
    orders.docket_number,
    orders.case_family,
    'no' AS left_us,
    ['bench'] AS evidence,
    'policy.links.changes' AS _topic,
    legs._partition,
    legs._offset * 4 + version AS _offset,
    -- first published a minute after the order, corrected an hour later
    at + toIntervalMinute(1 + 60 * version) AS _timestamp
FROM (
    SELECT *, clocks[1].at_earliest AS at, toDate(at) AS day
    FROM court_orders
) AS orders
INNER JOIN (
    SELECT *, toDate(takeoff_earliest) AS day
    FROM flights_legs
    WHERE sipHash64(leg_id) % 5 = 0
) AS legs ON legs.day = orders.day
ARRAY JOIN [0, 1] AS version
WHERE legs.takeoff_latest <= at AND at + INTERVAL 60 SECOND < legs.landing_earliest
