-- Docket entries of every case family that has an order near the moments asked about: what a docket
-- is an appeal of may be said on another one.
-- Parameters: by_arrival, by, earliest, latest
SELECT *
FROM court_docket_entries_current
WHERE
    if({by_arrival:Bool}, ifNull(fetched_at, logged_at), logged_at) <= {by:DateTime64(3, 'UTC')}
    AND (court_id, docket_number) IN (
        SELECT court_id, docket_number
        FROM court_entries
        WHERE case_family IN (
            SELECT case_family
            FROM court_orders
            WHERE arrayExists(
                one -> one.at_earliest <= {latest:DateTime64(3, 'UTC')} + INTERVAL 7 DAY
                    AND one.at_latest >= {earliest:DateTime64(3, 'UTC')} - INTERVAL 7 DAY,
                clocks
            )
        )
    )
ORDER BY court_id, docket_number, logged_at
