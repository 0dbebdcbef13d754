"""Has the load generator do a job, on its own core."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from benchmarks.load import Job, Outcome
from benchmarks.machine import ROOT, on_core


class LoadError(Exception):
    """A load did not come to its end, or brought errors; `str()` says which."""


def start_load(job: Job, core: int | None) -> subprocess.Popen[str]:
    """Starts a job, for a caller that has something to do meanwhile; `finish_load` ends it."""
    with on_core(core):
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(job)))
    process.stdin.close()
    process.stdin = None
    return process


def finish_load(process: subprocess.Popen[str], seconds: float = 120.0) -> Outcome:
    """Waits for a job.

    Raises:
        LoadError: it failed, or not every request was answered as it should be: a figure with
            errors in it says nothing.
    """
    try:
        said, problem = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise LoadError(f"The load generator did not end within {seconds:g} s.") from None
    if process.returncode:
        raise LoadError(f"The load generator failed: {problem.strip().splitlines()[-1:]}.")
    outcome = Outcome(**json.loads(said))
    if outcome.errors or not outcome.answers:
        raise LoadError(f"Of {outcome.answers} answers some were wrong: {outcome.errors}.")
    return outcome


def call(job: Job, core: int | None) -> Outcome:
    """Does a job to its end; raises what `finish_load` raises."""
    return finish_load(start_load(job, core))
