"""What to type: for each command a few lines that work, shown at the end of its ``--help``.

A test parses every line by the commands themselves, so that none goes stale.
"""

from __future__ import annotations

import typer

EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": (
        "policy-events demo                     # about twenty seconds, then the table",
        "policy-events demo --format json       # the same for programs",
    ),
    "up": (
        "policy-events up",
        "POLICY_EVENTS_KAFKA_PORT=0 policy-events up    # on any free port",
    ),
    "down": ("policy-events down",),
    "status": (
        "policy-events status",
        "policy-events status --format json     # with the sink's own account",
    ),
    "worker": (
        "KAFKA_BOOTSTRAP_SERVERS=kafka:9092 CLICKHOUSE_URL=clickhouse://db/ policy-events worker",
    ),
    "sink": (
        "KAFKA_BOOTSTRAP_SERVERS=kafka:9092 CLICKHOUSE_URL=clickhouse://db/ policy-events sink",
    ),
    "migrate": (
        "policy-events migrate --dry-run",
        "POLICY_EVENTS_CLICKHOUSE_REPLICATED=true policy-events migrate    # with Keeper",
    ),
    "parse": (
        "policy-events parse court.cmecf-rss rss_outside.xml",
        "curl -s https://globe.adsb.lol/… | policy-events parse flights.readsb -",
        "policy-events parse news.text article.txt --published 2025-03-26T12:00:00Z --events",
    ),
    "legs": (
        "policy-events legs flights.trace trace_full_a2c4e0.json",
        "policy-events legs flights.trace *.json.gz --format csv",
    ),
    "replay": (
        "policy-events replay flights.trace trace_full_a2c4e0.json    # apart from the live ones",
        "policy-events replay court.cmecf-rss rss.xml --into-live",
    ),
    "airborne": (
        "policy-events airborne --at 2025-03-15T23:25:00Z",
        "policy-events airborne --order order-2b3451d6fe9ff4f61fcf    # see `query orders`",
        "policy-events airborne --at 2025-03-15T23:25:00Z flights.trace trace_*.json   # no server",
    ),
    "in-force": (
        "policy-events in-force --at 2025-03-20T00:00:00Z",
        "policy-events in-force --at 2025-03-20T00:00:00Z --docket dcd/1:25-cv-00766 --all",
        "policy-events in-force --at 2025-03-29T12:00:00Z --known-at 2025-03-27T12:00:00Z",
    ),
    "query": (
        "policy-events query                    # lists the worked queries",
        "policy-events query airborne_at_orders --format csv",
        "policy-events query 'SELECT count() FROM flights_positions_current'",
        "policy-events query 'SELECT {n:UInt8} + 1 AS more' --param n=4",
    ),
    "tail": (
        "policy-events tail policy.links        # as they come; Ctrl-C ends it",
        "policy-events tail court.orders --from-start --no-follow -n 3",
    ),
    "bench": (
        "policy-events bench sink --quick",
        "policy-events bench chaos --kills 10 --format json",
    ),
    "feeds": (
        "policy-events feeds --check            # reads feeds.toml and fetches nothing",
        "policy-events feeds",
    ),
    "reconcile": (
        "policy-events reconcile",
        "policy-events reconcile --topic flights.positions --format json",
    ),
    "rebuild": (
        "policy-events rebuild --reason 'new lexicon of outlets'    # the live one goes on",
        "POLICY_EVENTS_HORIZON_DAYS=365 policy-events rebuild    # the roles need the same setting",
        "policy-events rebuild --drop-old       # what was before, once you are sure",
    ),
    "redact": ("policy-events redact dcd/1:25-cv-00766/12 --reason 'sealed on 2 April'",),
    "schemas dictionary": ("policy-events schemas dictionary --write dictionary.md",),
    "schemas check": ("policy-events schemas check",),
    "dlq list": (
        "policy-events dlq list --counts",
        "policy-events dlq list --topic flights.positions --since 2025-03-15T00:00:00Z",
    ),
    "dlq show": ("policy-events dlq show flights.positions 0 --partition 2",),
    "dlq replay": (
        "policy-events dlq replay --reason latitude --dry-run",
        "policy-events dlq replay --topic court.docket-entries",
    ),
}


def attach(app: typer.Typer, group: str = "") -> None:
    """Put them at the end of each command's help."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        lines = EXAMPLES.get(f"{group} {name}".strip())
        if lines and not command.hidden:
            command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
    for found in app.registered_groups:
        if found.typer_instance is not None:
            attach(found.typer_instance, found.name or found.typer_instance.info.name or "")
