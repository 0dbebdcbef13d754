from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.color import Color

from meterbase_tui.settings.values import THEME_WORDS
from meterbase_tui.terminal.themes import (
    CONTRAST,
    DARK,
    LIGHT,
    THEMES,
    theme_after,
    theme_of,
    word_of,
)

if TYPE_CHECKING:
    from textual.theme import Theme

TEXT = (
    "foreground",
    "foreground-muted",
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-success",
    "text-warning",
    "text-error",
)


def luminance(color: Color) -> float:
    """WCAG 2.2, relative luminance."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colors(theme: Theme) -> dict[str, Color]:
    generated = {**theme.to_color_system().generate(), **theme.variables}
    return {
        name: Color.parse(generated[name])
        for name in (*TEXT, "background", "surface", "panel", "primary", "warning")
    }


def test_contrast_is_that_of_the_definition() -> None:
    assert contrast(Color.parse("black"), Color.parse("white")) == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", TEXT)
def test_text_is_legible_on_every_ground(theme: Theme, name: str) -> None:
    have, least = colors(theme), 7.0 if theme is CONTRAST else 4.5
    surface, primary = have["surface"], have["primary"]
    grounds = [have["background"], surface, have["panel"], surface + primary.with_alpha(0.24)]
    assert min(contrast(have[name], ground) for ground in grounds) >= least


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_current_match_is_legible(theme: Theme) -> None:
    have = colors(theme)
    assert contrast(have["background"], have["warning"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_cursor_of_lists_is_legible(theme: Theme) -> None:
    colors = {name: Color.parse(value) for name, value in theme.variables.items()}
    pair = colors["block-cursor-background"], colors["block-cursor-foreground"]
    assert contrast(*pair) >= 4.5


def test_there_is_one_for_dark_rooms_and_one_for_bright_ones() -> None:
    assert (DARK.dark, LIGHT.dark) == (True, False)
    assert [theme.name for theme in THEMES] == [
        "meterbase-dark",
        "meterbase-light",
        "meterbase-contrast",
    ]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_an_app_can_wear_it(theme: Theme) -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        app.register_theme(theme)
        app.theme = theme.name
        await pilot.pause()
        assert app.current_theme is theme


def test_the_words_of_the_configuration_are_the_themes() -> None:
    assert tuple(map(word_of, THEMES)) == THEME_WORDS
    assert [theme_of(word) for word in THEME_WORDS] == list(THEMES)
    assert theme_of(None) is theme_of("nothing") is DARK


def test_each_theme_comes_after_another() -> None:
    assert [theme_after(theme.name) for theme in THEMES] == [LIGHT, CONTRAST, DARK]
    assert theme_after("textual-dark") is DARK
