"""How JSON writers spell strings: which characters they escape, and how.

Each style was compared with the output of the writer that it is named after; see the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHORT: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_GO_BEFORE_1_22: Final = {"\b": "\\u0008", "\f": "\\u000c"}
_SLASH: Final = {"/": "\\/"}
_CONTROL = r'"\\\x00-\x1f\ud800-\udfff'
_SEPARATORS = r"\u2028\u2029"
_NON_ASCII = r"\x80-\U0010ffff"
_ASTRAL = r"\U00010000-\U0010ffff"


@dataclass(frozen=True, slots=True)
class StringStyle:
    """A way to spell strings."""

    escaped: str
    """The characters to escape, as the inside of a regular expression's class."""
    special: Mapping[str, str] = field(default_factory=dict)
    """Escapes that differ from the usual ones."""
    upper: bool = False
    """Whether the hexadecimal digits of an escape are in upper case."""

    def spell(self, text: str) -> str:
        """The token of a string."""
        escapes = _Escapes(self)
        spelt = re.sub(f"[{self.escaped}]+", lambda match: match[0].translate(escapes), text)
        return f'"{spelt}"'


class _Escapes(dict[int, str]):
    """A style's escapes of the characters of one text, for `str.translate`.

    Made anew for each text: what a body holds must not pile up in memory.
    """

    def __init__(self, style: StringStyle) -> None:
        super().__init__()
        self._style = style

    def __missing__(self, code: int) -> str:
        character = chr(code)
        escape = self._style.special.get(character) or _SHORT.get(character)
        if not escape:
            units = character.encode("utf-16-be", "surrogatepass").hex()
            units = units.upper() if self._style.upper else units
            escape = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        self[code] = escape
        return escape


#: Only what JSON demands: JavaScript, Ruby, Rust, Perl, Python with ensure_ascii=False.
PLAIN: Final = StringStyle(_CONTROL)
PYTHON: Final = StringStyle(_CONTROL + r"\x7f" + _NON_ASCII)
JQ: Final = StringStyle(_CONTROL + r"\x7f")
ASCII: Final = StringStyle(_CONTROL + _NON_ASCII)
PHP: Final = StringStyle(_CONTROL + "/" + _NON_ASCII, _SLASH)
PHP_UNICODE: Final = StringStyle(_CONTROL + "/" + _SEPARATORS, _SLASH)
#: With JSON_UNESCAPED_SLASHES and JSON_UNESCAPED_UNICODE; Gson without HTML escaping.
SEPARATORS: Final = StringStyle(_CONTROL + _SEPARATORS)
#: Symfony's and Laravel's JsonResponse.
SYMFONY: Final = StringStyle(
    _CONTROL + "/<>&'" + _NON_ASCII,
    _SLASH | {"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "'": "\\u0027", '"': "\\u0022"},
)
GO: Final = StringStyle(_CONTROL + "<>&" + _SEPARATORS, _GO_BEFORE_1_22)
#: Go since 1.22, and Rails.
HTML: Final = StringStyle(_CONTROL + "<>&" + _SEPARATORS)
GO_PLAIN: Final = StringStyle(_CONTROL + _SEPARATORS, _GO_BEFORE_1_22)
GSON: Final = StringStyle(_CONTROL + "<>&='" + _SEPARATORS)
JACKSON: Final = StringStyle(_CONTROL + _ASTRAL, upper=True)
JACKSON_ASCII: Final = StringStyle(_CONTROL + _NON_ASCII, upper=True)
#: System.Text.Json with its default encoder.
DOTNET: Final = StringStyle(_CONTROL + r"<>&'+`\x7f" + _NON_ASCII, {'"': "\\u0022"}, upper=True)
