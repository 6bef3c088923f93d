-- Orders in force at a moment, with their words
-- What is docketed, not what the law makes of it: what each restrains in its own words, the term it
-- states, what began this stretch of its life and on which docket, and what is on record against it.
-- possible: the moment lies within the interval of a beginning or an end, or an act that may be on it
-- does not say so.
-- Parameters: at, a moment in UTC, as 2025-03-20 00:00:00
-- Example: at=2025-03-20 00:00:00
SELECT
    court_id, docket_number, kind, status, certainty,
    from_earliest, from_latest, to_earliest, to_latest,
    description, scope, term_words, disputes, began_words, began_in, confidence, reconstructed, order_id
FROM orders_in_force_at(at = {at:DateTime64(3, 'UTC')})
WHERE in_force
ORDER BY from_earliest, order_id, status
