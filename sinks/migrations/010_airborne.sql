-- Which flights were in the air at a moment, worked out from the legs as they stand:
-- `SELECT * FROM airborne_at(at = '2025-03-15 23:25:00')`. The rules, and the hours and seconds in
-- them, are those of streams/relations (airborne.py, timeline.py, coverage.py,
-- policies/certainty.yaml), and a test holds the two together.

-- Flights with their phase at a moment that lies in an interval, as the time of an order does.
-- With every = false only those that may have been in the air by their own readings.
-- Tables are read themselves, not by their views, and steps are few: planning is most of the time.
CREATE VIEW IF NOT EXISTS flight_phases AS
WITH
    toUnixTimestamp64Milli({earliest:DateTime64(3, 'UTC')}) AS from_ms,
    toUnixTimestamp64Milli({latest:DateTime64(3, 'UTC')}) AS to_ms,
    outages AS (
        SELECT
            arraySort(groupArray((
                outage_from,
                feed,
                scope,
                concat('outage of ', feed, if(said = '', '', ': '), said)
            )))
        FROM (
            SELECT
                feed,
                scope,
                assumeNotNull(outage_from) AS outage_from,
                max(outage_to) AS through,
                argMax(ifNull(reason, ''), outage_to) AS said
            FROM feed_progress FINAL
            WHERE topic = 'flights.positions' AND outage_from IS NOT NULL AND outage_to IS NOT NULL
            GROUP BY feed, scope, outage_from
        )
        WHERE outage_from <= {latest:DateTime64(3, 'UTC')} AND through >= {earliest:DateTime64(3, 'UTC')}
    ),
    -- How far each feed has come, by feed and scope.
    progress AS (
        SELECT arraySort(groupArray((feed, scope, through)))
        FROM (
            SELECT
                feed,
                scope,
                max(complete_through) AS through
            FROM feed_progress FINAL
            WHERE topic = 'flights.positions' AND outage_from IS NULL AND complete_through IS NOT NULL
            GROUP BY feed, scope
        )
    ),
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
            takeoff_earliest,
            landing_latest,
            observed_through,
            takeoff_basis,
            landing_earliest IS NULL OR landing_latest IS NULL AS is_open,
            if(is_open, 'unseen', toString(landing_basis)) AS on_basis,
            -- No flight is longer than 30 hours: an end that nobody saw lies within them.
            takeoff_earliest IS NULL
            OR (takeoff_basis IN ('gap', 'unseen') AND takeoff_earliest < observed_through - INTERVAL 30 HOUR)
                AS off_assumed,
            coalesce(takeoff_latest, observed_from) AS off_latest,
            if(off_assumed, least(observed_through - INTERVAL 30 HOUR, off_latest), assumeNotNull(takeoff_earliest))
                AS off_earliest,
            is_open
            OR (landing_basis IN ('gap', 'unseen') AND landing_latest > observed_from + INTERVAL 30 HOUR)
                AS on_assumed,
            if(is_open, observed_through + INTERVAL 1 MILLISECOND, assumeNotNull(landing_earliest))
                AS on_earliest,
            if(on_assumed, greatest(observed_from + INTERVAL 30 HOUR, on_earliest), assumeNotNull(landing_latest))
                AS on_latest,
            reconstructed OR takeoff_basis IN ('reported', 'reported_bound') AS off_reported,
            reconstructed OR on_basis IN ('reported', 'reported_bound') AS on_reported
        FROM flights_legs FINAL
        WHERE is_deleted = 0
    ),
    -- Take-offs and landings in turn.
    missions AS (
        SELECT
            mission_id,
            arrayFlatten(arrayMap(
                one -> [one.4, one.5],
                arraySort(groupArray((
                    place,
                    leg,
                    (toUnixTimestamp64Milli(observed_through), takeoff_earliest IS NULL, landing_latest IS NULL),
                    (
                        toUnixTimestamp64Milli(off_earliest),
                        toUnixTimestamp64Milli(off_latest),
                        toString(takeoff_basis),
                        off_assumed,
                        FALSE,
                        off_reported
                    ),
                    (
                        toUnixTimestamp64Milli(on_earliest),
                        toUnixTimestamp64Milli(on_latest),
                        on_basis,
                        FALSE,
                        on_assumed,
                        on_reported
                    )
                )))
            )) AS edges,
            arrayMap(
                one -> (one.2, one.3),
                arraySort(groupArray((
                    place,
                    leg,
                    (toUnixTimestamp64Milli(observed_through), takeoff_earliest IS NULL, landing_latest IS NULL)
                )))
            ) AS flown,
            argMinIf(callsign, place, callsign != '') AS sign,
            argMinIf(registration, place, registration != '') AS tail,
            max(masked) AS some_masked,
            max(reconstructed) AS some_reconstructed,
            max(known_at) AS last_known_at
        FROM legs
        WHERE
            {every:Bool}
            OR mission_id IN (
                SELECT mission_id
                FROM legs
                WHERE off_earliest <= {latest:DateTime64(3, 'UTC')} AND on_latest > {earliest:DateTime64(3, 'UTC')}
            )
        GROUP BY mission_id
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
        FROM missions
    ),
    answered AS (
        SELECT
            *,
            if(in_air > 0, in_air, possible[1]) AS stretch,
            stretch % 2 = 1 AS flying,
            length(possible) = 1 AS sure,
            tupleElement(flown[least(intDiv(stretch, 2) + 1, length(flown))], 1) AS leg,
            -- What makes a 'no' unsure: an outage, or a feed that has not come so far, within 36 hours.
            if(
                to_ms < tupleElement(edges[1], 1) - 129600000 OR from_ms > tupleElement(edges[-1], 2) + 129600000,
                '',
                tupleElement(arrayFirst(one -> one.3 IN ('*', leg.1), (SELECT * FROM outages)), 4)
            ) AS outage,
            arrayFirst(
                one -> one.2 IN ('*', leg.1)
                AND NOT arrayExists(
                    other -> other.1 = one.1
                    AND other.2 IN ('*', leg.1)
                    AND other.3 >= {latest:DateTime64(3, 'UTC')},
                    (SELECT * FROM progress)
                ),
                (SELECT * FROM progress)
            ) .1 AS late_feed,
            -- The smallest shift of the moment, or of an end, that could change a sure answer.
            least(
                if(
                    stretch > 0,
                    (
                        (from_ms - tupleElement(edges[stretch], 2)) / 1000,
                        'latest',
                        tupleElement(edges[stretch], 3),
                        tupleElement(edges[stretch], 5),
                        tupleElement(edges[stretch], 6)
                    ),
                    (inf, '', '', FALSE, FALSE)
                ),
                if(
                    stretch < ends,
                    (
                        (tupleElement(edges[stretch + 1], 1) - to_ms) / 1000,
                        'earliest',
                        tupleElement(edges[stretch + 1], 3),
                        tupleElement(edges[stretch + 1], 4),
                        tupleElement(edges[stretch + 1], 6)
                    ),
                    (inf, '', '', FALSE, FALSE)
                )
            ) AS nearest,
            -- The first edge in doubt for want of readings.
            arrayFirst(
                one -> one.2.3 IN ('gap', 'unseen'), arrayMap(one -> (one, edges[one + 1]), arrayPopBack(possible))
            ) AS doubt
        FROM stretched
    ),
    weighed AS (
        SELECT
            *,
            if(
                nearest.4 OR (nearest.3 = 'reported_bound' AND nearest.1 < 60),
                NULL,
                round(greatest(nearest.1, 0), 3)
            ) AS margin,
            multiIf(
                NOT sure OR flying
                OR to_ms < tupleElement(edges[1], 1) - 129600000
                OR from_ms > tupleElement(edges[-1], 2) + 129600000, '',
                outage != '', outage,
                late_feed != '', concat(
                    'unknown so far: ', late_feed, ' has not come to ',
                    replaceOne(toString({latest:DateTime64(3, 'UTC')}), ' ', 'T'), 'Z'
                ),
                ''
            ) AS missing,
            -- Reported times are right to a minute or two: five minutes are needed to be sure.
            sure
            AND missing = ''
            AND nearest.5
            AND nearest.3 != 'reported_bound'
            AND ifNull(margin < 300, FALSE) AS weak
        FROM answered
    )

SELECT
    mission_id,
    nullIf(if(match(sign, '^[A-Za-z]{3}.'), substring(sign, 4), sign), '') AS flight,
    nullIf(sign, '') AS callsign,
    nullIf(tail, '') AS registration,
    leg.1 AS icao24,
    leg.2 AS leg_id,
    leg.3 AS origin,
    leg.4 AS destination,
    multiIf(
        NOT sure, if(doubt.2.3 = '', 'possible', 'unknown'),
        missing != '', 'unknown',
        weak, 'possible',
        flying, 'definite',
        'no'
    ) AS certainty,
    multiIf(
        NOT sure OR missing != '' OR weak, 'unknown',
        flying, 'airborne',
        stretch = 0, 'before_takeoff',
        stretch = ends, 'after_landing',
        'between_legs'
    ) AS phase,
    if(phase = 'unknown', NULL, margin) AS margin_s,
    multiIf(
        missing != '', missing,
        weak, concat(toString(toInt64(round(ifNull(margin, 0)))), ' s are too few for reported times'),
        sure OR doubt.2.3 = '', NULL,
        format(
            'no readings {}: {} not seen',
            replaceRegexpAll(
                multiIf(
                    doubt.1 % 2 = 1 AND tupleElement(flown[intDiv(doubt.1, 2) + 1], 2) .3,
                    concat(
                        'after ',
                        toString(fromUnixTimestamp64Milli(tupleElement(flown[intDiv(doubt.1, 2) + 1], 2) .1, 'UTC')),
                        'Z'
                    ),
                    doubt.1 % 2 = 0 AND tupleElement(flown[intDiv(doubt.1, 2) + 1], 2) .2,
                    concat('before ', toString(fromUnixTimestamp64Milli(doubt.2.2, 'UTC')), 'Z'),
                    concat(
                        'from ', toString(fromUnixTimestamp64Milli(doubt.2.1, 'UTC')),
                        'Z to ', toString(fromUnixTimestamp64Milli(doubt.2.2, 'UTC')), 'Z'
                    )
                ),
                '(\\d) (\\d)', '\\1T\\2'
            ),
            if(doubt.1 % 2 = 1, 'landing', 'take-off')
        )
    ) AS gap,
    some_masked AS masked,
    some_reconstructed AS reconstructed,
    last_known_at AS known_at
FROM weighed;

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
            takeoff_earliest,
            landing_latest,
            observed_through,
            takeoff_basis,
            landing_earliest IS NULL OR landing_latest IS NULL AS is_open,
            if(is_open, 'unseen', toString(landing_basis)) AS on_basis,
            takeoff_earliest IS NULL
            OR (takeoff_basis IN ('gap', 'unseen') AND takeoff_earliest < observed_through - INTERVAL 30 HOUR)
                AS off_assumed,
            coalesce(takeoff_latest, observed_from) AS off_latest,
            if(off_assumed, least(observed_through - INTERVAL 30 HOUR, off_latest), assumeNotNull(takeoff_earliest))
                AS off_earliest,
            is_open
            OR (landing_basis IN ('gap', 'unseen') AND landing_latest > observed_from + INTERVAL 30 HOUR)
                AS on_assumed,
            if(is_open, observed_through + INTERVAL 1 MILLISECOND, assumeNotNull(landing_earliest))
                AS on_earliest,
            if(on_assumed, greatest(observed_from + INTERVAL 30 HOUR, on_earliest), assumeNotNull(landing_latest))
                AS on_latest,
            reconstructed OR takeoff_basis IN ('reported', 'reported_bound') AS off_reported,
            reconstructed OR on_basis IN ('reported', 'reported_bound') AS on_reported
        FROM flights_legs FINAL
        WHERE is_deleted = 0
    ),
    judged AS (
        SELECT
            *,
            off_earliest <= {at:DateTime64(3, 'UTC')} AS may_be_off,
            off_latest <= {at:DateTime64(3, 'UTC')} AS surely_off,
            on_earliest <= {at:DateTime64(3, 'UTC')} AS may_be_on,
            on_latest <= {at:DateTime64(3, 'UTC')} AS surely_on,
            least(
                (
                    dateDiff('ms', off_latest, {at:DateTime64(3, 'UTC')}) / 1000,
                    'latest',
                    toString(takeoff_basis),
                    off_reported
                ),
                (dateDiff('ms', {at:DateTime64(3, 'UTC')}, on_earliest) / 1000, 'earliest', on_basis, on_reported)
            ) AS nearest,
            -- The edge of this leg that is in doubt for want of readings.
            multiIf(
                may_be_off AND NOT surely_off AND takeoff_basis IN ('gap', 'unseen'),
                (if(takeoff_earliest IS NULL, NULL, off_earliest), toNullable(off_latest), 'take-off'),
                may_be_on AND NOT surely_on AND on_basis IN ('gap', 'unseen'),
                (
                    toNullable(if(landing_latest IS NULL, observed_through, on_earliest)),
                    if(landing_latest IS NULL, NULL, on_latest),
                    'landing'
                ),
                (NULL, NULL, '')
            ) AS doubt
        FROM legs
        WHERE mission_id IN (
            SELECT mission_id
            FROM legs
            WHERE off_earliest <= {at:DateTime64(3, 'UTC')} AND on_latest > {at:DateTime64(3, 'UTC')}
        )
    ),
    missions AS (
        SELECT
            mission_id,
            countIf(may_be_off) - countIf(surely_on) + countIf(may_be_on) - countIf(surely_off) = 0 AS sure,
            argMinIf(leg, place, may_be_off AND NOT surely_on) AS flown,
            argMinIf(nearest, place, may_be_off AND NOT surely_on) AS near,
            -- Reported times are right to a minute or two: five minutes are needed to be sure.
            sure AND near.4 AND near.3 != 'reported_bound' AND near.1 < 300 AS weak,
            argMinIf(doubt, place, doubt.3 != '') AS unseen,
            argMinIf(callsign, place, callsign != '') AS sign,
            argMinIf(registration, place, registration != '') AS tail,
            max(masked) AS some_masked,
            max(reconstructed) AS some_reconstructed,
            max(known_at) AS last_known_at
        FROM judged
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
    multiIf(weak, 'possible', sure, 'definite', unseen.3 = '', 'possible', 'unknown') AS certainty,
    if(sure AND NOT weak, 'airborne', 'unknown') AS phase,
    if(
        NOT sure OR weak OR (near.3 = 'reported_bound' AND near.1 < 60),
        NULL,
        round(greatest(near.1, 0), 3)
    ) AS margin_s,
    multiIf(
        weak, concat(toString(toInt64(round(greatest(near.1, 0)))), ' s are too few for reported times'),
        sure OR unseen.3 = '', NULL,
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
