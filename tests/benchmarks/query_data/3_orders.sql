INSERT INTO court_orders (
    order_id, revision, is_deleted, known_at, case_family, court_id, docket_number, case_name, kind,
    form, disposition, judges, description, rests_on, confidence, clocks, appeal_of, sources,
    _topic, _partition, _offset, _timestamp
)
SELECT
    concat('order-', lower(leftPad(hex(sipHash64(number, {seed:UInt64}, 2)), 16, '0'))) AS order_id,
    number AS revision,
    0 AS is_deleted,
    at + INTERVAL 300 SECOND AS known_at,
    concat('dcd/', docket_number) AS case_family,
    ['dcd', 'txs', 'mad', 'cadc'][1 + number % 4] AS court_id,
    concat('1:25-cv-', leftPad(toString(intDiv(number, 4)), 5, '0')) AS docket_number,
    'Generated v. Generated' AS case_name,
    ['tro', 'minute_order', 'stay', 'appellate_order'][1 + number % 4] AS kind,
    'written' AS form,
    'granted' AS disposition,
    ['A Judge'] AS judges,
    'ORDER granting the motion' AS description,
    'granting' AS rests_on,
    0.9 AS confidence,
    [('entered', at, at + toIntervalMillisecond(59999), 'cmecf-rss', 1, at + INTERVAL 300 SECOND, '')] AS clocks,
    if(court_id = 'cadc', case_family, NULL) AS appeal_of,
    ['bench'] AS sources,
    'court.orders' AS _topic,
    number % 4 AS _partition,
    number AS _offset,
    at + INTERVAL 300 SECOND AS _timestamp
FROM (
    SELECT
        number,
        toStartOfMinute(
            toDateTime64('2025-03-01 00:00:00', 3, 'UTC')
            + toIntervalSecond(sipHash64(number, {seed:UInt64}, 3) % (86400 * {days:UInt64}))
        )::DateTime64(3, 'UTC') AS at
    FROM numbers({orders:UInt64})
)
