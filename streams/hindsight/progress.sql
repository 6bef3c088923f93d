-- What the feeds of positions said of their progress and of their outages
-- Parameters: by_arrival, by
SELECT *
FROM feed_progress_current
WHERE
    if({by_arrival:Bool}, ifNull(fetched_at, logged_at), logged_at) <= {by:DateTime64(3, 'UTC')}
    AND topic = 'flights.positions'
ORDER BY feed, scope, logged_at
