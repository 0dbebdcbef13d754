"""Puts the layers together: who said what, whether it is allowed, and what is in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from meterbase_tui.settings.definitions import BY_NAME
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.layers import (
    read_config_file,
    read_env_file,
    read_environment,
    read_options,
)
from meterbase_tui.settings.record import DEFAULT, Settings
from meterbase_tui.settings.values import is_local, looks_quoted, parse_path
from receiver.tunnel.status import ProviderName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meterbase_tui.settings.definitions import Definition
    from meterbase_tui.settings.folders import Folders
    from meterbase_tui.settings.layers import Given, Layer

CONFIG_OPTION = "config"
ENV_FILE_OPTION = "env_file"
_SHOWN = 60


def load_settings(
    options: Mapping[str, object], environ: Mapping[str, str], cwd: Path, folders: Folders
) -> Settings:
    """The settings in force.

    Every value is checked, also one that a stronger place overrides: it would bite later.

    Args:
        options: the command line, by the setting's name, and `config` and `env_file`; None was not
            given.
        environ: the environment.
        cwd: the working directory: where `.env` is looked for, and what paths are relative to.
        folders: where the user's configuration and the default store are.

    Raises:
        SettingsError: a value is not allowed, a key is unknown, or a file cannot be read.
    """
    given = dict(options)
    config = _named_file(given.pop(CONFIG_OPTION, None), cwd)
    named = _named_file(given.pop(ENV_FILE_OPTION, None), cwd)
    env_file, config_file = named or cwd / ".env", config or folders.config_file
    layers = (
        read_options(given, cwd),
        read_environment(environ, cwd),
        read_env_file(env_file, cwd, required=named is not None),
        read_config_file(config_file, required=config is not None),
    )
    values, sources = _merge(layers)
    values.setdefault("db", folders.store)
    values.setdefault("samples", folders.samples)
    warnings = tuple(warning for layer in layers for warning in layer.warnings)
    values["forward_targets"], values["keys"] = layers[-1].targets, layers[-1].keys
    values |= {"env_file": env_file, "config_file": config_file}
    settings = Settings(**values, sources=sources, warnings=warnings)
    settings = _with_implied_tunnel(settings)
    _check_forwarding(settings)
    _check_api(settings)
    return replace(settings, warnings=(*warnings, *_doubts(settings)))


def _named_file(value: object, cwd: Path) -> Path | None:
    return None if value is None else cwd / parse_path(str(value))


def _merge(layers: tuple[Layer, ...]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        for name, given in layer.values.items():
            definition = BY_NAME[name]
            if given.text == "" and not definition.empty_is_none:
                continue
            value = _parse(definition, given)
            if name not in values:
                values[name], sources[name] = value, given.source
    return values, sources


def _parse(definition: Definition, given: Given) -> Any:
    if given.text == "" and not definition.refuse_empty:
        return None
    try:
        value = definition.parse(given.text)
    except ValueError as error:
        quoted = "" if definition.hidden else f", not {_shortened(given.text)}"
        raise SettingsError(f"{given.source} {error}{quoted}.") from None
    return given.base / value if definition.parse is parse_path else value


def _shortened(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _with_implied_tunnel(settings: Settings) -> Settings:
    """An address or a command that is given is meant to be used, unless a tunnel is named.

    Raises:
        SettingsError: the tunnel that is named lacks what it needs, or two are implied.
    """
    needs = {ProviderName.URL: "public_url", ProviderName.COMMAND: "tunnel_command"}
    if settings.source("tunnel") != DEFAULT:
        missing = needs.get(settings.tunnel)
        if missing and getattr(settings, missing) is None:
            definition = BY_NAME[missing]
            raise SettingsError(
                f"{settings.source('tunnel')} is {settings.tunnel}, which needs "
                f"{definition.option} or {definition.variable}."
            )
        return settings
    implied = [name for name, field in needs.items() if getattr(settings, field) is not None]
    if len(implied) > 1:
        raise SettingsError(
            f"{settings.source('public_url')} and {settings.source('tunnel_command')} are both "
            "given. Say which one to use with --tunnel url or --tunnel command."
        )
    if not implied:
        return settings
    source = settings.source(needs[implied[0]])
    return replace(
        settings,
        tunnel=implied[0],
        sources={**settings.sources, "tunnel": f"implied by {source}"},
    )


def _check_forwarding(settings: Settings) -> None:
    if settings.forward_any_host:
        return
    if settings.forward_to is not None and not is_local(settings.forward_to):
        raise _abroad(settings.source("forward_to"), settings.forward_to)
    for target in settings.forward_targets:
        if not is_local(target.url):
            raise _abroad("The url of a [[forward]]", target.url)


def _abroad(source: str, url: str) -> SettingsError:
    return SettingsError(
        f"{source} {_shortened(url)} is not a loopback or private address. "
        "Add --forward-any-host if deliveries may go there."
    )


def _check_api(settings: Settings) -> None:
    """Keeps the key off networks where everybody could read it."""
    url = settings.api_url
    if url is not None and url.lower().startswith("http://") and not is_local(url):
        raise SettingsError(
            f"{settings.source('api_url')} {_shortened(url)} would send the API key unencrypted. "
            "Use https://; http:// is for loopback and private addresses only."
        )


def _doubts(settings: Settings) -> Iterator[str]:
    for name in ("secret", "previous_secret"):
        secret = getattr(settings, name)
        if secret is not None and looks_quoted(secret):
            yield (
                f"{settings.source(name)} begins or ends with white space or a quote, and is used "
                f"exactly so ({len(secret)} bytes). If signatures do not match, remove them."
            )
    if settings.secret is not None and settings.secret == settings.previous_secret:
        yield (
            f"{settings.source('previous_secret')} is the same as the current secret, so nothing "
            "is being rotated."
        )
    if (settings.api_url is None) != (settings.api_key is None):
        given, lacking = ("api_key", "api_url") if settings.api_key else ("api_url", "api_key")
        yield (
            f"{settings.source(given)} is of no use without {BY_NAME[lacking].variable}: after a "
            "sync nothing is refreshed."
        )
