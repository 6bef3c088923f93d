-- Court orders with each source's word on their clocks
-- One row per order, clock and source, best source first: rivals stand beside each other.
-- Parameters: none
-- Example: none
SELECT
    order_id, kind, form, disposition, court_id, docket_number, case_name,
    one.clock AS clock, one.at_earliest AS at_earliest, one.at_latest AS at_latest,
    one.source AS source, one.source_rank AS source_rank, one.evidence AS evidence,
    judges, description, confidence, reconstructed, known_at
FROM court_orders_current
LEFT ARRAY JOIN clocks AS one
ORDER BY at_earliest, order_id, clock, source_rank
