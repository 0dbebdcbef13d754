"""Every setting: its names in each place, what it may be, and what it is for.

The loader, the options of the command line and the listing of `config` are made of this table.
"""

from __future__ import annotations

from meterbase_tui.settings import addresses, values
from meterbase_tui.settings.definition import Definition
from meterbase_tui.settings.outside import OUTSIDE
from receiver.billing.weights import Method, Vacant

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="secret",
        variable="PROPEXO_WEBHOOK_SECRET",
        parse=values.parse_secret,
        hidden=True,
        refuse_empty=True,
        help="The signing secret; without one, a secret is generated and kept for you alone.",
        example="the-secret-that-propexo-shows",
    ),
    Definition(
        name="previous_secret",
        variable="PROPEXO_WEBHOOK_SECRET_PREVIOUS",
        parse=values.parse_secret,
        hidden=True,
        help="The secret before, accepted beside it while it is being rotated.",
        example="the-secret-before",
    ),
    Definition(
        name="api_url",
        variable="PROPEXO_API_URL",
        parse=addresses.parse_http_url,
        help="Propexo's API, from which units and leases are refreshed after a sync.",
        example="https://api.propexo.example/v1",
    ),
    Definition(
        name="api_key",
        variable="PROPEXO_API_KEY",
        parse=values.parse_token,
        help="The bearer token for it.",
        example="the-key-that-propexo-shows",
        hidden=True,
    ),
    Definition(
        name="rubs_method",
        variable="METERBASE_RUBS_METHOD",
        option="--rubs-method",
        parse=values.parse_method,
        choices=tuple(Method),
        help="What bills are divided by (occupants).",
        empty_is_none=False,
    ),
    Definition(
        name="rubs_vacant",
        variable="METERBASE_RUBS_VACANT",
        option="--rubs-vacant",
        parse=values.parse_vacant,
        choices=tuple(Vacant),
        help="Whether the owner pays for vacant units or they are left out (excluded).",
        empty_is_none=False,
    ),
    Definition(
        name="host",
        variable="METERBASE_HOST",
        option="--host",
        parse=addresses.parse_host,
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
        bounds=(0, values.MAX_PORT),
    ),
    Definition(
        name="db",
        variable="METERBASE_DB",
        option="--db",
        parse=values.parse_path,
        metavar="PATH",
        help="The store's file.",
        empty_is_none=False,
        example="~/propexo/meterbase.db",
    ),
    Definition(
        name="max_body",
        variable="METERBASE_MAX_BODY",
        option="--max-body",
        parse=values.parse_max_body,
        metavar="BYTES",
        help="Largest body that is accepted (1048576).",
        empty_is_none=False,
        bounds=(values.LEAST_MAX_BODY, values.MOST_MAX_BODY),
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
        example="~/propexo/samples",
    ),
    *OUTSIDE,
    Definition(
        name="keep_days",
        variable="METERBASE_KEEP_DAYS",
        option="--keep-days",
        parse=values.parse_days,
        metavar="N",
        help="Delete deliveries that are older by themselves (never).",
    ),
    Definition(
        name="keep_deliveries",
        variable="METERBASE_KEEP_DELIVERIES",
        option="--keep-deliveries",
        parse=values.parse_count,
        metavar="N",
        help="Keep so many deliveries at most; refused ones go first (any number).",
    ),
    Definition(
        name="keep_size",
        variable="METERBASE_KEEP_SIZE",
        option="--keep-size",
        parse=values.parse_size,
        metavar="SIZE",
        help="Keep so many bytes of them at most, such as 500MB; refused ones go first (any).",
    ),
    Definition(
        name="log_level",
        variable="METERBASE_LOG_LEVEL",
        option="--log-level",
        parse=values.parse_log_level,
        metavar="[" + "|".join(values.LOG_LEVELS) + "]",
        help="The least that is written to the program's own log (info).",
        empty_is_none=False,
    ),
    Definition(
        name="log_file",
        variable="METERBASE_LOG_FILE",
        option="--log-file",
        parse=values.parse_path,
        metavar="PATH",
        help="Where the program's own log is.",
        empty_is_none=False,
    ),
    Definition(
        name="theme",
        variable="METERBASE_THEME",
        parse=values.parse_theme,
        empty_is_none=False,
        help="The colours of the screen; without it, those chosen there last.",
        choices=values.THEME_WORDS,
        example="dark",
    ),
)

PROFILE = Definition(
    name="profile",
    variable="METERBASE_TUI_PROFILE",
    option="--profile",
    parse=values.parse_profile,
    metavar="NAME",
    help="Use the settings of [profile.NAME] in the configuration file, and a store of its own.",
    empty_is_none=False,
)
"""Which part of the configuration file counts; so it is no setting of that file itself."""
BY_NAME = {definition.name: definition for definition in (*DEFINITIONS, PROFILE)}
BY_VARIABLE = {definition.variable: definition for definition in BY_NAME.values()}
