"""From topics to ClickHouse: consumer, migrations, views, worked queries."""
