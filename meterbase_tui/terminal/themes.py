"""The looks of the house: one for dark rooms, one for bright ones, one for eyes that need more.

Every colour that carries text keeps a contrast of 4.5 to 1 on the background, on panels and under
the cursor (WCAG 2.2, level AA), and of 7 to 1 in the high-contrast theme (level AAA).
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="meterbase-dark",
    primary="#5aa9f0",
    secondary="#8394ab",
    accent="#c4a7fa",
    success="#7fd493",
    warning="#f0c266",
    error="#ff8b94",
    foreground="#d9e0e8",
    background="#0f141a",
    surface="#141a22",
    panel="#1b232d",
    dark=True,
    variables={
        "foreground-muted": "#a0aebe",
        "text-disabled": "#a0aebe",
        "text-primary": "#7cbcf5",
        "text-secondary": "#a9b7c9",
        "text-accent": "#c4a7fa",
        "text-success": "#7fd493",
        "text-warning": "#f0c266",
        "text-error": "#ff8b94",
        "border": "#5aa9f0",
        "border-blurred": "#2a3541",
        "block-cursor-background": "#22476b",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#1d2b3a",
        "footer-background": "#141a22",
        "footer-key-foreground": "#c4a7fa",
        "footer-description-foreground": "#a0aebe",
    },
)

LIGHT = Theme(
    name="meterbase-light",
    primary="#1863b8",
    secondary="#54637a",
    accent="#6b3fb5",
    success="#146434",
    warning="#7a4a00",
    error="#a81e30",
    foreground="#1d2733",
    background="#f3f5f8",
    surface="#fcfdfe",
    panel="#e8ecf1",
    dark=False,
    variables={
        "foreground-muted": "#4e5c6e",
        "text-disabled": "#4e5c6e",
        "text-primary": "#14549c",
        "text-secondary": "#46546a",
        "text-accent": "#6b3fb5",
        "text-success": "#146434",
        "text-warning": "#7a4a00",
        "text-error": "#a81e30",
        "border": "#1863b8",
        "border-blurred": "#c6cfda",
        "block-cursor-background": "#1863b8",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#d4e1f0",
        "footer-background": "#fcfdfe",
        "footer-key-foreground": "#6b3fb5",
        "footer-description-foreground": "#4e5c6e",
    },
)

CONTRAST = Theme(
    name="meterbase-contrast",
    primary="#4fc3ff",
    secondary="#d0d0d0",
    accent="#ffb3ff",
    success="#66ff8c",
    warning="#ffe14d",
    error="#ffa3a3",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#14181c",
    dark=True,
    variables={
        "foreground-muted": "#d0d0d0",
        "text-disabled": "#d0d0d0",
        "text-primary": "#8ad8ff",
        "text-secondary": "#e0e0e0",
        "text-accent": "#ffb3ff",
        "text-success": "#66ff8c",
        "text-warning": "#ffe14d",
        "text-error": "#ffa3a3",
        "border": "#4fc3ff",
        "border-blurred": "#8a8a8a",
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#14384a",
        "footer-background": "#000000",
        "footer-key-foreground": "#ffb3ff",
        "footer-description-foreground": "#ffffff",
    },
)

THEMES = (DARK, LIGHT, CONTRAST)
"""What the app registers, the default first."""


def word_of(theme: Theme) -> str:
    """The word for a theme in the configuration and on the screen: `dark`, `light`, `contrast`."""
    return theme.name.removeprefix("meterbase-")


def theme_of(word: str | None) -> Theme:
    """The theme for a word; the default one for any other."""
    return next((theme for theme in THEMES if word_of(theme) == word), DARK)


def theme_after(name: str) -> Theme:
    """The theme that follows one of that name; after the last, and any other, comes the first."""
    names = [theme.name for theme in THEMES]
    return THEMES[(names.index(name) + 1) % len(THEMES) if name in names else 0]
