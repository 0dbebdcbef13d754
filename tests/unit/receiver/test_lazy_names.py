"""Packages whose names are imported when they are asked for."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from receiver.lazy_names import find_names

PACKAGES = (
    "meterbase_tui.checking",
    "meterbase_tui.screens",
    "meterbase_tui.settings",
    "receiver.checks",
    "receiver.diagnosis",
    "receiver.tunnel",
    "sample_payloads.pms",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_is_there(package: str) -> None:
    module = import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_a_name_is_that_of_its_module_and_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    package = import_module("receiver.checks")
    monkeypatch.delitem(vars(package), "Check", raising=False)
    find = find_names("receiver.checks", {"check": ("Check",)})
    assert find("Check") is import_module("receiver.checks.check").Check
    assert vars(package)["Check"] is find("Check")


def test_a_name_that_there_is_not_is_said_as_of_any_module() -> None:
    with pytest.raises(AttributeError, match=r"module 'receiver\.checks' has no attribute 'Nope'"):
        sys.modules["receiver.checks"].Nope  # noqa: B018
    with pytest.raises(ImportError):
        exec("from receiver.checks import Nope")
