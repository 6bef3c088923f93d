-- Rival times under which an answer would be another
-- One row per order, clock, flight and rival: the answer under the time that the policy chose, and
-- under the time of the source that says otherwise.
-- Parameters: none
-- Example: none
SELECT
    order_kind, court_id, docket_number, clock, flight, registration,
    at_earliest, at_latest, clock_source, certainty, phase,
    rival.source AS rival_source,
    rival.at_earliest AS rival_earliest, rival.at_latest AS rival_latest,
    rival.certainty AS rival_certainty, rival.phase AS rival_phase, rival.margin_s AS rival_margin_s,
    policy, object_id AS order_id, reconstructed
FROM policy_links_current
ARRAY JOIN rivals AS rival
WHERE relation = 'airborne_at' AND rival.certainty != certainty
ORDER BY at_earliest, order_id, clock, flight, rival_earliest, rival_source
