"""Puts the layers together: who said what, whether it is allowed, and what is in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from meterbase_tui.settings.addresses import is_local
from meterbase_tui.settings.config_file import Part
from meterbase_tui.settings.definitions import BY_NAME, PROFILE
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.given import parse_given, shorten, suggest
from meterbase_tui.settings.layers import (
    Layer,
    exposures,
    read_config_file,
    read_env_file,
    read_environment,
    read_options,
)
from meterbase_tui.settings.record import DEFAULT, Settings
from meterbase_tui.settings.values import looks_quoted, parse_path
from receiver.tunnel.status import ProviderName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meterbase_tui.settings.config_file import ConfigFile
    from meterbase_tui.settings.folders import Folders

CONFIG_OPTION = "config"
ENV_FILE_OPTION = "env_file"


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
    named = _named_file(given.pop(ENV_FILE_OPTION, None), cwd)
    env_file = named or cwd / ".env"
    config_file, required = find_config_file(given, cwd, folders)
    given.pop(CONFIG_OPTION, None)
    outer = (
        read_options(given, cwd),
        read_environment(environ, cwd),
        read_env_file(env_file, cwd, required=named is not None),
    )
    config = _read_sound_config(config_file, required=required)
    profile = _choose_profile(outer, config, config_file)
    part = config.profiles[profile] if profile else Part()
    layers = (*outer, Layer(part.values), _top(config, profile))
    values, sources = _merge(layers)
    warnings = [warning for layer in outer for warning in layer.warnings]
    warnings += [*exposures(config_file, config), *_overridden(part, sources, outer[0])]
    values = _default_paths(folders, profile) | values | _tables(config, part)
    values |= {"env_file": env_file, "config_file": config_file}
    sources |= {f"keys.{name}": place for name, place in config.key_places.items()}
    return _judged(_with_implied_tunnel(Settings(**values, sources=sources)), warnings)


def _read_sound_config(path: Path, *, required: bool) -> ConfigFile:
    config = read_config_file(path, required=required)
    if config.faults:
        raise config.faults[0]
    return config


def _default_paths(folders: Folders, profile: str | None) -> dict[str, Any]:
    return {
        "db": folders.store(profile),
        "samples": folders.samples,
        "log_file": folders.log_file,
    }


def _tables(config: ConfigFile, part: Part) -> dict[str, Any]:
    """What only a configuration file can say, since it takes tables."""
    return {
        "profiles": tuple(config.profiles),
        "forward_targets": part.targets or config.top.targets,
        "keys": config.keys,
    }


def _judged(settings: Settings, warnings: list[str]) -> Settings:
    """The settings with all that is to be warned of; raises what keeps them from being used."""
    _check_forwarding(settings)
    _check_api(settings)
    return replace(settings, warnings=(*warnings, *_doubts(settings)))


def find_config_file(
    options: Mapping[str, object], cwd: Path, folders: Folders
) -> tuple[Path, bool]:
    """The configuration file, and whether it has to be there since the command line names it."""
    named = _named_file(options.get(CONFIG_OPTION), cwd)
    return named or folders.config_file, named is not None


def _choose_profile(outer: tuple[Layer, ...], config: ConfigFile, path: Path) -> str | None:
    """The profile that is asked for; raises `SettingsError` when the file has none of that name."""
    said = (layer.values["profile"] for layer in outer if "profile" in layer.values)
    given = next((given for given in said if given.text), None)
    if given is None:
        return None
    name = str(parse_given(PROFILE, given))
    if name not in config.profiles:
        known = ", ".join(config.profiles) or "none"
        advice = suggest(name, config.profiles) or f" It has {known}."
        raise SettingsError(
            f"{given.source} is {name}, and {path} has no [profile.{name}].{advice}"
        )
    return name


def _top(config: ConfigFile, profile: str | None) -> Layer:
    """What stands above all tables. A profile has a store of its own unless it names one itself."""
    values = config.top.values
    return Layer({name: values[name] for name in values if not (profile and name == "db")})


def _overridden(part: Part, sources: Mapping[str, str], typed: Layer) -> Iterator[str]:
    """A warning for what a profile says in vain, by something else than the command line."""
    for name, given in part.values.items():
        if name not in typed.values and sources.get(name, given.source) != given.source:
            yield (
                f"{sources[name]} is stronger than {given.source}. Remove it if the profile is "
                "meant to count."
            )


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
            value = parse_given(definition, given)
            if name not in values:
                values[name], sources[name] = value, given.source
    return values, sources


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
        f"{source} {shorten(url)} is not a loopback or private address. "
        "Add --forward-any-host if deliveries may go there."
    )


def _check_api(settings: Settings) -> None:
    """Keeps the key off networks where everybody could read it."""
    url = settings.api_url
    if url is not None and url.lower().startswith("http://") and not is_local(url):
        raise SettingsError(
            f"{settings.source('api_url')} {shorten(url)} would send the API key unencrypted. "
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
