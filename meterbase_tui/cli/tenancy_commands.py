"""`leases`, `residents`, `refreshes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli import listings
from meterbase_tui.cli.listing_parts import filtered, listing_options, print_listing
from store.reading.tenancies import list_leases, list_residents
from store.refreshes import list_refreshes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from meterbase_tui.cli.session import Session
    from store.reader import Connection


@click.command()
@listing_options("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def leases(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List leases, the one changed last first."""
    query = filtered(list_leases, conditions, limit)
    print_listing(session, listings.LEASES, query, as_json=as_json)


@click.command()
@listing_options("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def residents(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List residents, the one changed last first."""
    query = filtered(list_residents, conditions, limit)
    print_listing(session, listings.RESIDENTS, query, as_json=as_json)


@click.command()
@listing_options("connection_id")
@click.pass_obj
def refreshes(
    session: Session,
    /,
    *,
    as_json: bool,
    limit: int,
    since: datetime | None,
    connection_id: str | None,
) -> None:
    """List what followed each sync, and how it goes."""

    def query(connection: Connection) -> Iterable[Any]:
        found = list_refreshes(connection, connection_id=connection_id, limit=limit)
        return [refresh for refresh in found if since is None or refresh.asked_at >= since]

    print_listing(session, listings.REFRESHES, query, as_json=as_json)
