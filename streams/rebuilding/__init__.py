"""The pipeline again from its record, beside the live one, and then in its place."""
