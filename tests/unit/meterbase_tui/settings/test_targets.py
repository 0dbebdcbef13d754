"""`[[forward]]` of the configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meterbase_tui.settings import SettingsError, load_settings
from meterbase_tui.settings.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path

    from meterbase_tui.settings import Settings


def load(folder: Path, text: str, **options: object) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(0o600)
    folders = Folders(folder, folder / "data", folder / "state")
    return load_settings({"config": str(file), **options}, {}, folder, folders)


def test_several_with_filters_and_headers(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        max_backlog = 5
        [[forward]]
        url = "http://127.0.0.1:3000"
        events = ["data.new", "data.update"]
        connections = ["conn_abc123"]
        headers = { Authorization = "Bearer t0ken" }

        [[forward]]
        url = "http://localhost:4000/hook"
        resource_types = ["unit"]
        """,
        forward_to="http://127.0.0.1:5000",
        forward_headers="X-Env: dev\nX-Two: a: b",
        wait_for_forward=True,
    )
    first, second, third = settings.forward_settings.targets
    assert (first.url, first.headers) == (
        "http://127.0.0.1:5000", (("X-Env", "dev"), ("X-Two", "a: b"))
    )  # fmt: skip
    assert second.events == ("data.new", "data.update")
    assert second.connections == ("conn_abc123",)
    assert second.headers == (("Authorization", "Bearer t0ken"),)
    assert (third.url, third.resource_types) == ("http://localhost:4000/hook", ("unit",))
    assert settings.forward_settings.most_backlog == 5
    assert settings.forward_settings.wait
    assert "t0ken" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('forward = "http://127.0.0.1:3000"', "write [[forward]] above each"),
        ("[forward]\nurl = 'http://127.0.0.1'", "write [[forward]] above each"),
        (
            "[[forward]]\nevents = []",
            "[[forward]] number 1",
        ),
        ("[[forward]]\nurl = 'ftp://x'", "must be an address"),
        ("[[forward]]\nurl = 'http://127.0.0.1'\nevent = []", "event in [[forward]] number 1"),
        ("[[forward]]\nurl = 'http://127.0.0.1'\nevents = 'x'", "must be a list of texts"),
        ("[[forward]]\nurl = 'http://127.0.0.1'\nheaders = {Host = 'x'}", "must not set Host"),
        ("[[forward]]\nurl = 'http://127.0.0.1'\nheaders = {'a b' = 'x'}", "must be HTTP headers"),
        ("[[forward]]\nurl = 'http://127.0.0.1'\n" * 2, "two tables"),
        ("[[forward]]\nurl = 'https://example.com'", "--forward-any-host"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, text)
    assert words in str(refused.value)
