"""Apache Kafka, embedded: its jars, and one KRaft broker as a child process."""
