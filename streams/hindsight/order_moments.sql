-- From the earliest to the latest instant that any source ever gave for an order
-- Parameters: order_id
SELECT min(one.at_earliest) AS earliest, max(one.at_latest) AS latest
FROM (SELECT arrayJoin(clocks) AS one FROM court_orders WHERE order_id = {order_id:String})
HAVING count() > 0
