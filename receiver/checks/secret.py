"""Is the signing secret the one that was meant, and is it kept to oneself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    skipped,
    warning,
)
from receiver.checks.exposure import exposure
from receiver.checks.probes import PingOutcome
from receiver.checks.wording import ago, count
from receiver.diagnosis import DiagnosisCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts, SecretFacts

_RESTART = "Restart meterbase-tui: the secret is read when it starts."
_WRITE_PLAINLY = (
    "Write PROPEXO_WEBHOOK_SECRET=, then the secret and nothing else on the line; put it in single "
    "quotes if it holds a # or a space."
)


def check_secret(facts: Facts) -> Check:
    """Whether the secret in force is the one that the files say, and who can read it."""
    secret = facts.secret
    if secret.unusable is not None:
        return conclude(CheckName.SECRET, [], failure(secret.unusable))
    if secret.length is None:
        return conclude(CheckName.SECRET, [], _none_yet())
    findings = (
        _differs_elsewhere(facts),
        _unreadable(secret),
        _authentic(facts),
        _outdated(secret),
        _overridden(secret),
        *_misspelt(secret),
        _set_twice(secret),
        _rotation(facts),
        *map(exposure, secret.exposed),
    )
    return conclude(CheckName.SECRET, findings, _in_force(facts))


def _none_yet() -> Finding:
    return skipped(
        "There is no secret yet: one is generated when the receiver starts for the first time.",
        "Set PROPEXO_WEBHOOK_SECRET in .env to the Signing Secret of Propexo's dashboard.",
    )


def _in_force(facts: Facts) -> Finding:
    secret = facts.secret
    length = count(secret.length or 0, "byte")
    if secret.generated:
        return passed(
            f"The secret ({length}) is {secret.source}. It was made here, so it fits samples only.",
            "For Propexo's deliveries set PROPEXO_WEBHOOK_SECRET in .env to the Signing Secret "
            "that its dashboard shows (Settings > Webhooks).",
        )
    words = f"The secret ({length}) comes from {secret.source}."
    if secret.adopted_at is not None:
        words += (
            f" It was taken over {ago(secret.adopted_at, facts.now)}; the one before is accepted "
            "until the program ends."
        )
    return passed(words)


def _differs_elsewhere(facts: Facts) -> Finding | None:
    ping = facts.probes.local_ping if facts.probes else None
    if ping is None or ping.outcome is not PingOutcome.OTHER_SECRET:
        return None
    return failure(
        f"The receiver at {ping.url} refused a ping that was signed with the secret from "
        f"{facts.secret.source}: another secret is in force there.",
        "Restart that receiver, or run this command with the same settings and in the same folder.",
    )


def _unreadable(secret: SecretFacts) -> Finding | None:
    if secret.unreadable is None:
        return None
    return failure(
        f"The secret's file was changed and cannot be used: {secret.unreadable} The secret before "
        "stays in force.",
        "Correct the file; it is read again by itself.",
    )


def _authentic(facts: Facts) -> Finding | None:
    """A secret was corrected, and what was refused before turns out to be genuine."""
    probed = facts.probes.authentic if facts.probes else 0
    number = facts.secret.authentic or probed
    if not number:
        return None
    adopted = facts.secret.adopted_at
    since = f" It was taken over {ago(adopted, facts.now)}." if adopted else ""
    return warning(
        f"{count(number, 'refused delivery proves', 'refused deliveries prove')} authentic under "
        f"the secret from {facts.secret.source}.{since}",
        "Process them: `meterbase-tui reverify`. Propexo's own retries end after 27 hours.",
        Action(ActionKind.REVERIFY),
    )


def _outdated(secret: SecretFacts) -> Finding | None:
    if secret.outdated_by is None:
        return None
    return failure(
        f"{secret.outdated_by} is not the secret in force, which came from {secret.source} at the "
        "start.",
        _RESTART,
    )


def _overridden(secret: SecretFacts) -> Finding | None:
    if secret.passed_over is None:
        return None
    return warning(
        f"{secret.passed_over} holds another secret, but {secret.source} comes first and is in "
        "force.",
        f"If the other one is meant, remove {secret.source} and restart.",
    )


def _misspelt(secret: SecretFacts) -> Iterator[Finding]:
    if secret.quoted:
        yield warning(
            f"The secret from {secret.source} begins or ends with white space or a quote, and is "
            f"used exactly so ({count(secret.length or 0, 'byte')}).",
            _WRITE_PLAINLY,
        )
    if secret.cut_off:
        yield warning(
            f"{secret.source}: the line goes on with a # after the value, and what follows is not "
            f"part of the secret ({count(secret.length or 0, 'byte')} are).",
            _WRITE_PLAINLY,
        )
    if secret.escaped:
        yield warning(
            f"{secret.source}: a backslash in the quotes was read as an escape sequence, so the "
            "secret in force is not what the line shows.",
            "Put the secret in single quotes, or in none.",
        )


def _set_twice(secret: SecretFacts) -> Finding | None:
    if secret.times_set <= 1:
        return None
    return warning(
        f"{secret.source}: the file sets the secret {secret.times_set} times, and the last one "
        "counts.",
        "Remove the other lines.",
    )


def _rotation(facts: Facts) -> Finding | None:
    secret = facts.secret
    if secret.previous_is_same:
        return warning(
            "PROPEXO_WEBHOOK_SECRET_PREVIOUS is the same as the current secret, so nothing is "
            "being rotated.",
            "Remove PROPEXO_WEBHOOK_SECRET_PREVIOUS, or set it to the secret before.",
        )
    if not secret.rotating or secret.adopted_at is not None:
        return None
    return passed(
        f"The secret ({count(secret.length or 0, 'byte')}) comes from {secret.source}. Two secrets "
        f"are accepted while it is being rotated. {_old_signatures(facts)}",
        "When nothing is signed with the previous one any more, for 27 hours at least, remove "
        "PROPEXO_WEBHOOK_SECRET_PREVIOUS.",
    )


def _old_signatures(facts: Facts) -> str:
    if facts.log is None:
        return ""
    accepted = [each for each in facts.log.deliveries if each.event_id is not None]
    old = [each for each in accepted if each.diagnosis == DiagnosisCode.PREVIOUS_SECRET]
    if not old:
        return f"None of the last {len(accepted)} accepted deliveries used the previous one."
    return (
        f"{len(old)} of the last {len(accepted)} accepted deliveries used the previous one, the "
        f"latest being delivery {old[0].id}."
    )
