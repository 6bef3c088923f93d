-- Outages that feeds told of before a moment, and how far each had come by then
SELECT *
FROM feed_progress_current
WHERE logged_at < toDateTime64(%(since)s, 3, 'UTC')
ORDER BY logged_at DESC, complete_through DESC
LIMIT 1 BY feed, topic, scope, outage_from
