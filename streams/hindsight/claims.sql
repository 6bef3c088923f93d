-- Which outlets claim that a flight carried people removed
-- Parameters: none
SELECT object_id AS mission_id, arrayJoin(claimed_by) AS outlet
FROM policy_links_current
WHERE relation = 'claims_about'
ORDER BY mission_id, outlet
