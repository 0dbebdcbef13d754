"""Settings of what lies outside: where deliveries go on to, and the public address."""

from __future__ import annotations

from meterbase_tui.settings import addresses, values
from meterbase_tui.settings.definition import Definition
from receiver.tunnel.status import ProviderName

OUTSIDE: tuple[Definition, ...] = (
    Definition(
        name="forward_to",
        variable="METERBASE_FORWARD_TO",
        option="--forward-to",
        parse=addresses.parse_http_url,
        metavar="URL",
        help="Pass valid deliveries on to this address.",
        example="http://localhost:3000/hooks",
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
        example="X-Environment: development",
    ),
    Definition(
        name="max_backlog",
        variable="METERBASE_MAX_BACKLOG",
        option="--max-backlog",
        parse=values.parse_backlog,
        metavar="N",
        help="Forward what is left from before by itself if it is no more than this (100).",
        empty_is_none=False,
        bounds=(0, values.MOST_BACKLOG),
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
        choices=tuple(ProviderName),
        help="Who makes the public address (auto).",
        empty_is_none=False,
    ),
    Definition(
        name="ngrok_authtoken",
        variable="NGROK_AUTHTOKEN",
        parse=values.parse_token,
        hidden=True,
        help="The token of the ngrok account.",
        example="the-token-of-the-ngrok-account",
    ),
    Definition(
        name="domain",
        variable="NGROK_DOMAIN",
        option="--domain",
        parse=addresses.parse_domain,
        metavar="NAME",
        help="A fixed domain of the ngrok account.",
        example="name.ngrok-free.app",
    ),
    Definition(
        name="ngrok_path",
        variable="METERBASE_NGROK_PATH",
        option="--ngrok-path",
        parse=values.parse_path,
        metavar="PATH",
        help="The ngrok agent to use.",
        example="/usr/local/bin/ngrok",
    ),
    Definition(
        name="tunnel_command",
        variable="METERBASE_TUNNEL_COMMAND",
        option="--tunnel-command",
        parse=values.parse_command,
        metavar="ARGV",
        help="A program that prints a public address; {port} is replaced.",
        example="cloudflared tunnel --url http://127.0.0.1:{port}",
    ),
    Definition(
        name="public_url",
        variable="METERBASE_PUBLIC_URL",
        option="--public-url",
        parse=addresses.parse_public_url,
        metavar="URL",
        help="A public address that you already have.",
        example="https://hooks.example.com",
    ),
)
"""In the order in which they are listed."""
