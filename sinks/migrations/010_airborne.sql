-- Which flights were in the air at a moment, worked out from the legs as they stand:
-- `SELECT * FROM airborne_at(at = '2025-03-15 23:25:00')`. The rules are those of
-- streams/relations/airborne.py, and a test holds the two together.

-- Flights with their phase at a moment that lies in an interval, as the time of an order does.
-- With every = false only those that may have been in the air by their own readings.
-- Tables are read themselves, not by their views, and steps are few: planning is most of the time.
CREATE VIEW IF NOT EXISTS flight_phases AS
WITH
    -- Without a bound an edge lies at the end of time; milliseconds, since DateTime64 has no such.
    -4611686018427387904 AS first,
    4611686018427387904 AS last,
    toUnixTimestamp64Milli({earliest:DateTime64(3, 'UTC')}) AS from_ms,
    toUnixTimestamp64Milli({latest:DateTime64(3, 'UTC')}) AS to_ms,
    outages AS (
        SELECT
            arraySort(groupArray((
                outage_from,
                outage_to,
                concat('outage of ', feed, if(ifNull(reason, '') = '', '', ': '), ifNull(reason, '')),
                scope
            )))
        FROM feed_progress FINAL
        WHERE
            topic = 'flights.positions'
            AND outage_from <= {latest:DateTime64(3, 'UTC')}
            AND outage_to >= {earliest:DateTime64(3, 'UTC')}
    ),
    missions AS (
        SELECT
            mission_id,
            any(icao24) AS aircraft,
            argMinIf(callsign, (mission_index, observed_from, leg_id), callsign != '') AS sign,
            argMinIf(registration, (mission_index, observed_from, leg_id), registration != '') AS tail,
            arraySort(groupArray((
                mission_index,
                toUnixTimestamp64Milli(observed_from),
                leg_id,
                coalesce(toUnixTimestamp64Milli(takeoff_earliest), first),
                toUnixTimestamp64Milli(coalesce(takeoff_latest, observed_from)),
                toString(takeoff_basis),
                toUnixTimestamp64Milli(observed_through),
                toUnixTimestamp64Milli(landing_earliest),
                toUnixTimestamp64Milli(landing_latest),
                toString(landing_basis),
                origin,
                destination
            ))) AS flown,
            max(masked) AS some_masked,
            max(reconstructed) AS some_reconstructed,
            max(known_at) AS last_known_at
        FROM flights_legs FINAL
        WHERE
            is_deleted = 0
            AND mission_id IN (
                SELECT mission_id
                FROM flights_legs FINAL
                WHERE
                    is_deleted = 0
                    AND (
                        {every:Bool}
                        OR (
                            (takeoff_earliest IS NULL OR takeoff_earliest <= {latest:DateTime64(3, 'UTC')})
                            AND (
                                landing_earliest IS NULL
                                OR landing_latest IS NULL
                                OR landing_latest > {earliest:DateTime64(3, 'UTC')}
                            )
                        )
                    )
            )
        GROUP BY mission_id
    ),
    -- Take-offs and landings in turn; an open leg lands some time after its last reading.
    edged AS (
        SELECT
            *,
            arrayFlatten(arrayMap(
                leg -> [
                    (leg.4, leg.5, leg.6),
                    if(
                        leg.8 IS NULL OR leg.9 IS NULL,
                        (leg.7 + 1, last, 'unseen'),
                        (assumeNotNull(leg.8), assumeNotNull(leg.9), leg.10)
                    )
                ],
                flown
            )) AS edges
        FROM missions
    ),
    -- Stretches lie between edges: 0 before take-off, odd ones in the air, the last after landing.
    stretched AS (
        SELECT
            *,
            length(edges) AS ends,
            arrayFilter(
                one -> (one = 0 OR to_ms >= tupleElement(edges[one], 1))
                AND (one = ends OR from_ms < tupleElement(edges[one + 1], 2)),
                range(ends + 1)
            ) AS possible,
            arrayFirst(one -> one % 2 = 1, possible) AS in_air
        FROM edged
    ),
    answered AS (
        SELECT
            *,
            if(in_air > 0, in_air, possible[1]) AS stretch,
            stretch % 2 = 1 AS flying,
            length(possible) = 1 AS sure,
            flown[least(intDiv(stretch, 2) + 1, length(flown))] AS leg,
            tupleElement(arrayFirst(one -> one.4 IN ('*', aircraft), (SELECT * FROM outages)), 3) AS outage,
            -- The smallest shift of the moment, or of an end, that could change a sure answer.
            least(
                if(
                    stretch > 0,
                    ((from_ms - tupleElement(edges[stretch], 2)) / 1000, tupleElement(edges[stretch], 3)),
                    (inf, '')
                ),
                if(
                    stretch < ends,
                    ((tupleElement(edges[stretch + 1], 1) - to_ms) / 1000, tupleElement(edges[stretch + 1], 3)),
                    (inf, '')
                )
            ) AS nearest,
            -- The first edge in doubt for want of readings.
            arrayFirst(
                one -> one.2.3 IN ('gap', 'unseen'), arrayMap(one -> (one, edges[one + 1]), arrayPopBack(possible))
            ) AS doubt
        FROM stretched
    )

SELECT
    mission_id,
    nullIf(if(match(sign, '^[A-Za-z]{3}.'), substring(sign, 4), sign), '') AS flight,
    nullIf(sign, '') AS callsign,
    nullIf(tail, '') AS registration,
    aircraft AS icao24,
    leg.3 AS leg_id,
    leg.11 AS origin,
    leg.12 AS destination,
    multiIf(
        NOT sure, if(doubt.2.3 = '', 'possible', 'unknown'),
        flying, 'definite',
        outage = '', 'no',
        'unknown'
    ) AS certainty,
    multiIf(
        NOT sure OR (outage != '' AND NOT flying), 'unknown',
        flying, 'airborne',
        stretch = 0, 'before_takeoff',
        stretch = ends, 'after_landing',
        'between_legs'
    ) AS phase,
    if(
        phase = 'unknown' OR (nearest.2 = 'reported_bound' AND nearest.1 < 60),
        NULL,
        round(greatest(nearest.1, 0), 3)
    ) AS margin_s,
    multiIf(
        certainty != 'unknown', NULL,
        sure, outage,
        format(
            '{}{}Z{}: {} not seen',
            multiIf(
                doubt.2.2 = last, 'no readings after ', doubt.2.1 = first, 'no readings before ', 'no readings from '
            ),
            replaceOne(
                toString(fromUnixTimestamp64Milli(
                    multiIf(
                        doubt.2.2 = last, tupleElement(flown[intDiv(doubt.1, 2) + 1], 7),
                        doubt.2.1 = first, doubt.2.2,
                        doubt.2.1
                    ),
                    'UTC'
                )),
                ' ',
                'T'
            ),
            if(
                doubt.2.2 = last OR doubt.2.1 = first,
                '',
                concat(' to ', replaceOne(toString(fromUnixTimestamp64Milli(doubt.2.2, 'UTC')), ' ', 'T'), 'Z')
            ),
            if(doubt.1 % 2 = 1, 'landing', 'take-off')
        )
    ) AS gap,
    some_masked AS masked,
    some_reconstructed AS reconstructed,
    last_known_at AS known_at
FROM answered;

-- The same for one moment, without those surely on the ground. It is written out again, not made
-- from the view above: a parameterised view within another is planned four times.
CREATE VIEW IF NOT EXISTS airborne_at AS
WITH
    -4611686018427387904 AS first,
    4611686018427387904 AS last,
    toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
    outages AS (
        SELECT
            arraySort(groupArray((
                outage_from,
                outage_to,
                concat('outage of ', feed, if(ifNull(reason, '') = '', '', ': '), ifNull(reason, '')),
                scope
            )))
        FROM feed_progress FINAL
        WHERE
            topic = 'flights.positions'
            AND outage_from <= {at:DateTime64(3, 'UTC')}
            AND outage_to >= {at:DateTime64(3, 'UTC')}
    ),
    missions AS (
        SELECT
            mission_id,
            any(icao24) AS aircraft,
            argMinIf(callsign, (mission_index, observed_from, leg_id), callsign != '') AS sign,
            argMinIf(registration, (mission_index, observed_from, leg_id), registration != '') AS tail,
            arraySort(groupArray((
                mission_index,
                toUnixTimestamp64Milli(observed_from),
                leg_id,
                coalesce(toUnixTimestamp64Milli(takeoff_earliest), first),
                toUnixTimestamp64Milli(coalesce(takeoff_latest, observed_from)),
                toString(takeoff_basis),
                toUnixTimestamp64Milli(observed_through),
                toUnixTimestamp64Milli(landing_earliest),
                toUnixTimestamp64Milli(landing_latest),
                toString(landing_basis),
                origin,
                destination
            ))) AS flown,
            max(masked) AS some_masked,
            max(reconstructed) AS some_reconstructed,
            max(known_at) AS last_known_at
        FROM flights_legs FINAL
        WHERE
            is_deleted = 0
            AND mission_id IN (
                SELECT mission_id
                FROM flights_legs FINAL
                WHERE
                    is_deleted = 0
                    AND (takeoff_earliest IS NULL OR takeoff_earliest <= {at:DateTime64(3, 'UTC')})
                    AND (
                        landing_earliest IS NULL
                        OR landing_latest IS NULL
                        OR landing_latest > {at:DateTime64(3, 'UTC')}
                    )
            )
        GROUP BY mission_id
    ),
    edged AS (
        SELECT
            *,
            arrayFlatten(arrayMap(
                leg -> [
                    (leg.4, leg.5, leg.6),
                    if(
                        leg.8 IS NULL OR leg.9 IS NULL,
                        (leg.7 + 1, last, 'unseen'),
                        (assumeNotNull(leg.8), assumeNotNull(leg.9), leg.10)
                    )
                ],
                flown
            )) AS edges
        FROM missions
    ),
    stretched AS (
        SELECT
            *,
            length(edges) AS ends,
            arrayFilter(
                one -> (one = 0 OR at_ms >= tupleElement(edges[one], 1))
                AND (one = ends OR at_ms < tupleElement(edges[one + 1], 2)),
                range(ends + 1)
            ) AS possible,
            arrayFirst(one -> one % 2 = 1, possible) AS in_air
        FROM edged
    ),
    answered AS (
        SELECT
            *,
            if(in_air > 0, in_air, possible[1]) AS stretch,
            stretch % 2 = 1 AS flying,
            length(possible) = 1 AS sure,
            flown[least(intDiv(stretch, 2) + 1, length(flown))] AS leg,
            tupleElement(arrayFirst(one -> one.4 IN ('*', aircraft), (SELECT * FROM outages)), 3) AS outage,
            least(
                if(
                    stretch > 0,
                    ((at_ms - tupleElement(edges[stretch], 2)) / 1000, tupleElement(edges[stretch], 3)),
                    (inf, '')
                ),
                if(
                    stretch < ends,
                    ((tupleElement(edges[stretch + 1], 1) - at_ms) / 1000, tupleElement(edges[stretch + 1], 3)),
                    (inf, '')
                )
            ) AS nearest,
            arrayFirst(
                one -> one.2.3 IN ('gap', 'unseen'), arrayMap(one -> (one, edges[one + 1]), arrayPopBack(possible))
            ) AS doubt
        FROM stretched
    )

SELECT
    mission_id,
    nullIf(if(match(sign, '^[A-Za-z]{3}.'), substring(sign, 4), sign), '') AS flight,
    nullIf(sign, '') AS callsign,
    nullIf(tail, '') AS registration,
    aircraft AS icao24,
    leg.3 AS leg_id,
    leg.11 AS origin,
    leg.12 AS destination,
    multiIf(
        NOT sure, if(doubt.2.3 = '', 'possible', 'unknown'),
        flying, 'definite',
        outage = '', 'no',
        'unknown'
    ) AS certainty,
    multiIf(
        NOT sure OR (outage != '' AND NOT flying), 'unknown',
        flying, 'airborne',
        stretch = 0, 'before_takeoff',
        stretch = ends, 'after_landing',
        'between_legs'
    ) AS phase,
    if(
        phase = 'unknown' OR (nearest.2 = 'reported_bound' AND nearest.1 < 60),
        NULL,
        round(greatest(nearest.1, 0), 3)
    ) AS margin_s,
    multiIf(
        certainty != 'unknown', NULL,
        sure, outage,
        format(
            '{}{}Z{}: {} not seen',
            multiIf(
                doubt.2.2 = last, 'no readings after ', doubt.2.1 = first, 'no readings before ', 'no readings from '
            ),
            replaceOne(
                toString(fromUnixTimestamp64Milli(
                    multiIf(
                        doubt.2.2 = last, tupleElement(flown[intDiv(doubt.1, 2) + 1], 7),
                        doubt.2.1 = first, doubt.2.2,
                        doubt.2.1
                    ),
                    'UTC'
                )),
                ' ',
                'T'
            ),
            if(
                doubt.2.2 = last OR doubt.2.1 = first,
                '',
                concat(' to ', replaceOne(toString(fromUnixTimestamp64Milli(doubt.2.2, 'UTC')), ' ', 'T'), 'Z')
            ),
            if(doubt.1 % 2 = 1, 'landing', 'take-off')
        )
    ) AS gap,
    some_masked AS masked,
    some_reconstructed AS reconstructed,
    last_known_at AS known_at
FROM answered;
