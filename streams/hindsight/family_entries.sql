-- Docket entries of every case family that has, or ever had, an order from before a moment
-- What acts on an order, and what a docket is an appeal of, may be said on another one.
-- Parameters: at, by, docket
WITH
    families AS
    (
        SELECT case_family
        FROM court_orders
        WHERE
            arrayExists(one -> one.at_earliest <= {at:DateTime64(3, 'UTC')}, clocks)
            AND {docket:String} IN ('', docket_number, concat(court_id, '/', docket_number), case_family)
        UNION DISTINCT
        SELECT case_family
        FROM court_order_states_history
        WHERE
            from_earliest <= {at:DateTime64(3, 'UTC')}
            AND {docket:String} IN ('', docket_number, concat(court_id, '/', docket_number), case_family)
    )
SELECT *
FROM court_docket_entries_current
WHERE
    ifNull(fetched_at, logged_at) <= {by:DateTime64(3, 'UTC')}
    AND (court_id, docket_number) IN (
        SELECT court_id, docket_number FROM court_entries WHERE case_family IN (families)
        UNION DISTINCT
        SELECT court_id, docket_number
        FROM court_order_states_history
        WHERE case_family IN (families)
    )
ORDER BY court_id, docket_number, logged_at
