"""The program's own log: what went on inside, one JSON object a line, in a private file.

Nothing of it reaches the terminal by itself: a line there would tear the screen, and could carry
bytes that strangers sent. Whoever logs never waits for the disk.
"""

from __future__ import annotations

from meterbase_tui.journal.keeping import Journal, keep_journal, note_mistake

__all__ = ["Journal", "keep_journal", "note_mistake"]
