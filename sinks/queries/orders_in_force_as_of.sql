-- Orders in force at a moment, as it was published at another
-- Two times: at, when they stood; as_of, by when it had been published. What came later, as an
-- extension or a vacatur docketed after that day, is not in it.
-- Parameters: at, a moment in UTC, as 2025-03-29 12:00:00; as_of, another
-- Example: at=2025-03-29 12:00:00; as_of=2025-03-27 12:00:00
SELECT
    court_id, docket_number, kind, status, certainty,
    from_earliest, from_latest, to_earliest, to_latest,
    description, term_words, disputes, began_words, began_in, known_at, published_at, order_id
FROM
    orders_in_force_as_of(
        at = {at:DateTime64(3, 'UTC')}, as_of = {as_of:DateTime64(3, 'UTC')}
    )
WHERE in_force
ORDER BY from_earliest, order_id, status
