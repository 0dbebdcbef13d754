"""ngrok's own configuration, `ngrok.yml`: read for what the tunnel depends on, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from receiver.tunnel import problems
from receiver.tunnel.agent_search import config_directory, home_directory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from receiver.tunnel.status import Problem

_NAME = "ngrok.yml"


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """What was found. The token never appears in the `repr`."""

    path: Path | None = None
    """None if the user has no such file."""
    is_default: bool = True
    """Whether the agent finds the file without being told where it is."""
    token: str | None = field(default=None, repr=False)
    proxy_url: bool = False
    """Whether the agent is told to use a proxy, which free accounts may not."""
    problem: Problem | None = None


def find_config(agent: Path, environ: Mapping[str, str]) -> AgentConfig:
    """The configuration that `agent` uses, or an empty one."""
    home = home_directory(environ)
    if is_confined(agent):
        # Ubuntu's package of the agent has a home of its own and reads no other directory.
        return read_config(home / "snap" / "ngrok" / "current" / ".config" / "ngrok" / _NAME)
    default = config_directory(environ) / _NAME
    if default.exists():
        return read_config(default)
    return read_config(home / ".ngrok2" / _NAME, is_default=False)


def is_confined(agent: Path) -> bool:
    """Whether an agent is a snap, which cannot read files of ours."""
    return agent.is_absolute() and agent.parts[:2] == ("/", "snap")


def read_config(path: Path, *, is_default: bool = True) -> AgentConfig:
    """Reads one file; one that does not exist is an empty configuration, not a problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return AgentConfig()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        return AgentConfig(path, is_default, problem=_broken(path, reason))
    return _judged(path, text, is_default=is_default)


def _judged(path: Path, text: str, *, is_default: bool) -> AgentConfig:
    # Imported here: only a tunnel by ngrok needs it, and it costs 20 ms of every start.
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return AgentConfig(path, is_default, problem=_broken(path, _place(error)))
    if tree is None:
        return AgentConfig(path, is_default)
    if not isinstance(tree, dict):
        return AgentConfig(path, is_default, problem=_broken(path, "it is not a mapping"))
    return _from_tree(path, tree, is_default=is_default)


def _from_tree(path: Path, tree: dict[str, Any], *, is_default: bool) -> AgentConfig:
    # Version 3 of the file moved the agent's own settings below `agent`.
    agent = tree.get("agent") if str(tree.get("version")) == "3" else tree
    if not isinstance(agent, dict):
        agent = {}
    token = agent.get("authtoken")
    hindrance = _hindrance(agent)
    return AgentConfig(
        path,
        is_default,
        token=token.strip() or None if isinstance(token, str) else None,
        proxy_url=bool(agent.get("proxy_url")),
        problem=_broken(path, hindrance) if hindrance else None,
    )


def _hindrance(agent: dict[str, Any]) -> str | None:
    """What makes it impossible to follow the agent: its API and its log have to be readable."""
    if agent.get("web_addr") is False:
        return "web_addr is false, but the agent's local API is needed"
    if agent.get("log_format") == "json":
        return "log_format is json, but has to be term or logfmt"
    if agent.get("log_level", "info") not in {"info", "debug"}:
        return "log_level has to be info or debug"
    return None


def _broken(path: Path, reason: object) -> Problem:
    return problems.own("agent_config", f"{path}: {reason}")


def _place(error: Exception) -> str:
    """Where the mistake is. Not the text of the line: it may be the one with the token."""
    mark = getattr(error, "problem_mark", None)
    return "it is not YAML" if mark is None else f"line {mark.line + 1} is not YAML"
