-- The events as they were published at a moment, in the generation that was live then:
-- of events what policy_links_as_of is of links.
CREATE VIEW IF NOT EXISTS policy_events_as_of AS
SELECT
    * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes, generation),
    _timestamp AS published_at
FROM (
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
WHERE is_deleted = 0;
