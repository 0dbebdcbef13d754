"""Causes and cures: what a person is told when there is no tunnel, by code.

The meaning of ngrok's codes is taken from its error reference, https://ngrok.com/docs/errors/.
"""

from __future__ import annotations

from typing import NamedTuple

_AUTHENTICATE = (
    "Copy the token from https://dashboard.ngrok.com/get-started/your-authtoken, then set "
    "NGROK_AUTHTOKEN or run "
    "`ngrok config add-authtoken <token>`."
)
_USE_OWN_DOMAIN = (
    "Remove NGROK_DOMAIN (or --domain) to use the domain that comes with the account, or set one "
    "that https://dashboard.ngrok.com/domains lists."
)
_UPDATE = "Run `ngrok update`, or install a current agent from https://ngrok.com/download."

DOWNLOAD_SIZE = "about 10 MB"
"""What downloading the agent costs, for the question that comes before it."""


class Advice(NamedTuple):
    """A cause and a cure."""

    sentence: str
    cure: str


NGROK: dict[int, Advice] = {
    105: Advice("ngrok says that this is not one of its authtokens.", _AUTHENTICATE),
    107: Advice("ngrok no longer accepts this authtoken: it was reset or revoked.", _AUTHENTICATE),
    108: Advice(
        "The ngrok account already runs as many agents at once as its plan allows.",
        "Stop another agent (https://dashboard.ngrok.com/agents lists them), then restart the "
        "tunnel.",
    ),
    120: Advice("The ngrok agent is too old: ngrok's service refuses it.", _UPDATE),
    121: Advice("The ngrok agent is too old: ngrok's service refuses it.", _UPDATE),
    313: Advice(
        "The plan of the ngrok account does not include this custom name.", _USE_OWN_DOMAIN
    ),
    320: Advice("This domain belongs to another ngrok account.", _USE_OWN_DOMAIN),
    324: Advice(
        "The ngrok account already has as many endpoints online as its plan allows.",
        "Stop one of them (https://dashboard.ngrok.com/endpoints lists them), then restart the "
        "tunnel.",
    ),
    334: Advice(
        "Another program is already online at this address: a second meterbase-tui, or another "
        "ngrok agent on the same account, perhaps on another computer.",
        "Stop the other one, or give this one a domain of its own with NGROK_DOMAIN, then restart "
        "the tunnel. Until then everything works locally.",
    ),
    725: Advice(
        "The ngrok account has used up its bandwidth for this month.",
        "Wait for the next month, change the plan, or use another tunnel (--tunnel command).",
    ),
    727: Advice(
        "The ngrok account has used up its requests for this month.",
        "Wait for the next month, change the plan, or use another tunnel (--tunnel command).",
    ),
    734: Advice(
        "The ngrok account receives more requests a minute than its plan allows.",
        "Wait a minute; Propexo delivers again what was refused.",
    ),
    3004: Advice(
        "ngrok received an answer from this program that it could not understand.",
        "Run `meterbase-tui doctor`; if the receiver answers locally, restart the tunnel.",
    ),
    3200: Advice(
        "ngrok knows this address, but no agent is online at it.",
        "Restart the tunnel, and compare the address in Propexo's dashboard with the one here.",
    ),
    4018: Advice("ngrok needs an authtoken, and none was given.", _AUTHENTICATE),
    6024: Advice(
        "ngrok showed its page for browsers instead of passing the request on.",
        "Webhooks are not affected. Another client skips the page with the header "
        "`ngrok-skip-browser-warning: 1`.",
    ),
    8012: Advice(
        "The request reached ngrok's agent, but the agent could not reach the receiver.",
        "Check that the receiver runs on the port shown, then restart the tunnel.",
    ),
    9009: Advice(
        "The agent was told to use an HTTP proxy, which the plan of the ngrok account lacks.",
        "Unset http_proxy and https_proxy for meterbase-tui, or remove proxy_url from ngrok.yml.",
    ),
    9040: Advice(
        "ngrok refuses connections from this network address (for example Tor or a sanctioned "
        "region).",
        "Use another network, or another tunnel (--tunnel command).",
    ),
}

OWN: dict[str, Advice] = {
    "agent_missing": Advice(
        "No ngrok agent was found.",
        "Install it from https://ngrok.com/download, or set METERBASE_NGROK_PATH to where it is.",
    ),
    "agent_unusable": Advice(
        "The ngrok agent cannot be run.",
        "Install it anew from https://ngrok.com/download, or set METERBASE_NGROK_PATH to another "
        "one.",
    ),
    "agent_config": Advice(
        "The agent cannot work with your ngrok.yml.",
        "Correct it (`ngrok config check` shows it), then restart the tunnel.",
    ),
    "web_addr_taken": Advice(
        "The agent's local port is in use by another program, most likely another ngrok agent.",
        "Stop the other agent, or remove web_addr from ngrok.yml so that a free port is taken.",
    ),
    "no_network": Advice(
        "The ngrok agent cannot reach ngrok's service.",
        "Check the network, firewall and VPN; `ngrok diagnose` tells more. It is tried again by "
        "itself.",
    ),
    "tls_intercepted": Advice(
        "The connection to ngrok's service is not the one that it should be: its certificate is "
        "not ngrok's.",
        "A proxy or antivirus in between re-signs TLS: exempt connect.ngrok-agent.com there, or "
        "set root_cas in ngrok.yml.",
    ),
    "agent_silent": Advice(
        "The ngrok agent was started but wrote nothing, so it was ended.",
        "Run `ngrok diagnose`; a virus scanner may be holding it up. It is tried again by itself.",
    ),
    "agent_api": Advice(
        "The ngrok agent is connected, but its local API did not answer in time.",
        "Check the version with `ngrok version` (3.30 or newer is best) and that nothing blocks "
        "127.0.0.1. It is tried again by itself.",
    ),
    "agent_died": Advice("The ngrok agent ended by itself.", "It is started again by itself."),
    "endpoint_refused": Advice(
        "The ngrok agent refused to open the public address.",
        "Restart the tunnel; if it happens again, `ngrok diagnose` tells more.",
    ),
    "connection_lost": Advice(
        "The ngrok agent lost its connection to ngrok's service.",
        "Nothing to do: it connects again by itself. Propexo delivers again what is missed.",
    ),
    "slept": Advice(
        "This computer was asleep, and the agent has not yet shown that the tunnel survived.",
        "Nothing to do: it is watched. A self-test shows it at once.",
    ),
    "state_dir": Advice(
        "The directory for the tunnel's own files cannot be written.",
        "Make it writable, or put the store elsewhere with --db, then restart the tunnel.",
    ),
    "bad_address": Advice(
        "The tunnel announced an address that Propexo cannot use.",
        "It has to be https and without a path.",
    ),
    "bad_domain": Advice(
        "The fixed domain is not the name of a host.",
        "Set NGROK_DOMAIN (or --domain) to a bare name such as name.ngrok-free.app.",
    ),
    "public_url_missing": Advice(
        "The tunnel is `url`, but no address was given.",
        "Set METERBASE_PUBLIC_URL (or --public-url) to the address that leads here.",
    ),
    "bad_public_url": Advice(
        "METERBASE_PUBLIC_URL is not an address that Propexo could be given.",
        "Write it as https://host, without path, user name or query.",
    ),
    "command_missing": Advice(
        "The tunnel is `command`, but no command was given.",
        "Set METERBASE_TUNNEL_COMMAND (or --tunnel-command), for example to cloudflared.",
    ),
    "bad_command": Advice(
        "The tunnel's command cannot be read: a quotation mark is not closed.",
        "Write METERBASE_TUNNEL_COMMAND as you would in a shell.",
    ),
    "command_not_found": Advice(
        "The tunnel's program cannot be started.",
        "Install it, or give its full path in METERBASE_TUNNEL_COMMAND.",
    ),
    "command_silent": Advice(
        "The tunnel's program runs, but printed no public https address in time.",
        "Run it by hand to see what it does. It is tried again by itself.",
    ),
    "command_failed": Advice(
        "The tunnel's program ended before it printed a public address.",
        "Run it by hand to see why, then restart the tunnel.",
    ),
    "command_offline": Advice(
        "The tunnel's program cannot reach its service.",
        "Check the network, firewall and VPN. It is tried again by itself.",
    ),
    "command_lost": Advice(
        "The tunnel's program lost its connection.",
        "Nothing to do: it connects again by itself. Propexo delivers again what is missed.",
    ),
    "command_ended": Advice(
        "The tunnel's program ended.", "It is started again by itself; its address may change."
    ),
    "download_failed": Advice(
        "The ngrok agent could not be downloaded.",
        "Download it by hand from https://ngrok.com/download, unpack it, and set "
        "METERBASE_NGROK_PATH to it.",
    ),
    "download_cancelled": Advice(
        "The download was cancelled.", "Nothing was installed; start it again when you like."
    ),
    "internal": Advice(
        "The tunnel stopped because of a mistake in meterbase-tui itself.",
        "Restart the tunnel, and report it with the log. The receiver is not affected.",
    ),
}
