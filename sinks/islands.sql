-- Runs of offsets of one partition that are rows of a table or dead letters of the sink's.
-- sinks/reconcile.py puts in the table's name, topic and partition.
SELECT
    min(place) AS first,
    max(place) AS last
FROM (
    SELECT
        place,
        place - row_number() OVER (ORDER BY place) AS island
    FROM (
        SELECT _offset AS place
        FROM ${rows_of}
        WHERE _topic = {topic:String} AND _partition = {number:UInt32}
        UNION DISTINCT
        SELECT source_offset AS place
        FROM dead_letters
        WHERE source_topic = {topic:String} AND source_partition = {number:UInt32} AND refused_by = 'sink'
    )
)
GROUP BY island
ORDER BY first
