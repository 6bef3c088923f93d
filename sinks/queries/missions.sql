-- Missions with their stops
-- One row per mission of one aircraft: the airports in order (? where not sure), the minutes on the
-- ground between legs at the least and at the most, and whether the last leg is still open.
-- Parameters: none
-- Example: none
SELECT
    icao24, registration, callsign, length(flown) AS legs,
    arrayConcat(
        [coalesce(tupleElement(flown[1], 2), '?')],
        arrayMap(one -> coalesce(one.3, '?'), flown)
    ) AS airports,
    tupleElement(flown[1], 4) AS takeoff_earliest, tupleElement(flown[1], 5) AS takeoff_latest,
    tupleElement(flown[-1], 6) AS landing_earliest, tupleElement(flown[-1], 7) AS landing_latest,
    arrayMap(
        (before, after) -> (
            round(dateDiff('second', before.7, after.4) / 60, 1),
            round(dateDiff('second', before.6, after.5) / 60, 1)
        ),
        arrayPopBack(flown), arrayPopFront(flown)
    ) AS stops_min,
    open, reconstructed, mission_id
FROM
    (
        SELECT
            mission_id, any(icao24) AS icao24, any(registration) AS registration,
            any(callsign) AS callsign,
            arraySort(groupArray((
                mission_index, origin, destination,
                takeoff_earliest, takeoff_latest, landing_earliest, landing_latest
            ))) AS flown,
            countIf(landing_latest IS NULL) > 0 AS open,
            max(reconstructed) AS reconstructed
        FROM flights_legs_current
        GROUP BY mission_id
    )
ORDER BY takeoff_earliest, mission_id
