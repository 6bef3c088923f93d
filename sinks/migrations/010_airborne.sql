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

-- The flights that may have been in the air at one moment, by their own readings. In the legs of a
-- mission neither the earliest nor the latest times go back, so that it is enough to count: whoever
-- may have taken off more often than it has surely landed may be in the air, and whoever may have
-- landed as often as it has surely taken off may be on the ground. A view of a few counts is planned
-- in half the time of the one above.
CREATE VIEW IF NOT EXISTS airborne_at AS
WITH
    legs AS (
        SELECT
            mission_id,
            (mission_index, observed_from, leg_id) AS place,
            (icao24, leg_id, origin, destination) AS leg,
            callsign,
            registration,
            masked,
            reconstructed,
            known_at,
            landing_earliest IS NULL OR landing_latest IS NULL AS is_open,
            coalesce(takeoff_latest, observed_from) AS off_latest,
            if(is_open, observed_through + INTERVAL 1 MILLISECOND, landing_earliest) AS on_earliest,
            takeoff_earliest IS NULL OR takeoff_earliest <= {at:DateTime64(3, 'UTC')} AS may_be_off,
            off_latest <= {at:DateTime64(3, 'UTC')} AS surely_off,
            on_earliest <= {at:DateTime64(3, 'UTC')} AS may_be_on,
            NOT is_open AND landing_latest <= {at:DateTime64(3, 'UTC')} AS surely_on,
            least(
                (dateDiff('ms', off_latest, {at:DateTime64(3, 'UTC')}) / 1000, toString(takeoff_basis)),
                (
                    dateDiff('ms', {at:DateTime64(3, 'UTC')}, on_earliest) / 1000,
                    if(is_open, 'unseen', toString(landing_basis))
                )
            ) AS nearest,
            -- The edge of this leg that is in doubt for want of readings.
            multiIf(
                may_be_off AND NOT surely_off AND takeoff_basis IN ('gap', 'unseen'),
                (takeoff_earliest, toNullable(off_latest), 'take-off'),
                may_be_on AND NOT surely_on AND (is_open OR landing_basis IN ('gap', 'unseen')),
                (
                    toNullable(if(is_open, observed_through, landing_earliest)),
                    if(is_open, NULL, landing_latest),
                    'landing'
                ),
                (NULL, NULL, '')
            ) AS doubt
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
    ),
    missions AS (
        SELECT
            mission_id,
            countIf(may_be_off) - countIf(surely_on) + countIf(may_be_on) - countIf(surely_off) = 0 AS sure,
            argMinIf(leg, place, may_be_off AND NOT surely_on) AS flown,
            argMinIf(nearest, place, may_be_off AND NOT surely_on) AS near,
            argMinIf(doubt, place, doubt.3 != '') AS unseen,
            argMinIf(callsign, place, callsign != '') AS sign,
            argMinIf(registration, place, registration != '') AS tail,
            max(masked) AS some_masked,
            max(reconstructed) AS some_reconstructed,
            max(known_at) AS last_known_at
        FROM legs
        GROUP BY mission_id
    )

SELECT
    mission_id,
    nullIf(if(match(sign, '^[A-Za-z]{3}.'), substring(sign, 4), sign), '') AS flight,
    nullIf(sign, '') AS callsign,
    nullIf(tail, '') AS registration,
    flown.1 AS icao24,
    flown.2 AS leg_id,
    flown.3 AS origin,
    flown.4 AS destination,
    multiIf(sure, 'definite', unseen.3 = '', 'possible', 'unknown') AS certainty,
    if(sure, 'airborne', 'unknown') AS phase,
    if(
        NOT sure OR (near.2 = 'reported_bound' AND near.1 < 60),
        NULL,
        round(greatest(near.1, 0), 3)
    ) AS margin_s,
    if(
        sure OR unseen.3 = '',
        NULL,
        format(
            'no readings {}: {} not seen',
            replaceRegexpAll(
                multiIf(
                    unseen.2 IS NULL, concat('after ', toString(unseen.1), 'Z'),
                    unseen.1 IS NULL, concat('before ', toString(unseen.2), 'Z'),
                    concat('from ', toString(unseen.1), 'Z to ', toString(unseen.2), 'Z')
                ),
                '(\\d) (\\d)', '\\1T\\2'
            ),
            unseen.3
        )
    ) AS gap,
    some_masked AS masked,
    some_reconstructed AS reconstructed,
    last_known_at AS known_at
FROM missions;
