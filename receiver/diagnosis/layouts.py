"""How JSON writers set out a text: spaces after commas and colons, lines and indentation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver.diagnosis.tokens import Tokens

COLON: Final = ":"


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to set out the tokens of a text."""

    phrase: str
    """For a sentence: "compact", "indented by 2 spaces"."""
    example: str = ""
    """A writer known for it, for the same sentence."""
    comma: str = ","
    colon: str = ":"
    indent: str | None = None
    """What one level is indented by; None for a text on one line."""
    newline: str = "\n"
    inside_object: str = ""
    """What stands inside of an empty object; after a line end comes the indentation."""
    inside_array: str = ""
    """The same for an empty array."""
    often_ended: bool = True
    """Whether writers of it are known to add a line end."""
    inline_arrays: bool = False
    """Whether arrays stay on the line of their key, as Jackson writes them."""

    def write(self, tokens: Tokens) -> str:
        """The text of tokens that hold no white space."""
        if self.indent is None:
            spaced = {",": self.comma, ":": self.colon}
            return "".join([spaced.get(token, token) for token in tokens])
        if self.inline_arrays:
            return "".join(_jackson(tokens, self))
        return "".join(_indented(tokens, self))


def _indented(tokens: Tokens, layout: Layout) -> Iterator[str]:
    indent, newline = layout.indent or "", layout.newline
    depth, previous = 0, ""
    for token in tokens:
        if token in {"}", "]"}:
            depth = max(0, depth - 1)
            if previous in {"{", "["}:
                yield _inside_empty(layout, token, depth)
            else:
                yield newline + indent * depth
        elif previous in {"{", "[", ","}:
            yield newline + indent * depth
        if token in {"{", "["}:
            depth += 1
        yield layout.colon if token == COLON else token
        previous = token


def _inside_empty(layout: Layout, closing: str, depth: int) -> str:
    inside = layout.inside_object if closing == "}" else layout.inside_array
    return inside + (layout.indent or "") * depth if inside.endswith("\n") else inside


def _jackson(tokens: Tokens, layout: Layout) -> Iterator[str]:
    """Objects on lines of their own, arrays on one: ``[ 1, { ...`` and ``[ ]``."""
    indent, newline = layout.indent or "", layout.newline
    open_brackets: list[str] = []
    previous = ""
    for token in tokens:
        if token in {"}", "]"}:
            opening = open_brackets.pop() if open_brackets else ""
            lines = opening == "{" and previous != "{"
            yield newline + indent * open_brackets.count("{") if lines else " "
        elif previous in {"{", "[", ","}:
            in_object = bool(open_brackets) and open_brackets[-1] == "{"
            yield newline + indent * open_brackets.count("{") if in_object else " "
        if token in {"{", "["}:
            open_brackets.append(token)
        yield layout.colon if token == COLON else token
        previous = token


COMPACT: Final = Layout("compact", "as JSON.stringify of JavaScript writes it")
SPACED: Final = Layout(
    "with a space after every comma and colon", "as json.dumps of Python writes it", ", ", ": "
)
COLON_SPACED: Final = Layout("with a space after every colon only", colon=": ")
COMMA_SPACED: Final = Layout("with a space after every comma only", comma=", ")
POSTGRES_BUILT: Final = Layout(
    "with spaces around every colon",
    "as json_build_object of PostgreSQL writes it",
    comma=", ",
    colon=" : ",
)
INDENT_2: Final = Layout("indented by 2 spaces", colon=": ", indent="  ")
INDENT_4: Final = Layout("indented by 4 spaces", colon=": ", indent="    ")
TABS: Final = Layout("indented by tabs", colon=": ", indent="\t", often_ended=False)
INDENT_2_CRLF: Final = replace(
    INDENT_2, phrase="indented by 2 spaces with Windows line ends", newline="\r\n"
)
INDENT_4_CRLF: Final = replace(
    INDENT_4, phrase="indented by 4 spaces with Windows line ends", newline="\r\n"
)
RUBY_PRETTY: Final = Layout(
    "indented by 2 spaces, empty brackets on two lines",
    "as JSON.pretty_generate of Ruby writes it",
    colon=": ",
    indent="  ",
    inside_object="\n",
    inside_array="\n\n",
    often_ended=False,
)
JACKSON_PRETTY: Final = Layout(
    "indented by 2 spaces, arrays on one line",
    "as the pretty printer of Jackson writes it",
    colon=" : ",
    indent="  ",
    inline_arrays=True,
    often_ended=False,
)
PERL_PRETTY: Final = Layout(
    "indented by 3 spaces", "as JSON::PP of Perl writes it", colon=" : ", indent="   "
)
