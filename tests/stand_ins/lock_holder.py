"""Keeps every writer out of a database until stdin is closed, as a program that is no receiver can.

Usage: lock_holder.py PATH. It imports nothing of the project, so that it starts at once.
"""

from __future__ import annotations

import sqlite3
import sys

if __name__ == "__main__":
    connection = sqlite3.connect(sys.argv[1], isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    connection.execute("ROLLBACK")
    connection.close()
