"""The work of every day, by name: `nox -l` lists it, `nox -s lint` does one of it.

`.ci/run` does the same sessions in the environment that the README's command made (`--no-venv`), so
that there is one list. `nox` alone does what a change must pass; `slow`, `bench` and `stress` take
long and are asked for.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

# `.venv/bin/nox --no-venv` finds the tools beside it, whether or not that environment is active.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "contracts", "tests", "budget", "docs", "wheel"]

PYTHONS = ("3.11", "3.12", "3.13")


def _prepare(session: nox.Session, *extras: str) -> None:
    if session.venv_backend != "none":
        session.install("-e", f".[{','.join(('dev', *extras))}]")


@nox.session(tags=["rules"])
def lint(session: nox.Session) -> None:
    """Style: `nox -s lint -- --fix` mends it."""
    _prepare(session)
    session.run("ruff", "check", *session.posargs, ".")
    session.run("ruff", "format", *([] if "--fix" in session.posargs else ["--check"]), ".")


@nox.session(tags=["rules"])
def types(session: nox.Session) -> None:
    """Types, of the packages, the tests and what makes the pages."""
    _prepare(session)
    session.run("mypy", *session.posargs)


@nox.session(tags=["rules"])
def contracts(session: nox.Session) -> None:
    """Who imports whom."""
    _prepare(session)
    session.run("lint-imports")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests that run always, on each Python: `nox -s tests-3.12 -- tests/unit`."""
    _prepare(session)
    session.run("pytest", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """The tests on the lowest versions that `pyproject.toml` allows."""
    session.install("uv")
    session.run_install(
        "uv", "pip", "install", "--python", session.virtualenv.location,
        "--resolution", "lowest-direct", "-e", ".[dev]",
    )  # fmt: skip
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The tests that take minutes."""
    _prepare(session)
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session
def stress(session: nox.Session) -> None:
    """The promises under load and faults, for as long as the tests say."""
    _prepare(session)
    session.run("pytest", "-m", "stress", "tests/stress", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """The measurements, beside what a user would pick instead."""
    _prepare(session, "bench")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(tags=["rules"])
def budget(session: nox.Session) -> None:
    """Whether the program became slower than it may be, within a minute."""
    _prepare(session)
    session.run("python", "-m", "benchmarks", "budget")


@nox.session(tags=["rules"])
def docs(session: nox.Session) -> None:
    """The site, with warnings as errors and every link within it followed."""
    _prepare(session)
    session.run("python", "docs/check_site.py")


@nox.session(tags=["rules"])
def wheel(session: nox.Session) -> None:
    """What is published: an sdist, the wheel from it, and both tried in an empty environment."""
    _prepare(session)
    session.run(".ci/try_packages", external=True)
