"""Keeps received deliveries as samples of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.contents.personal_data import mask_body
from sample_payloads.catalogue import is_sample_name, load_catalogue
from sample_payloads.simulation.library import scenario_source

if TYPE_CHECKING:
    from pathlib import Path

    from store.records import Content


_TAKE_ANOTHER = "Take another name: only `samples save` with --force {}."


class OwnSampleError(ValueError):
    """A sample that cannot be kept; `str()` says why."""


def save_sample(
    folder: Path, name: str, content: Content, *, mask: bool = False, replace: bool = False
) -> Path:
    """Writes a delivery's body into the folder of own samples, for its owner only.

    Args:
        folder: of the samples; it is made if need be.
        name: of the sample: small letters, digits and underscores.
        content: the delivery.
        mask: whether people's data is masked.
        replace: whether a sample that has the name gives way, one of the program's by being
            shadowed: its name leads to the user's then.

    Returns:
        The file.

    Raises:
        OwnSampleError: the name cannot be used or is taken, the body was not kept whole, or
            nothing can be written there.
    """
    if not is_sample_name(name):
        raise OwnSampleError(
            f"{name!r} cannot be a sample's name: use small letters, digits and underscores."
        )
    if not replace:
        _require_free(name)
    if not content.complete:
        raise OwnSampleError("It was refused, and only the beginning of its body was kept.")
    path = folder / f"{name}.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and not replace:
            raise OwnSampleError(f"There is {path} already. {_TAKE_ANOTHER.format('replaces it')}")
        path.touch(mode=0o600)
        path.write_bytes(mask_body(content.body) if mask else content.body)
    except OSError as error:
        raise OwnSampleError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def _require_free(name: str) -> None:
    """Sees to it that what comes with the program keeps its names."""
    sample = load_catalogue().name_of(name)
    if sample is None and scenario_source(name) is None:
        return
    kind = "a scenario" if sample is None else "a sample"
    also = f" ({sample})" if sample not in (None, name) else ""
    raise OwnSampleError(
        f"{name} is the name of {kind} that comes with the program{also}. "
        + _TAKE_ANOTHER.format("takes its place")
    )
