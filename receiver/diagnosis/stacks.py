"""The JSON writers of real stacks: how each spells strings and numbers and sets out a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from receiver.diagnosis import layouts, literals, numerals, orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.diagnosis.layouts import Layout
    from receiver.diagnosis.literals import StringStyle
    from receiver.diagnosis.orders import Order

_LINES: Final = (layouts.COMPACT, layouts.INDENT_2, layouts.INDENT_4, layouts.TABS)
_PYTHON: Final = (layouts.SPACED, layouts.COMPACT, layouts.INDENT_2, layouts.INDENT_4)
_JAVA: Final = (layouts.COMPACT, layouts.JACKSON_PRETTY)
_PHP: Final = (layouts.COMPACT, layouts.INDENT_4)
_DOTNET: Final = (layouts.COMPACT, layouts.INDENT_2, layouts.INDENT_2_CRLF)
#: The layouts on one line, the likeliest first.
ON_ONE_LINE: Final = (
    layouts.COMPACT,
    layouts.SPACED,
    layouts.COLON_SPACED,
    layouts.COMMA_SPACED,
    layouts.POSTGRES_BUILT,
)
#: The layouts on several lines, the likeliest first.
INDENTED: Final = (
    layouts.INDENT_2,
    layouts.INDENT_4,
    layouts.TABS,
    layouts.JACKSON_PRETTY,
    layouts.RUBY_PRETTY,
    layouts.INDENT_2_CRLF,
    layouts.INDENT_4_CRLF,
    layouts.PERL_PRETTY,
)
LAYOUTS: Final = (*ON_ONE_LINE[:2], *INDENTED, *ON_ONE_LINE[2:])


@dataclass(frozen=True, slots=True)
class Stack:
    """A JSON writer."""

    name: str
    """For "as … writes them"."""
    strings: StringStyle | None
    """None where strings stay as received."""
    numbers: Callable[[str], str]
    layouts: tuple[Layout, ...]
    """Those that it is known to write, the likeliest first."""
    key_orders: tuple[Order, ...] = (orders.RECEIVED, orders.SORTED, orders.DOCUMENTED)
    """Those of its keys; the documented one undoes a sorting on the way."""


def as_received(token: str) -> str:
    """The token itself."""
    return token


RECEIVED: Final = Stack("", None, as_received, LAYOUTS, orders.ALL)
#: Unlike `RECEIVED` these change what they write, where a text has something to change.
ALL: Final = (
    Stack("json.dumps of Python", literals.PYTHON, numerals.PYTHON.spell, _PYTHON),
    Stack(
        "json.dumps of Python with ensure_ascii=False",
        literals.PLAIN,
        numerals.PYTHON.spell,
        _PYTHON,
    ),
    Stack(
        "JSON.stringify of JavaScript",
        literals.PLAIN,
        numerals.JAVASCRIPT.spell,
        _LINES,
        (orders.RECEIVED, orders.INDICES_FIRST, orders.DOCUMENTED),
    ),
    Stack("json_encode of PHP", literals.PHP, numerals.PHP.spell, _PHP),
    Stack(
        "json_encode of PHP with JSON_UNESCAPED_SLASHES", literals.ASCII, numerals.PHP.spell, _PHP
    ),
    Stack(
        "json_encode of PHP with JSON_UNESCAPED_UNICODE",
        literals.PHP_UNICODE,
        numerals.PHP.spell,
        _PHP,
    ),
    Stack(
        "json_encode of PHP with slashes and Unicode unescaped",
        literals.SEPARATORS,
        numerals.PHP.spell,
        _PHP,
    ),
    Stack(
        "json_encode of PHP with JSON_PRESERVE_ZERO_FRACTION",
        literals.PHP,
        numerals.PHP_FRACTION.spell,
        _PHP,
    ),
    Stack("JsonResponse of Symfony or Laravel", literals.SYMFONY, numerals.PHP.spell, _PHP),
    Stack("encoding/json of Go", literals.GO, numerals.JAVASCRIPT.spell, _LINES),
    Stack("encoding/json of Go with UseNumber", literals.GO, as_received, _LINES),
    Stack("encoding/json of Go since 1.22", literals.HTML, numerals.JAVASCRIPT.spell, _LINES),
    Stack("to_json of Rails", literals.HTML, numerals.RUBY.spell, (layouts.COMPACT,)),
    Stack(
        "encoding/json of Go without SetEscapeHTML",
        literals.GO_PLAIN,
        numerals.JAVASCRIPT.spell,
        _LINES,
    ),
    Stack(
        "JSON.generate of Ruby",
        literals.PLAIN,
        numerals.RUBY.spell,
        (layouts.COMPACT, layouts.RUBY_PRETTY, layouts.INDENT_2),
    ),
    Stack(
        "JSON.generate of Ruby with ascii_only",
        literals.ASCII,
        numerals.RUBY.spell,
        (layouts.COMPACT,),
    ),
    Stack("Jackson of Java", literals.JACKSON, numerals.JAVA.spell, _JAVA),
    Stack("Jackson of Java to a string", literals.PLAIN, numerals.JAVA.spell, _JAVA),
    Stack(
        "Jackson of Java with ESCAPE_NON_ASCII", literals.JACKSON_ASCII, numerals.JAVA.spell, _JAVA
    ),
    Stack("Gson of Java", literals.GSON, as_received, _LINES),
    Stack("Gson of Java from a Map", literals.GSON, numerals.GSON.spell, _LINES),
    Stack("Gson of Java without HTML escapes", literals.SEPARATORS, as_received, _LINES),
    Stack("System.Text.Json of .NET", literals.DOTNET, as_received, _DOTNET),
    Stack(
        "jsonb of PostgreSQL",
        literals.PLAIN,
        numerals.decimal,
        (layouts.SPACED,),
        (orders.BY_LENGTH,),
    ),
    Stack(
        "JSON::PP of Perl",
        literals.PLAIN,
        numerals.JQ.spell,
        (layouts.COMPACT, layouts.PERL_PRETTY),
    ),
    Stack("jq", literals.JQ, numerals.JQ.spell, _LINES),
    Stack("a writer of amounts with two decimals", None, numerals.money, _PYTHON),
)
