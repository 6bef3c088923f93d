-- The stretches of orders' lives that a moment falls into, as they stand
-- Parameters: at
SELECT *, '' AS state_id, toUInt8(0) AS is_deleted, toUInt64(0) AS revision
FROM orders_in_force_at(at = {at:DateTime64(3, 'UTC')})
