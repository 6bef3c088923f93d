"""Feeds in, facts, joins, the Faust hosts and the command line."""
