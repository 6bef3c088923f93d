-- Links as they were published by a moment, in the generation that was live then
-- Parameters: as_of
SELECT *, toUInt8(0) AS is_deleted, toUInt64(0) AS revision
FROM policy_links_as_of(as_of = {as_of:DateTime64(3, 'UTC')})
ORDER BY link_id
