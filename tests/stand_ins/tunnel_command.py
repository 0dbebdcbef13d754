"""A stand-in for a program that prints a public address, such as cloudflared.

    tunnel_command.py PORT [--greeting] [--die-after SECONDS | --fail TEXT]

It writes to stderr, as cloudflared does. Lines that appear in the file named by the variable
``TUNNEL_SCRIPT`` are printed too, as they come.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

GREETING = """\
2026-11-23T10:00:00Z INF Thank you for trying Cloudflare Tunnel. The terms are at \
(https://www.cloudflare.com/website-terms/), and see https://developers.cloudflare.com/x/y
2026-11-23T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-11-23T10:00:01Z INF +--------------------------------------------------------------------+
2026-11-23T10:00:01Z INF |  Your quick Tunnel has been created! Visit it at:                  |
2026-11-23T10:00:01Z INF |  https://made-up-words-here.trycloudflare.com                      |
2026-11-23T10:00:01Z INF +--------------------------------------------------------------------+
"""


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> None:
    options = sys.argv[2:]
    if "--fail" in options:
        say(options[options.index("--fail") + 1])
        sys.exit(3)
    say(
        GREETING
        if "--greeting" in options
        else f"inspector: http://127.0.0.1:4040\nlistening: https://127.0.0.1:{sys.argv[1]}"
    )
    if "--die-after" in options:
        time.sleep(float(options[options.index("--die-after") + 1]))
        say("\x1b[31mthe service went away\x1b[0m")
        sys.exit(7)
    printed = 0
    while True:
        script = Path(os.environ.get("TUNNEL_SCRIPT", os.devnull)).read_text().splitlines()
        for line in script[printed:]:
            say(line)
        printed = len(script)
        time.sleep(0.02)


if __name__ == "__main__":
    main()
