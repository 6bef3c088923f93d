-- Legs of missions that were under way near a moment, or of all
-- Parameters: at, every
SELECT *, toUInt8(0) AS is_deleted, toUInt64(0) AS revision
FROM flights_legs_current
WHERE
    {every:Bool}
    OR mission_id IN
    (
        SELECT mission_id
        FROM flights_legs_current
        WHERE
            observed_from <= {at:DateTime64(3, 'UTC')} + INTERVAL 36 HOUR
            AND observed_through >= {at:DateTime64(3, 'UTC')} - INTERVAL 36 HOUR
    )
ORDER BY mission_id, mission_index, leg_id
