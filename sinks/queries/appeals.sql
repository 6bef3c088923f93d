-- Acts on appeal with the district case that they come from
-- One row per order on an appeal's docket; of the district case, the orders that stand on its own
-- docket, with the words that its sources give.
-- Parameters: none
-- Example: none
SELECT
    appeal.court_id AS court_id, appeal.docket_number AS docket_number, appeal.kind AS kind,
    appeal.disposition AS disposition,
    arrayMin(one -> one.at_earliest, appeal.clocks) AS at_earliest,
    arrayMax(one -> one.at_latest, appeal.clocks) AS at_latest,
    appeal.judges AS judges, appeal.description AS description,
    appeal.appeal_of AS appeal_of,
    below.orders AS district_orders,
    appeal.reconstructed AS reconstructed, appeal.order_id AS order_id
FROM court_orders_current AS appeal
LEFT JOIN
    (
        SELECT
            concat(court_id, '/', docket_number) AS docket,
            arraySort(groupArray((
                arrayMin(one -> one.at_earliest, clocks), toString(kind), description, order_id
            ))) AS orders
        FROM court_orders_current
        GROUP BY docket
    ) AS below
    ON below.docket = coalesce(appeal.appeal_of, '')
WHERE appeal.appeal_of IS NOT NULL
ORDER BY at_earliest, order_id
