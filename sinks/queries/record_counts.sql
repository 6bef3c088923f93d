-- Records in each table: one per identity, and how many of them stand
-- 'records' counts identities, retracted ones too; 'current' those that stand.
-- Parameters: none
-- Example: none
SELECT * FROM
(
    SELECT 'flights_positions' AS table_name, uniqExact(icao24, observed_at, source, _content) AS records, (SELECT count() FROM flights_positions_current) AS current FROM flights_positions
    UNION ALL
    SELECT 'court_docket_entries' AS table_name, uniqExact(court_id, docket_number, source, _content) AS records, (SELECT count() FROM court_docket_entries_current) AS current FROM court_docket_entries
    UNION ALL
    SELECT 'news_articles' AS table_name, uniqExact(article_id, source, _content) AS records, (SELECT count() FROM news_articles_current) AS current FROM news_articles
    UNION ALL
    SELECT 'feed_progress' AS table_name, uniqExact(feed, topic, scope, _content) AS records, (SELECT count() FROM feed_progress_current) AS current FROM feed_progress
    UNION ALL
    SELECT 'flights_legs' AS table_name, uniqExact(leg_id) AS records, (SELECT count() FROM flights_legs_current) AS current FROM flights_legs
    UNION ALL
    SELECT 'court_entries' AS table_name, uniqExact(entry_id) AS records, (SELECT count() FROM court_entries_current) AS current FROM court_entries
    UNION ALL
    SELECT 'court_order_states' AS table_name, uniqExact(state_id) AS records, (SELECT count() FROM court_order_states_current) AS current FROM court_order_states
    UNION ALL
    SELECT 'court_orders' AS table_name, uniqExact(order_id) AS records, (SELECT count() FROM court_orders_current) AS current FROM court_orders
    UNION ALL
    SELECT 'news_mentions' AS table_name, uniqExact(mention_id) AS records, (SELECT count() FROM news_mentions_current) AS current FROM news_mentions
    UNION ALL
    SELECT 'policy_events' AS table_name, uniqExact(event_id) AS records, (SELECT count() FROM policy_events_current) AS current FROM policy_events
    UNION ALL
    SELECT 'policy_links' AS table_name, uniqExact(link_id) AS records, (SELECT count() FROM policy_links_current) AS current FROM policy_links
    UNION ALL
    SELECT 'court_order_states_history' AS table_name, uniqExact(state_id, generation, revision) AS records, records AS current FROM court_order_states_history
    UNION ALL
    SELECT 'policy_events_history' AS table_name, uniqExact(event_id, generation, revision) AS records, records AS current FROM policy_events_history
    UNION ALL
    SELECT 'policy_links_history' AS table_name, uniqExact(link_id, generation, revision) AS records, records AS current FROM policy_links_history
    UNION ALL
    SELECT 'dead_letters' AS table_name, uniqExact(source_topic, source_partition, source_offset, stage) AS records, (SELECT count() FROM dead_letters_current) AS current FROM dead_letters
)
ORDER BY table_name
