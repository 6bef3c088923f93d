-- How long it took from filing to entry, by court
-- Entries of which a source gives both times. A time that is only known by its day makes the lag an
-- interval: the hours at the least and at the most. Medians are of entries, each once.
-- Parameters: none
-- Example: none
SELECT
    court_id,
    count() AS entries,
    round(quantileExact(0.5) (least_s) / 3600, 2) AS median_least_hours,
    round(quantileExact(0.5) (most_s) / 3600, 2) AS median_most_hours,
    round(max(most_s) / 3600, 2) AS longest_hours,
    countIf(most_s - least_s > 120) AS by_day_only
FROM
    (
        SELECT
            court_id, docket_number,
            coalesce(pacer_doc_id, source_entry_id, description) AS entry,
            max(greatest(dateDiff('second', coalesce(filed_at_latest, filed_at), entered_at), 0)) AS least_s,
            min(dateDiff('second', filed_at, coalesce(entered_at_latest, entered_at))) AS most_s
        FROM court_docket_entries_current
        WHERE entered_at IS NOT NULL AND filed_at IS NOT NULL
        GROUP BY court_id, docket_number, entry
    )
GROUP BY court_id
ORDER BY court_id
