"""`completion`: the script by which a shell completes commands, options and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import get_completion_class

from meterbase_tui.cli.choices import Word
from meterbase_tui.version import COMPLETION_VARIABLE, PROGRAM

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session

_INSTALL = {
    "bash": f'Add to ~/.bashrc: eval "$({PROGRAM} completion bash)"',
    "zsh": f'Add to ~/.zshrc, below compinit: eval "$({PROGRAM} completion zsh)"',
    "fish": f"Run once: {PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish",
}


@click.command()
@click.argument("shell", type=Word(_INSTALL))
@click.pass_context
def completion(context: click.Context, /, *, shell: str) -> None:
    """Print the script that completes commands, options and names in a shell.

    Names of samples, scenarios, profiles, and ids of what is in the store are completed too.
    """
    session: Session = context.obj
    kind = get_completion_class(shell)
    assert kind is not None, shell
    script = kind(context.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source()
    session.console.line(script.rstrip(), newline=True)
    if session.console.on_terminal:
        session.console.say(_INSTALL[shell])
