-- The flights that may have been in the air at one moment, by their own readings. In the legs of a
-- mission neither the earliest nor the latest times go back, so that it is enough to count: whoever
-- may have taken off more often than it has surely landed may be in the air, and whoever may have
-- landed as often as it has surely taken off may be on the ground.
-- First the missions in question, by five columns; then their legs. An expression's name is used
-- once or twice at most: the planner writes it out at each place.
CREATE OR REPLACE VIEW airborne_at AS
WITH
    {at:DateTime64(3, 'UTC')} AS moment,
    legs AS (
        SELECT
            mission_id,
            (mission_index, observed_from, leg_id) AS place,
            (icao24, leg_id, origin, destination) AS leg,
            callsign,
            registration,
            _marks,
            known_at,
            _off_earliest <= moment AS may_be_off,
            _off_latest <= moment AS surely_off,
            _on_earliest <= moment AS may_be_on,
            _on_latest <= moment AS surely_on,
            -- Seconds to the nearer edge, and how far the source of it can be trusted.
            least(
                (toFloat64(moment - _off_latest), 2, bitAnd(_marks, 3)),
                (toFloat64(_on_earliest - moment), 1, bitAnd(bitShiftRight(_marks, 2), 3))
            ) AS nearest,
            multiIf(
                may_be_off > surely_off AND _off_gap != '', _off_gap,
                may_be_on > surely_on, _on_gap,
                ''
            ) AS doubt
        FROM flights_legs FINAL
        WHERE
            is_deleted = 0
            AND mission_id IN (
                SELECT mission_id
                FROM flights_legs FINAL
                WHERE is_deleted = 0 AND _off_earliest <= moment AND _on_latest > moment
            )
    ),
    missions AS (
        SELECT
            mission_id AS mission,
            sum(may_be_off - surely_on + may_be_on - surely_off) = 0 AS sure,
            argMinIf((leg, nearest), place, may_be_off > surely_on) AS flown,
            argMinIf(doubt, place, doubt != '') AS unseen,
            argMinIf(legs.callsign, place, legs.callsign != '') AS sign,
            argMinIf(legs.registration, place, legs.registration != '') AS tail,
            groupBitOr(_marks) AS marks,
            max(legs.known_at) AS last_known_at,
            flown.1 AS flown_leg,
            flown.2.1 AS seconds,
            flown.2.3 AS reported,
            -- Reported times are right to a minute or two: five minutes are needed to be sure.
            sure AND reported = 1 AND seconds < 300 AS weak
        FROM legs
        GROUP BY mission_id
    )

SELECT
    mission AS mission_id,
    nullIf(if(match(sign, '^[A-Za-z]{3}.'), substring(sign, 4), sign), '') AS flight,
    nullIf(sign, '') AS callsign,
    nullIf(tail, '') AS registration,
    flown_leg.1 AS icao24,
    flown_leg.2 AS leg_id,
    flown_leg.3 AS origin,
    flown_leg.4 AS destination,
    multiIf(weak, 'possible', sure, 'definite', unseen = '', 'possible', 'unknown') AS certainty,
    if(sure AND NOT weak, 'airborne', 'unknown') AS phase,
    if(
        NOT sure OR weak OR (reported = 2 AND seconds < 60),
        NULL,
        round(greatest(seconds, 0), 3)
    ) AS margin_s,
    multiIf(
        weak, concat(toString(toInt64(round(greatest(seconds, 0)))), ' s are too few for reported times'),
        sure, NULL,
        nullIf(unseen, '')
    ) AS gap,
    bitTest(marks, 4)::Bool AS masked,
    bitTest(marks, 5)::Bool AS reconstructed,
    last_known_at AS known_at
FROM missions
SETTINGS compile_expressions = 0,
merge_tree_min_rows_for_concurrent_read = 8192,
merge_tree_min_bytes_for_concurrent_read = 1;
