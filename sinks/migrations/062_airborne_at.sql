-- The flights that may have been in the air at one moment, by their own readings. In the legs of a
-- mission neither the earliest nor the latest times go back: a leg that has surely not begun, or has
-- surely ended, makes nothing unsure, so that only those under way are asked, and the others say
-- what the flight is called.
-- Three look-ups in flights_leg_ends: whose legs are under way, which other legs these missions have,
-- and how these stand. The first two may name too many, by revisions that were replaced; FINAL sees
-- each leg as it stands, and a mission none of whose legs is under way is left out at the end.
-- A column read or a function written costs a quarter of a millisecond of planning: both are few.
CREATE OR REPLACE VIEW airborne_at AS
WITH
    {at:DateTime64(3, 'UTC')} AS moment,
    missions AS (
        SELECT
            mission_id AS mission,
            argMinIf(
                (
                    place,
                    leg,
                    -- Seconds to the nearer edge, and how far the source of it can be trusted.
                    least((moment - off_latest, 2, off_reported), (on_earliest - moment, 1, on_reported))
                ),
                place,
                off_earliest <= moment AND on_latest > moment
            ) AS flown,
            maxIf(off_latest > moment OR on_earliest <= moment, off_earliest <= moment AND on_latest > moment)
                AS unsure,
            argMinIf(
                multiIf(off_latest > moment AND off_gap IS NOT NULL, off_gap, on_earliest <= moment, on_gap, NULL),
                place,
                off_earliest <= moment AND on_latest > moment
            ) AS unseen,
            argMin(flight, place) AS number,
            argMin(callsign, place) AS sign,
            argMin(registration, place) AS tail,
            max(masked) AS some_masked,
            max(reconstructed) AS some_reconstructed,
            max(known_at) AS last_known_at
        FROM flights_leg_ends FINAL
        PREWHERE
            leg_id IN (
                SELECT leg_id
                FROM flights_leg_ends
                WHERE mission_id IN (
                    SELECT mission_id
                    FROM flights_leg_ends
                    WHERE
                        on_latest > moment
                        AND (is_long OR on_latest <= moment + INTERVAL 36 HOUR)
                        AND off_earliest <= moment
                )
            )
        GROUP BY mission_id
    ),
    answers AS (
        SELECT
            *,
            greatest(toFloat64(flown.3.1), 0) AS seconds,
            -- Reported times are right to a minute or two: five minutes are needed to be sure.
            multiIf(
                unsure, if(unseen IS NULL, 'possible', 'unknown'),
                flown.3.3 = 1 AND flown.3.1 < 300, 'weak',
                'definite'
            ) AS verdict
        FROM missions
        WHERE flown.1.3 != ''
    )

SELECT
    mission AS mission_id,
    number AS flight,
    sign AS callsign,
    tail AS registration,
    flown.2.1 AS icao24,
    flown.1.3 AS leg_id,
    flown.2.2 AS origin,
    flown.2.3 AS destination,
    if(verdict = 'weak', 'possible', verdict) AS certainty,
    if(verdict = 'definite', 'airborne', 'unknown') AS phase,
    if(
        verdict != 'definite' OR (flown.3.3 = 2 AND seconds < 60),
        NULL,
        round(seconds, 3)
    ) AS margin_s,
    multiIf(
        verdict = 'weak', concat(toString(toInt64(round(seconds))), ' s are too few for reported times'),
        verdict = 'definite', NULL,
        unseen
    ) AS gap,
    some_masked AS masked,
    some_reconstructed AS reconstructed,
    last_known_at AS known_at
FROM answers
SETTINGS compile_expressions = 0;
