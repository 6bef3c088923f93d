"""Live feeds: what ``feeds.toml`` lists goes in, archived and published documents come out.

A *lane* is one thing asked for again and again: one court's RSS, one docket, one box of the sky.
Each turn of a lane fetches (``fetching``), keeps what came (``archive``), publishes what is kept
and not yet published (``delivery``), says how far the feed has come (``progress``) and only then
moves its cursor (``cursors``). So the archive is a log written ahead: a kill between any two steps
repeats records, which their ids absorb, and loses none.
"""
