"""Every key and value of a TOML file is found where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.settings.template import to_toml
from meterbase_tui.settings.toml_places import Places

TEXT = '''\
# a comment with = and [brackets]
port = 8787   # and another
"host" = '::1'
motto = """
not = "a key"
[nor] a table""""
lines = [
    1, # [
    { a = "]" },
]
a.b . c = true

[[forward]]
url = "http://127.0.0.1"
[forward.headers]
X-One = "1"
[[forward]]
  url   =   "http://127.0.0.2"

[ profile."a b" ]
theme = 'dark'
'''


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("port",), "2:1", "2:8"),
        (("host",), "3:1", "3:10"),
        (("motto",), "4:1", "4:9"),
        (("lines",), "7:1", "7:9"),
        (("a",), "11:1", "11:1"),
        (("a", "b", "c"), "11:7", "11:11"),
        (("forward", 0, "url"), "14:1", "14:7"),
        (("forward", 0, "headers", "X-One"), "16:1", "16:9"),
        (("forward", 1), "17:1", "17:1"),
        (("forward", 1, "url"), "18:3", "18:13"),
        (("profile", "a b"), "20:11", "20:11"),
        (("profile", "a b", "theme"), "21:1", "21:9"),
        (("profile", "a b", "none", "deep"), "20:11", "20:11"),
        (("nowhere",), "1:1", "1:1"),
    ],
)
def test_what_stands_where(path: tuple[str | int, ...], key: str, value: str) -> None:
    tomllib.loads(TEXT)
    places = Places(TEXT)
    assert (str(places.of_key(*path)), str(places.of_value(*path))) == (key, value)


_KEYS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\x7f"), min_size=1
)
_TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\x7f"))


@given(st.dictionaries(_KEYS, st.one_of(_TEXTS, st.integers(0, 99), st.booleans()), max_size=8))
def test_each_value_is_where_it_is_said_to_be(tree: dict[str, Any]) -> None:
    lines = [f"  {to_toml(key)} = {to_toml(value)} # ' \"" for key, value in tree.items()]
    text = "\n".join(lines)
    assert tomllib.loads(text) == tree
    places = Places(text)
    for number, (key, value) in enumerate(tree.items(), start=1):
        place = places.of_value(key)
        assert places.of_key(key) == (number, 3)
        assert place.line == number
        assert lines[number - 1][place.column - 1 :].startswith(to_toml(value))
