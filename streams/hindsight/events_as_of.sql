-- Events as they were published by a moment, in the generation that was live then
-- One row per event: its last revision by that moment, if that did not retract it.
-- Parameters: as_of
SELECT * EXCEPT (_topic, _partition, _offset, _timestamp, _bytes, generation)
FROM
(
    SELECT *
    FROM policy_events_history
    WHERE
        _timestamp <= {as_of:DateTime64(3, 'UTC')}
        AND generation = (
            SELECT max(generation)
            FROM generations
            WHERE opened_at <= {as_of:DateTime64(3, 'UTC')}
        )
    ORDER BY revision DESC
    LIMIT 1 BY event_id
)
WHERE is_deleted = 0
