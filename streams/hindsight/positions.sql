-- Readings around every leg that an answer may rest on
-- Legs near the moments asked about, and those that a stored answer about the order ever named.
-- Parameters: by_arrival, by, earliest, latest, order_id
WITH
    toIntervalHour(36) AS reach,
    asked AS
    (
        SELECT DISTINCT icao24, observed_from, observed_through
        FROM flights_legs
        WHERE
            (
                observed_from <= {latest:DateTime64(3, 'UTC')} + reach
                AND observed_through >= {earliest:DateTime64(3, 'UTC')} - reach
            )
            OR mission_id IN (
                SELECT subject_id FROM policy_links_history WHERE object_id = {order_id:String}
            )
    ),
    days AS
    (
        SELECT DISTINCT
            icao24,
            arrayJoin(range(
                toUInt32(toDate(observed_from - INTERVAL 3 DAY)),
                toUInt32(toDate(observed_through + INTERVAL 3 DAY)) + 1
            )) AS day
        FROM asked
    )
SELECT *, toInt64(0) AS sentinel
FROM flights_positions_current
WHERE
    if({by_arrival:Bool}, ifNull(fetched_at, logged_at), logged_at) <= {by:DateTime64(3, 'UTC')}
    AND icao24 IN (SELECT icao24 FROM asked)
    AND (icao24, toUInt32(toDate(observed_at))) IN (SELECT icao24, day FROM days)
ORDER BY observed_at, icao24, source, logged_at
