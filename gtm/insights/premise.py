"""What a person says has happened: a question about a fall may meet a rise, and has to be told."""

from __future__ import annotations

import re

from gtm.semantics.result import Claim

# "Break down", "drop-off", "up to" and "what's up" say nothing of a direction.
_NO_DIRECTION = re.compile(
    r"\b(?:break(?:ing)?|broken|drill(?:ing)?|split|come|comes|came|boil\w*) (?:\w+ ){0,2}down\b"
    r"|\bdrop[- ]?offs?\b|\bup to\b|\bwhat'?s up\b|\bsign(?:ed|ing)? ?-?ups?\b|\bfollow ?-?ups?\b"
    r"|\bset ?-?ups?\b|\bclosed[- ]lost\b|\blost deals?\b",
    re.IGNORECASE,
)
_FALL = re.compile(
    r"\b(?:drop(?:s|ped|ping)?|f[ae]ll(?:s|en|ing)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)"
    r"|dip(?:s|ped|ping)?|down|lower|fewer|plung\w+|tank(?:s|ed|ing)?|shr[aiu]nk\w*|slump\w*"
    r"|slid|sliding|crash\w*|s[aiu]nk|sinking|plummet\w*|collaps\w*|dwindl\w*)\b",
    re.IGNORECASE,
)
_RISE = re.compile(
    r"\b(?:r[io]se[sn]?|rising|increas(?:e|es|ed|ing)|gr[eo]w(?:s|n|ing)?|growth|jump(?:s|ed|ing)?"
    r"|climb\w*|up|higher|spik(?:e|es|ed|ing)|surg(?:e|es|ed|ing)|soar\w*|gain(?:s|ed|ing)?"
    r"|boom\w*|skyrocket\w*|uptick)\b",
    re.IGNORECASE,
)


def claimed(question: str) -> Claim | None:
    """Return the direction a question takes for granted; None when it names none, or both."""
    text = _NO_DIRECTION.sub(" ", question)
    falls, rises = _FALL.search(text) is not None, _RISE.search(text) is not None
    if falls == rises:
        return None
    return "fall" if falls else "rise"
