-- Claims about flights by source, retracted ones included
-- One row per claim that was ever published: who says of which flight that it carried people
-- removed, in which words, since when, and whether the claim stands: it is not retracted, and the
-- generation in force has it.
-- Parameters: none
-- Example: none
SELECT
    arrayElement(claimed_by, 1) AS outlet,
    flight, registration, certainty,
    is_deleted = 0 AND generation = (SELECT max(generation) FROM generations) AS stands,
    claimed_since,
    evidence[2] AS title,
    evidence[3] AS quote,
    first_published, _timestamp AS last_published, revisions,
    subject_id AS mention_id, object_id AS mission_id, reconstructed
FROM policy_links_history
INNER JOIN
    (
        SELECT
            link_id,
            max((generation, revision)) AS newest,
            min(_timestamp) AS first_published,
            uniqExact(generation, revision) AS revisions
        FROM policy_links_history
        WHERE relation = 'claims_about' AND generation <= (SELECT max(generation) FROM generations)
        GROUP BY link_id
    ) AS claims
    USING (link_id)
WHERE relation = 'claims_about' AND (generation, revision) = newest
ORDER BY outlet, claimed_since, flight, mention_id, mission_id
LIMIT 1 BY link_id
