"""ClickHouse's engine (chDB) behind an endpoint that speaks ClickHouse's native protocol.

`embedded` is what the parent process uses; everything else runs in the endpoint's own process
(``python -m deploy.clickhouse``).
"""
