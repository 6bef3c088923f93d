-- What happened around a docket, aggregates by the hour, how fresh and how complete each feed is.
-- All are worked out on reading, never summed up on writing: a correction is in the next answer.

-- Everything known of a docket and its appeals, in order of time. A docket is `1:25-cv-00766`, or
-- with its court `dcd/1:25-cv-00766` where two courts have the number.
CREATE VIEW IF NOT EXISTS timeline AS
WITH
    families AS (
        SELECT DISTINCT case_family
        FROM court_orders_current
        WHERE
            docket_number = {docket:String}
            OR concat(court_id, '/', docket_number) = {docket:String}
            OR case_family = {docket:String}
    ),
    orders AS (
        SELECT order_id, court_id, docket_number
        FROM court_orders_current
        WHERE case_family IN (SELECT case_family FROM families)
    )

SELECT
    at,
    at_latest,
    what,
    id,
    court_id,
    docket_number,
    words,
    certainty,
    source,
    reconstructed
FROM (
    SELECT
        coalesce(entered_at, filed_at) AS at,
        coalesce(entered_at_latest, entered_at, filed_at_latest, filed_at) AS at_latest,
        'docket.entry' AS what,
        coalesce(source_entry_id, pacer_doc_id, '') AS id,
        toString(court_id) AS court_id,
        docket_number,
        if(description = '', short_description, description) AS words,
        NULL AS certainty,
        toString(source) AS source,
        reconstructed
    FROM court_docket_entries_current
    WHERE
        docket_number = {docket:String}
        OR concat(court_id, '/', docket_number) = {docket:String}
        OR (court_id, docket_number) IN (SELECT court_id, docket_number FROM orders)
    UNION ALL
    SELECT
        valid_from AS at,
        valid_to AS at_latest,
        toString(type) AS what,
        event_id AS id,
        coalesce(toString(court_id), '') AS court_id,
        coalesce(docket_number, '') AS docket_number,
        title AS words,
        NULL AS certainty,
        arrayStringConcat(arraySort(arrayDistinct(arrayMap(one -> one.outlet, reports))), ', ') AS source,
        reconstructed
    FROM policy_events_current
    WHERE
        subject_id IN (SELECT order_id FROM orders)
        OR (coalesce(court_id, ''), coalesce(docket_number, '')) IN (SELECT court_id, docket_number FROM orders)
    UNION ALL
    SELECT
        at_earliest AS at,
        at_latest,
        concat('flight.', replaceOne(toString(phase), 'unknown', 'in_doubt')) AS what,
        link_id AS id,
        coalesce(toString(court_id), '') AS court_id,
        coalesce(docket_number, '') AS docket_number,
        concat(
            coalesce(flight, callsign, icao24, ''),
            if(registration IS NULL, '', concat(' (', coalesce(registration, ''), ')')),
            concat(' at the ', replaceOne(coalesce(toString(order_kind), 'order'), '_', ' ')),
            concat(', ', coalesce(toString(clock), 'no clock'))
        ) AS words,
        toString(certainty) AS certainty,
        coalesce(toString(clock_source), '') AS source,
        reconstructed
    FROM policy_links_current
    WHERE relation = 'airborne_at' AND object_id IN (SELECT order_id FROM orders)
)
ORDER BY at, at_latest, what, id;

-- Position reports by hour and feed; what was fetched or delivered twice counts once.
CREATE VIEW IF NOT EXISTS flights_positions_hourly AS
SELECT
    toDateTime64(toStartOfHour(observed_at, 'UTC'), 3, 'UTC') AS hour,
    source,
    count() AS readings,
    uniqExact(icao24) AS aircraft,
    countIf(on_ground) AS readings_on_ground,
    countIf(reconstructed) AS readings_reconstructed
FROM flights_positions_current
GROUP BY hour, source;

-- Take-offs and landings by hour, at the earliest instant that the evidence allows.
CREATE VIEW IF NOT EXISTS flights_legs_hourly AS
SELECT
    toDateTime64(toStartOfHour(assumeNotNull(one.1), 'UTC'), 3, 'UTC') AS hour,
    countIf(one.2 = 'takeoff') AS takeoffs,
    countIf(one.2 = 'landing') AS landings,
    uniqExact(icao24) AS aircraft,
    countIf(reconstructed) AS reconstructed_ends
FROM (
    SELECT
        icao24,
        reconstructed,
        arrayJoin(
            [(coalesce(takeoff_earliest, observed_from), 'takeoff'), (landing_earliest, 'landing')]
        ) AS one
    FROM flights_legs_current
)
WHERE one.1 IS NOT NULL
GROUP BY hour;

-- How far each feed has come and how much of the time since its first word it was there.
CREATE VIEW IF NOT EXISTS feed_freshness AS
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
    SELECT source_topic, count() AS refused
    FROM dead_letters_current
    GROUP BY source_topic
) AS letters ON letters.source_topic = if(said.topic = '', fetched.topic, said.topic)
ORDER BY topic, feed, scope;
