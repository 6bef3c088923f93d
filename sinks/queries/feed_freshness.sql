-- How fresh and how complete each feed is, and what of it could not be used
-- complete_through is by the source's own clock; dead letters are those of the whole topic.
-- Parameters: none
-- Example: none
SELECT
    topic, feed, scope, complete_through, last_fetched_at, outages, outage_s, last_outage_reason,
    complete_share, dead_letters
FROM feed_freshness
ORDER BY topic, feed, scope
