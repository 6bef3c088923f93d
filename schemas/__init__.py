"""Topic catalogue, Avro schemas, wire format and compatibility rules."""
