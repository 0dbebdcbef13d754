"""The file that `config --init` writes, and the schema: both say what the loader takes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from meterbase_tui.settings import Settings
from meterbase_tui.settings.config_file import read_config
from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.settings.json_schema import build_schema
from meterbase_tui.settings.template import default_of, write_template

FILE = Path("/x/config.toml")
_NO_SETTINGS = {"profile", "profiles", "forward_targets", "keys", "env_file", "config_file"}


def uncommented() -> str:
    """The template with every setting and table set, as a user would do it."""
    return re.sub(r"^# (\[|\w[\w.]* = )", r"\1", write_template(), flags=re.MULTILINE)


def accepts(tree: dict[str, Any]) -> bool:
    return bool(jsonschema.Draft202012Validator(build_schema()).is_valid(tree))


def test_as_it_is_written_it_sets_nothing() -> None:
    assert tomllib.loads(write_template()) == {}


def test_every_line_of_it_can_be_set_as_it_stands() -> None:
    tree = tomllib.loads(uncommented())
    assert set(tree) == {each.name for each in DEFINITIONS} | {"forward", "keys", "profile"}
    assert read_config(uncommented(), FILE).faults == ()
    assert accepts(tree)


def test_it_has_every_setting_that_there_is() -> None:
    settable = {each.name for each in fields(Settings)} - _NO_SETTINGS - {"sources", "warnings"}
    assert {each.name for each in DEFINITIONS} == settable


def test_defaults_are_those_in_force() -> None:
    tree = tomllib.loads(uncommented())
    settings = Settings(db=Path("/x"))
    for definition in DEFINITIONS:
        default = default_of(definition)
        assert default is None or tree[definition.name] == getattr(settings, definition.name)


@pytest.mark.parametrize(
    "text",
    [
        "prot = 1",
        "port = 65536",
        "max_body = 12",
        "max_backlog = -1",
        'tunnel = "ngork"',
        'theme = "pink"',
        "host = true",
        "[[forward]]\nevents = []",
        "[[forward]]\nurl = 'http://127.0.0.1'\nevent = []",
        "[keys]\nx = 1",
        "[profile.a]\nprot = 1",
        "[profile.'a b']",
    ],
)
def test_loader_and_schema_refuse_the_same(text: str) -> None:
    assert not accepts(tomllib.loads(text))
    if text != "host = true":  # a word is read as text, as it would be from the environment
        assert read_config(text, FILE).faults


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.name)
def test_bounds_and_choices_are_those_of_the_parser(definition: Any) -> None:
    for choice in definition.choices:
        assert definition.parse(choice) == choice
    least, most = definition.bounds or (0, -1)
    for number in (least, most) if definition.bounds else ():
        assert definition.parse(str(number)) == number
    for number in (least - 1, most + 1) if definition.bounds else ():
        with pytest.raises(ValueError, match="must be"):
            definition.parse(str(number))
    assert isinstance(default_of(definition), int) <= (
        definition.bounds is not None or isinstance(default_of(definition), bool)
    )
