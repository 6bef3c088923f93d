-- Policy events in the order in which they happened, with the outlets that reported them
-- One row per event, with the numbers that reports claim (number, what is counted, scope, rough,
-- outlets) and PLOVER codes; the reports' quotes are in the table policy_events_current.
-- Parameters: none
-- Example: none
SELECT
    event_id, type, valid_from, valid_to, title, actors, recipients, place,
    subject_type, subject_id, court_id, docket_number, confidence, quote,
    arraySort(arrayDistinct(arrayMap(report -> report.outlet, reports))) AS outlets,
    length(reports) AS times_reported, first_outlet, first_reported_at, claimed_values,
    plover_event, plover_mode, plover_contexts, reconstructed, known_at, published_at
FROM policy_events_current
ORDER BY valid_from, event_id
