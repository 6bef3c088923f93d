-- Versions of articles that may speak of the moments asked about, of the flights or the orders
-- An article published more than a week before them is about something else.
-- Parameters: by_arrival, by, earliest
SELECT *
FROM news_articles_current
WHERE
    if({by_arrival:Bool}, ifNull(fetched_at, logged_at), logged_at) <= {by:DateTime64(3, 'UTC')}
    AND published_at >= {earliest:DateTime64(3, 'UTC')} - INTERVAL 7 DAY
ORDER BY article_id, logged_at
