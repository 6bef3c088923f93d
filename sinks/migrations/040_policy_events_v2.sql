-- What the reports of an event amount to, and its PLOVER codes: version 2 of policy_event.
-- Rows from before have the defaults until a rebuild writes them anew.
ALTER TABLE policy_events
    ADD COLUMN IF NOT EXISTS first_outlet LowCardinality(Nullable(String)) AFTER reconstructed,
    ADD COLUMN IF NOT EXISTS first_reported_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(3)) AFTER first_outlet,
    ADD COLUMN IF NOT EXISTS outlets Array(String) CODEC(ZSTD(3)) AFTER first_reported_at,
    ADD COLUMN IF NOT EXISTS claimed_values Array(Tuple(number Int64, counted String, scope String, rough Bool, outlets Array(String))) CODEC(ZSTD(3)) AFTER outlets,
    ADD COLUMN IF NOT EXISTS plover_event LowCardinality(String) AFTER claimed_values,
    ADD COLUMN IF NOT EXISTS plover_mode LowCardinality(Nullable(String)) AFTER plover_event,
    ADD COLUMN IF NOT EXISTS plover_contexts Array(LowCardinality(String)) AFTER plover_mode;

ALTER TABLE policy_events_history
    ADD COLUMN IF NOT EXISTS first_outlet LowCardinality(Nullable(String)) AFTER reconstructed,
    ADD COLUMN IF NOT EXISTS first_reported_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(3)) AFTER first_outlet,
    ADD COLUMN IF NOT EXISTS outlets Array(String) CODEC(ZSTD(3)) AFTER first_reported_at,
    ADD COLUMN IF NOT EXISTS claimed_values Array(Tuple(number Int64, counted String, scope String, rough Bool, outlets Array(String))) CODEC(ZSTD(3)) AFTER outlets,
    ADD COLUMN IF NOT EXISTS plover_event LowCardinality(String) AFTER claimed_values,
    ADD COLUMN IF NOT EXISTS plover_mode LowCardinality(Nullable(String)) AFTER plover_event,
    ADD COLUMN IF NOT EXISTS plover_contexts Array(LowCardinality(String)) AFTER plover_mode;

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW policy_events_current AS
SELECT * EXCEPT (revision, is_deleted, _topic, _partition, _offset, _timestamp, _bytes), _timestamp AS published_at
FROM policy_events FINAL
WHERE is_deleted = 0;
