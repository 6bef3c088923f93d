-- Dead letters name their topic with its namespace and generation, feeds' freshness without: after
-- a rebuild, and in a namespace, the view found none.

CREATE OR REPLACE VIEW feed_freshness AS
WITH
    fetched AS (
        SELECT source, 'flights.positions' AS topic, max(fetched_at) AS fetched_at, max(_timestamp) AS logged_at
        FROM flights_positions
        GROUP BY source
        UNION ALL
        SELECT source, 'court.docket-entries' AS topic, max(fetched_at) AS fetched_at, max(_timestamp) AS logged_at
        FROM court_docket_entries
        GROUP BY source
        UNION ALL
        SELECT source, 'news.articles' AS topic, max(fetched_at) AS fetched_at, max(_timestamp) AS logged_at
        FROM news_articles
        GROUP BY source
    ),
    said AS (
        SELECT
            feed,
            topic,
            scope,
            max(complete_through) AS newest,
            min(coalesce(outage_from, complete_through)) AS since,
            max(coalesce(complete_through, outage_to)) AS through,
            countIf(outage_from IS NOT NULL) AS outages,
            intervalLengthSumIf(
                toUnixTimestamp64Milli(assumeNotNull(outage_from)),
                toUnixTimestamp64Milli(assumeNotNull(outage_to)),
                outage_from IS NOT NULL AND outage_to IS NOT NULL
            ) / 1000 AS outage_s,
            argMaxIf(reason, outage_from, outage_from IS NOT NULL) AS last_outage_reason
        FROM feed_progress_current
        GROUP BY feed, topic, scope
    )

SELECT
    if(said.feed = '', fetched.source, said.feed) AS feed,
    if(said.topic = '', fetched.topic, said.topic) AS topic,
    if(said.scope = '', '*', said.scope) AS scope,
    said.newest AS complete_through,
    fetched.fetched_at AS last_fetched_at,
    if(fetched.source = '', NULL, fetched.logged_at) AS last_record_at,
    said.outages AS outages,
    said.outage_s AS outage_s,
    said.last_outage_reason AS last_outage_reason,
    if(
        said.since IS NULL OR said.through <= said.since,
        NULL,
        1 - said.outage_s / dateDiff('second', assumeNotNull(said.since), assumeNotNull(said.through))
    ) AS complete_share,
    letters.refused AS dead_letters
FROM said
FULL OUTER JOIN fetched ON fetched.source = said.feed AND fetched.topic = said.topic
LEFT JOIN (
    -- The topic's own name: without those of a namespace and of a generation.
    SELECT
        arrayStringConcat(arraySlice(splitByChar('.', toString(source_topic)), -2), '.') AS refused_topic,
        count() AS refused
    FROM dead_letters_current
    GROUP BY refused_topic
) AS letters ON letters.refused_topic = if(said.topic = '', fetched.topic, said.topic)
ORDER BY topic, feed, scope;
