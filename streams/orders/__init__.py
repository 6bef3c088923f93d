"""Docket entries go in, court orders with all their clocks come out. Pure: no I/O, no clock."""
