INSERT INTO policy_links SELECT * EXCEPT (generation)
FROM policy_links_history
WHERE certainty = 'definite'
