"""The settings in force, as one frozen record that everything else is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from meterbase_tui.settings.errors import SettingsError
from receiver.arrival.route import WEBHOOK_PATH
from receiver.billing.bills import Allocation
from receiver.billing.weights import Method, Vacant
from receiver.forwarding.target import ForwardSettings, ForwardTarget
from receiver.judging.signing import Secrets
from receiver.tunnel.status import ProviderName, TunnelSettings
from store.pruning.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from receiver.arrival.hops import HeaderLines

DEFAULT_MAX_BODY = 1 << 20
DEFAULT = "default"
"""The source of a value that nobody set."""
GENERATED = "generated"
"""How the source of a secret begins that was made up here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a user may set. Its `repr` holds no secret, key or token."""

    db: Path
    """The store's file, absolute."""
    host: str = "127.0.0.1"
    port: int = 8787
    """0 takes any free port."""
    secret: bytes | None = field(default=None, repr=False)
    """The signing secret; None until `ensure_secret` has read or generated one."""
    previous_secret: bytes | None = field(default=None, repr=False)
    """Accepted too, while a secret is being rotated."""
    api_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    rubs_method: Method = Method.OCCUPANTS
    """What bills are divided by."""
    rubs_vacant: Vacant = Vacant.EXCLUDED
    """Who pays for vacant units."""
    forward_to: str | None = None
    forward_any_host: bool = False
    forward_headers: HeaderLines = field(default=(), repr=False)
    """Sent to `forward_to` besides the delivery's own."""
    forward_targets: tuple[ForwardTarget, ...] = ()
    """Those of the configuration file, besides `forward_to`."""
    max_backlog: int = 100
    wait_for_forward: bool = False
    tunnel: ProviderName = ProviderName.AUTO
    ngrok_authtoken: str | None = field(default=None, repr=False)
    domain: str | None = None
    ngrok_path: Path | None = None
    tunnel_command: str | None = None
    public_url: str | None = None
    sample_connection: bool = True
    """Whether a store that is created now knows the sample connection."""
    max_body: int = DEFAULT_MAX_BODY
    """The largest body that is accepted, in bytes."""
    env_file: Path | None = None
    """Where a `.env` was looked for, whether there is one or not."""
    samples: Path | None = None
    """The folder of the user's own samples; it need not exist."""
    config_file: Path | None = None
    """The same for the configuration file."""
    profile: str | None = None
    """The profile of the configuration file that counts, one Propexo environment."""
    profiles: tuple[str, ...] = ()
    """All that the configuration file has."""
    keep_days: int | None = None
    """Older deliveries are deleted by themselves; None keeps them, whatever their age."""
    keep_deliveries: int | None = None
    keep_size: int | None = None
    """In bytes of headers and bodies."""
    log_level: str = "info"
    """The least that is written to the program's own log."""
    log_file: Path | None = None
    """That log; None keeps none."""
    theme: str | None = None
    """A word for the colours of the screen; None takes those that were chosen there last."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the screen, by the id of what they do."""
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Where each value came from, by the field's name; what is not here is a default.

    Where a key of the screen stands is here too, by `keys.` and the id of what it does.
    """
    warnings: tuple[str, ...] = ()
    """Sentences about values that are allowed and still look like a mistake."""

    @property
    def secrets(self) -> Secrets:
        """The signing secrets.

        Raises:
            SettingsError: there is none yet.
        """
        if self.secret is None:
            raise SettingsError("There is no signing secret yet. Set PROPEXO_WEBHOOK_SECRET.")
        return Secrets(self.secret, self.previous_secret)

    @property
    def secret_generated(self) -> bool:
        """Whether the secret in force was made up here, so that Propexo cannot know it."""
        return self.source("secret").startswith(GENERATED)

    @property
    def limits(self) -> Limits:
        """What may be kept."""
        return Limits(days=self.keep_days, deliveries=self.keep_deliveries, size=self.keep_size)

    @property
    def allocation(self) -> Allocation:
        """How bills are divided."""
        return Allocation(self.rubs_method, self.rubs_vacant)

    @property
    def secret_file(self) -> Path:
        """Where a generated secret is kept: beside the store, by whatever name that is reached."""
        return self._beside_store(".secret")

    @property
    def webhook_url(self) -> str:
        """The receiver's address on this machine, as far as the settings know it.

        A receiver that listens on every address is reached through the loopback one.
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{_bracketed(host)}:{self.port}{WEBHOOK_PATH}"

    @property
    def tunnel_settings(self) -> TunnelSettings:
        """What the tunnel needs to know."""
        return TunnelSettings(
            state_dir=self._beside_store(".tunnel"),
            provider=self.tunnel,
            ngrok_path=self.ngrok_path,
            auth_token=self.ngrok_authtoken,
            domain=self.domain,
            command=self.tunnel_command,
            public_url=self.public_url,
        )

    @property
    def forward_settings(self) -> ForwardSettings:
        """What forwarding needs to know; `forward_to` is the first target."""
        first = (
            (ForwardTarget(url=self.forward_to, headers=self.forward_headers),)
            if self.forward_to
            else ()
        )
        return ForwardSettings(
            targets=first + self.forward_targets,
            most_backlog=self.max_backlog,
            wait=self.wait_for_forward,
        )

    def _beside_store(self, suffix: str) -> Path:
        path = self.db.resolve()
        return path.with_name(path.name + suffix)

    def source(self, name: str) -> str:
        """Where the value of a field came from, in words."""
        return self.sources.get(name, DEFAULT)


def _bracketed(host: str) -> str:
    try:
        return f"[{host}]" if isinstance(ip_address(host), IPv6Address) else host
    except ValueError:
        return host
