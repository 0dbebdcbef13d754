"""Every setting: its names in each place, what it may be, and what it is for.

The loader, the options of the command line and the listing of `config` are made of this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meterbase_tui.settings import values
from receiver.weights import Method, Vacant

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One setting."""

    name: str
    """The field of `Settings`, and the key in the configuration file."""
    variable: str
    """In the environment and in `.env`."""
    option: str | None = None
    """On the command line; None for what must not appear there."""
    parse: Callable[[str], Any]
    """Text to value; raises `ValueError` with what is allowed."""
    metavar: str | None = None
    help: str = ""
    hidden: bool = False
    """Whether the value is a secret, a key or a token, and is never quoted."""
    empty_is_none: bool = True
    """Whether an empty text means that there is none; otherwise it means that nothing was said."""
    refuse_empty: bool = False
    """Whether an empty text is a mistake."""


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="secret",
        variable="PROPEXO_WEBHOOK_SECRET",
        parse=values.parse_secret,
        hidden=True,
        refuse_empty=True,
    ),
    Definition(
        name="previous_secret",
        variable="PROPEXO_WEBHOOK_SECRET_PREVIOUS",
        parse=values.parse_secret,
        hidden=True,
    ),
    Definition(name="api_url", variable="PROPEXO_API_URL", parse=values.parse_http_url),
    Definition(name="api_key", variable="PROPEXO_API_KEY", parse=values.parse_token, hidden=True),
    Definition(
        name="rubs_method",
        variable="METERBASE_RUBS_METHOD",
        option="--rubs-method",
        parse=values.parse_method,
        metavar="[" + "|".join(Method) + "]",
        help="What bills are divided by (occupants).",
        empty_is_none=False,
    ),
    Definition(
        name="rubs_vacant",
        variable="METERBASE_RUBS_VACANT",
        option="--rubs-vacant",
        parse=values.parse_vacant,
        metavar="[" + "|".join(Vacant) + "]",
        help="Whether the owner pays for vacant units or they are left out (excluded).",
        empty_is_none=False,
    ),
    Definition(
        name="host",
        variable="METERBASE_HOST",
        option="--host",
        parse=values.parse_host,
        metavar="HOST",
        help="Address to listen on (127.0.0.1).",
        empty_is_none=False,
    ),
    Definition(
        name="port",
        variable="METERBASE_PORT",
        option="--port",
        parse=values.parse_port,
        metavar="PORT",
        help="Port to listen on (8787); 0 takes any free one.",
        empty_is_none=False,
    ),
    Definition(
        name="db",
        variable="METERBASE_DB",
        option="--db",
        parse=values.parse_path,
        metavar="PATH",
        help="The store's file.",
        empty_is_none=False,
    ),
    Definition(
        name="max_body",
        variable="METERBASE_MAX_BODY",
        option="--max-body",
        parse=values.parse_max_body,
        metavar="BYTES",
        help="Largest body that is accepted (1048576).",
        empty_is_none=False,
    ),
    Definition(
        name="sample_connection",
        variable="METERBASE_SAMPLE_CONNECTION",
        option="--sample-connection",
        parse=values.parse_switch,
        help="Whether a new store knows the connection of the samples (yes).",
        empty_is_none=False,
    ),
    Definition(
        name="samples",
        variable="METERBASE_SAMPLES",
        option="--samples",
        parse=values.parse_path,
        metavar="FOLDER",
        help="Where your own samples are.",
        empty_is_none=False,
    ),
    Definition(
        name="forward_to",
        variable="METERBASE_FORWARD_TO",
        option="--forward-to",
        parse=values.parse_http_url,
        metavar="URL",
        help="Pass valid deliveries on to this address.",
    ),
    Definition(
        name="forward_any_host",
        variable="METERBASE_FORWARD_ANY_HOST",
        option="--forward-any-host",
        parse=values.parse_switch,
        help="Allow forwarding to a host that is not loopback or private.",
        empty_is_none=False,
    ),
    Definition(
        name="forward_headers",
        variable="METERBASE_FORWARD_HEADERS",
        option="--forward-header",
        parse=values.parse_headers,
        metavar="'NAME: VALUE'",
        help="Send this header too when forwarding; may be repeated.",
        hidden=True,
        empty_is_none=False,
    ),
    Definition(
        name="max_backlog",
        variable="METERBASE_MAX_BACKLOG",
        option="--max-backlog",
        parse=values.parse_backlog,
        metavar="N",
        help="Forward what is left from before by itself if it is no more than this (100).",
        empty_is_none=False,
    ),
    Definition(
        name="wait_for_forward",
        variable="METERBASE_WAIT_FOR_FORWARD",
        option="--wait-for-forward",
        parse=values.parse_switch,
        help="Answer the sender with the application's status, as in production.",
        empty_is_none=False,
    ),
    Definition(
        name="tunnel",
        variable="METERBASE_TUNNEL",
        option="--tunnel",
        parse=values.parse_provider,
        metavar="[auto|ngrok|command|url|none]",
        help="Who makes the public address (auto).",
        empty_is_none=False,
    ),
    Definition(
        name="ngrok_authtoken",
        variable="NGROK_AUTHTOKEN",
        parse=values.parse_token,
        hidden=True,
    ),
    Definition(
        name="domain",
        variable="NGROK_DOMAIN",
        option="--domain",
        parse=values.parse_domain,
        metavar="NAME",
        help="A fixed domain of the ngrok account.",
    ),
    Definition(
        name="ngrok_path",
        variable="METERBASE_NGROK_PATH",
        option="--ngrok-path",
        parse=values.parse_path,
        metavar="PATH",
        help="The ngrok agent to use.",
    ),
    Definition(
        name="tunnel_command",
        variable="METERBASE_TUNNEL_COMMAND",
        option="--tunnel-command",
        parse=values.parse_command,
        metavar="ARGV",
        help="A program that prints a public address; {port} is replaced.",
    ),
    Definition(
        name="public_url",
        variable="METERBASE_PUBLIC_URL",
        option="--public-url",
        parse=values.parse_public_url,
        metavar="URL",
        help="A public address that you already have.",
    ),
    Definition(
        name="theme",
        variable="METERBASE_THEME",
        parse=values.parse_theme,
        empty_is_none=False,
    ),
)

BY_NAME = {definition.name: definition for definition in DEFINITIONS}
BY_VARIABLE = {definition.variable: definition for definition in DEFINITIONS}
