-- The stretches of orders' lives that a moment falls into, as they were published by another
-- Parameters: at, as_of
SELECT *, '' AS state_id, toUInt8(0) AS is_deleted, toUInt64(0) AS revision
FROM
    orders_in_force_as_of(
        at = {at:DateTime64(3, 'UTC')}, as_of = {as_of:DateTime64(3, 'UTC')}
    )
