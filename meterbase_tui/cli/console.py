"""Standard output and standard error: results go to one, everything said about them to the other.

Nothing reaches either without passing `visible` or the JSON encoder.
"""

from __future__ import annotations

import io
import os
import shutil
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, TextIO

import click
from rich.cells import cell_len

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.pager import find_pager, show
from meterbase_tui.text import cut, visible
from meterbase_tui.widgets.rows import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meterbase_tui.widgets.rows import Cell

_LONGEST = 1 << 30
_STYLES: dict[Tone, dict[str, Any]] = {
    Tone.MUTED: {"dim": True},
    Tone.STRONG: {"bold": True},
    Tone.ACCENT: {"fg": "cyan"},
    Tone.SUCCESS: {"fg": "green"},
    Tone.WARNING: {"fg": "yellow"},
    Tone.ERROR: {"fg": "red"},
}


class ReaderGoneError(Exception):
    """Whoever read standard output has closed it: there is nobody left to write for."""


class UnwritableError(CommandError):
    """Standard output takes nothing: it is a file on a full disk, say."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"Standard output cannot be written ({error.strerror}), so what was to be printed is "
            "not complete. Free some space, or send it elsewhere.",
            Exit.UNEXPECTED,
        )


class Console:
    """The two streams of a command."""

    def __init__(self, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str]) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._environ = environ
        self.on_terminal = stdout.isatty()
        self.paging = True
        """Whether long output may be shown by a pager."""
        self._colours = (
            self.on_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        )

    @property
    def width(self) -> int | None:
        """The terminal's columns; None where lines may be as long as they are."""
        return shutil.get_terminal_size().columns if self.on_terminal else None

    @contextmanager
    def paged(self) -> Iterator[None]:
        """Shows what the block prints by the user's pager, if it is longer than the terminal."""
        pager = find_pager(self._environ) if self.on_terminal and self.paging else None
        if pager is None:
            yield
            return
        printed = io.StringIO()
        stdout, self._stdout = self._stdout, printed
        try:
            yield
        finally:
            self._stdout = stdout
        text = printed.getvalue()
        if text.count("\n") < shutil.get_terminal_size().lines:
            self._write(text)
            return
        self.flush()
        try:
            show(pager, text, self._environ)
        except OSError:
            self._write(text)

    def line(self, text: str = "", *, newline: bool = False) -> None:
        """One line of a result; with `newline`, text that may have several."""
        self._write(visible(text, _LONGEST, newline=newline) + "\n")

    def cells(self, cells: Sequence[Cell], *, whole: bool = False) -> None:
        """One line of a result, made of visible cells.

        On a terminal it is cut at the edge, unless it is to be shown whole.
        """
        room = None if whole else self.width
        painted: list[str] = []
        for cell in cells:
            text = cell.text if room is None else cut(cell.text, room)
            painted.append(self._paint(text, cell.tone))
            room = None if room is None else room - cell_len(text)
        self._write("".join(painted).rstrip(" ") + "\n")

    def json_line(self, fields: object) -> None:
        """One JSON object of a listing or a stream."""
        self._write(_encode(fields) + "\n")

    def json_document(self, fields: object) -> None:
        """The one JSON document of a command."""
        self._write(_encode(fields, indent=2) + "\n")

    def raw(self, content: bytes) -> None:
        """Bytes as they are, for a file or a pipe; on a terminal they are made visible."""
        if self.on_terminal:
            self.line(content.decode("utf-8", "backslashreplace"), newline=True)
            return
        with self.bytes_out() as out:
            out.write(content)

    @contextmanager
    def bytes_out(self) -> Iterator[IO[bytes]]:
        """Where bytes go that are printable ASCII, such as a file that is redirected.

        Raises:
            ReaderGoneError, UnwritableError: as of `flush`, also for what the block writes.
        """
        self.flush()
        try:
            yield self._stdout.buffer
        except OSError as error:
            raise self._failure(error) from None
        self.flush()

    def say(self, sentence: str) -> None:
        """Narration, a warning or an error, as one line on standard error."""
        try:
            self._stderr.write(visible(sentence, _LONGEST) + "\n")
            self._stderr.flush()
        except OSError:
            _abandon(self._stderr)

    def flush(self) -> None:
        """Hands over what was written.

        Raises:
            ReaderGoneError: nobody takes it.
            UnwritableError: it cannot be taken; what comes after it goes nowhere.
        """
        try:
            self._stdout.flush()
        except OSError as error:
            raise self._failure(error) from None

    def abandon(self) -> None:
        """Gives standard output up: what is still in its buffer goes nowhere."""
        _abandon(self._stdout)

    def _paint(self, text: str, tone: Tone) -> str:
        style = _STYLES.get(tone)
        return click.style(text, **style) if self._colours and style and text else text

    def _write(self, text: str) -> None:
        try:
            self._stdout.write(text)
        except OSError as error:
            raise self._failure(error) from None

    def _failure(self, error: OSError) -> ReaderGoneError | UnwritableError:
        if isinstance(error, BrokenPipeError):
            return ReaderGoneError()
        # Or what is in its buffer would be tried again, and fail again, when the process ends.
        self.abandon()
        return UnwritableError(error)


def _abandon(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _encode(fields: object, *, indent: int | None = None) -> str:
    # Here, since it takes the records, and neither help nor an error does.
    from meterbase_tui.exports.json_fields import encode  # noqa: PLC0415

    return encode(fields, indent=indent)
