"""The embedded stack: Apache Kafka, ClickHouse's engine, and the processes that hold them."""
