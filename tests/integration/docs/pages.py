"""Pages as scripts: their command blocks in one shell, in order, with what each is said to print.

What the reader does not see says what a block needs, in a comment before it:

    <!-- terminal -->            it goes on in another terminal; `meterbase-tui` alone is `listen`
    <!-- not run: reason -->     it needs something outside
    <!-- file: name -->          it is a file, not commands

A command may end with `# exit code 3`. A block of `text` after a block of commands is what they
print: a line that is `…` stands for any lines, `…` in a line for anything, and white space does not
count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^>]+) -->\n+)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"#.*exit code (\d+)")
_ANYTHING = re.compile(r"(?:\\ )?…(?:\\ )?")
_MARK = "\x1e"
_HEAD = r"""
umask 077
receiver=
waits() { meterbase-tui events --state pending; meterbase-tui forwards --state waiting; }
settle() { while [ -n "$(waits 2> /dev/null)" ]; do sleep 0.05; done; }
ready() { until grep -q '"ready"' "$1"; do sleep 0.05; done; }
expect() { code=$?; if [ $code != "$1" ]; then echo "$2: exit code $code, not $1"; exit 99; fi; }
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
exec 2>&1
"""


@dataclass(frozen=True)
class Block:
    """A block of a page that is run, or that is written to a file."""

    kind: str
    text: str
    note: str | None
    printed: str | None
    """What its commands are said to print."""

    @property
    def commands(self) -> list[str]:
        """The commands, each on one line."""
        return [line for line in self.text.replace("\\\n", " ").splitlines() if line.strip()]


def read_blocks(text: str) -> list[Block]:
    """The blocks of a page, but for those that need something outside."""
    found = list(_BLOCK.finditer(text))
    blocks = []
    for block, after in pairwise([*found, None]):
        assert block is not None
        note = block["note"]
        if (note or "").startswith("not run: ") or (block["kind"] != "sh" and not note):
            continue
        follows = after is not None and after["kind"] == "text" and not after["note"]
        near = after is not None and not text[block.end() : after.start()].strip()
        printed = after["text"] if after is not None and follows and near else None
        blocks.append(Block(block["kind"], block["text"], note, printed))
    return blocks


def write_script(blocks: list[Block], folder: Path) -> str:
    """A shell script that does what the page says, and marks where each block begins."""
    parts = [_HEAD]
    for number, block in enumerate(blocks):
        parts.append(f"printf '\\n{_MARK}{number}\\n'")
        if (block.note or "").startswith("file: "):
            name = (block.note or "").removeprefix("file: ")
            (folder / f"block-{number}").write_text(block.text)
            parts.append(f"cp {folder / f'block-{number}'} {name}")
            if name == ".env":
                # A receiver looks at it once a second; a reader takes longer to go on.
                parts.append('[ -z "$receiver" ] || sleep 2')
        elif block.note == "terminal":
            parts += _run_beside(block, number)
        else:
            for command in block.commands:
                code = _CODE.search(command)
                name = re.sub(r"[^\w ./-]", " ", command)
                parts += [command, f"expect {code[1] if code else 0} '{name}'"]
                if re.search(r"meterbase-tui (send|replay|simulate)", command):
                    parts.append("settle")
    return "\n".join(parts) + "\n"


def _run_beside(block: Block, number: int) -> list[str]:
    (command,) = block.commands
    command = re.sub(
        r"^meterbase-tui(?= --|$)", "meterbase-tui listen", command.partition("  #")[0]
    )
    if not command.startswith("meterbase-tui listen"):
        return [f"{command} > log-{number} 2>&1 &"]
    return [
        # The one before it was stopped first, as there is one receiver a store.
        'if [ -n "$receiver" ]; then kill "$receiver"; wait "$receiver"; fi',
        f"{command} --json > ready-{number} 2> log-{number} &",
        "receiver=$!",
        f"ready ready-{number}",
    ]


def outputs(printed: str) -> dict[int, str]:
    """What was printed, by the number of the block."""
    found = re.split(rf"\n{_MARK}(\d+)\n", printed)
    return {int(number): text for number, text in zip(found[1::2], found[2::2], strict=True)}


def agrees(said: str, printed: str) -> bool:
    """Whether what a page says is printed is what was printed."""
    pattern = ""
    for line in (" ".join(each.split()) for each in said.splitlines()):
        pattern += r"(?:.*\n)*?" if line == "…" else _ANYTHING.sub(".*", re.escape(line)) + r"\n"
    lines = (" ".join(line.split()) for line in printed.splitlines())
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines if line)) is not None
