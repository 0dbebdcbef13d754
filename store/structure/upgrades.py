"""The steps that bring an older store up to date, in the order in which the schema grew.

A new store is made from the tables at once; an older one takes the steps that it lacks. Both must
lead to the same schema: a test compares them. A step is never changed once it has landed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


_FORWARDS = (
    (
        "CREATE TABLE forwards (id INTEGER NOT NULL, delivery_id INTEGER NOT NULL,"
        " target VARCHAR NOT NULL, connection_id VARCHAR, state VARCHAR NOT NULL,"
        " attempts INTEGER DEFAULT '0' NOT NULL, due_at BIGINT, status INTEGER, ms DOUBLE,"
        " error VARCHAR, ended_at BIGINT, PRIMARY KEY (id))"
    ),
    "CREATE UNIQUE INDEX forwards_delivery ON forwards (delivery_id, target)",
    (
        "CREATE INDEX forwards_open ON forwards (target, state, id)"
        " WHERE state IN ('waiting', 'held', 'failed')"
    ),
    (
        "CREATE TABLE forward_attempts (id INTEGER NOT NULL, forward_id INTEGER NOT NULL,"
        " at BIGINT NOT NULL, status INTEGER, ms DOUBLE NOT NULL, error VARCHAR,"
        " headers BLOB NOT NULL, body BLOB NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (id))"
    ),
    "CREATE INDEX forward_attempts_forward ON forward_attempts (forward_id)",
)


def _add_forwards(connection: Connection) -> None:
    for statement in _FORWARDS:
        connection.exec_driver_sql(statement)


def _add_refreshes(connection: Connection) -> None:
    """Refreshes after a sync, and what they leave on units and properties."""
    for statement in _REFRESHES:
        connection.exec_driver_sql(statement)


_REFRESHES = (
    "ALTER TABLE units ADD COLUMN occupancy VARCHAR",
    "ALTER TABLE properties ADD COLUMN refreshed_at BIGINT",
    """
    CREATE TABLE refreshes (
        event_id INTEGER NOT NULL, connection_id VARCHAR NOT NULL, state VARCHAR NOT NULL,
        asked_at BIGINT NOT NULL, started_at BIGINT, finished_at BIGINT,
        requests INTEGER DEFAULT '0' NOT NULL, requests_expected INTEGER,
        units INTEGER DEFAULT '0' NOT NULL, leases INTEGER DEFAULT '0' NOT NULL,
        retries INTEGER DEFAULT '0' NOT NULL, retry_at BIGINT, problem VARCHAR,
        created INTEGER DEFAULT '0' NOT NULL, changed INTEGER DEFAULT '0' NOT NULL,
        missing INTEGER DEFAULT '0' NOT NULL, served_by INTEGER,
        PRIMARY KEY (event_id), FOREIGN KEY(event_id) REFERENCES events (id)
    )
    """,
    "CREATE INDEX refreshes_open ON refreshes (event_id) WHERE state IN ('waiting', 'fetching')",
)

_SEARCH = (
    *(
        f"CREATE INDEX deliveries_again{name} ON deliveries ({columns}) WHERE event_id <> id"
        for name, columns in (
            ("", "id"),
            ("_connection", "connection_id, id"),
            ("_property", "property_id, id"),
            ("_resource", "resource_id, id"),
            ("_event", "event, id"),
        )
    ),
    "CREATE INDEX events_connection ON events (connection_id, id)",
    "CREATE INDEX events_property ON events (property_id, id)",
    "CREATE INDEX events_event ON events (event, id)",
    "CREATE INDEX residents_unit ON residents (connection_id, unit_id)",
    (
        "CREATE VIRTUAL TABLE search_index USING fts5(words, content='', detail='none',"
        " columnsize=0, tokenize='trigram')"
    ),
    # What is in the store is indexed afterwards, in the background; see `store.reading.search`.
    "INSERT INTO progress (name, value) VALUES ('searchable', 0)",
)


def _add_search(connection: Connection) -> None:
    """Indexes for filters, and the full-text index."""
    for statement in _SEARCH:
        connection.exec_driver_sql(statement)


def _add_dismissals(connection: Connection) -> None:
    """When a person had seen enough of a notification."""
    connection.exec_driver_sql("ALTER TABLE notifications ADD COLUMN dismissed_at BIGINT")
    connection.exec_driver_sql(
        "CREATE INDEX notifications_open ON notifications (id) WHERE dismissed_at IS NULL"
    )


def _index_refusals(connection: Connection) -> None:
    """What is asked of many refused deliveries at once, without reading their scattered rows."""
    for statement in (
        "DROP INDEX deliveries_refused",
        (
            "CREATE INDEX deliveries_refused ON deliveries (id, verdict,"
            " (length(headers) + length(body))) WHERE event_id IS NULL"
        ),
        "CREATE INDEX diagnoses_code ON diagnoses (code)",
    ):
        connection.exec_driver_sql(statement)


def _count_floods(connection: Connection) -> None:
    """How many requests a row stands for where not each was written down."""
    connection.exec_driver_sql("ALTER TABLE deliveries ADD COLUMN requests INTEGER")
    connection.exec_driver_sql(
        "CREATE INDEX deliveries_floods ON deliveries (requests) WHERE requests IS NOT NULL"
    )


def _order_identities(connection: Connection) -> None:
    """Identities in the order of their timestamps, so that new ones lie beside each other."""
    connection.exec_driver_sql("DROP INDEX events_identity")
    connection.exec_driver_sql(
        "CREATE UNIQUE INDEX events_identity ON events (timestamp, identity)"
    )


#: The step at index n brings a store from schema n + 1 to n + 2.
UPGRADES: tuple[Callable[[Connection], None], ...] = (
    _add_forwards,
    _add_refreshes,
    _add_search,
    _add_dismissals,
    _index_refusals,
    _count_floods,
    _order_identities,
)
