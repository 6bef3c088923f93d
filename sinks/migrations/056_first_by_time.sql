-- Of feed records that say the same the first stays, by Kafka's time and not by offset: a rebuild
-- copies the feed topics, and offsets begin anew. Rows from before, versioned by offset, stay ahead
-- of any later one.
-- A column's formula does not touch what is stored.

ALTER TABLE flights_positions
MODIFY COLUMN _first UInt64 MATERIALIZED 18446744073709551615 - toUnixTimestamp64Milli(_timestamp);

ALTER TABLE court_docket_entries
MODIFY COLUMN _first UInt64 MATERIALIZED 18446744073709551615 - toUnixTimestamp64Milli(_timestamp);

ALTER TABLE news_articles
MODIFY COLUMN _first UInt64 MATERIALIZED 18446744073709551615 - toUnixTimestamp64Milli(_timestamp);

ALTER TABLE feed_progress
MODIFY COLUMN _first UInt64 MATERIALIZED 18446744073709551615 - toUnixTimestamp64Milli(_timestamp);
