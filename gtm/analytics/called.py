"""The shorter names by which people call the things in their data."""

from __future__ import annotations

from collections.abc import Iterator

from gtm.language.words import LIGHT, STRUCTURE

# Places, by the name the data has; what nobody would say of anything else.
_PLACES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("new", "york"): ("nyc", "new york city", "ny city"),
    ("san", "francisco"): ("sf", "san fran", "frisco"),
    ("los", "angeles"): ("la city", "l a"),
    ("philadelphia",): ("philly",),
    ("las", "vegas"): ("vegas",),
    ("washington",): ("washington dc", "dc"),
    ("bengaluru",): ("blr", "bangalore", "b lore"),
    ("mumbai",): ("bombay",),
    ("chennai",): ("madras",),
    ("kolkata",): ("calcutta",),
    ("new", "delhi"): ("delhi",),
    ("melbourne",): ("melb", "melbs"),
    ("sydney",): ("syd",),
    ("brisbane",): ("brissie",),
    ("london",): ("ldn", "greater london"),
    ("manchester",): ("mcr",),
    ("munich",): ("muenchen", "münchen"),
    ("cologne",): ("koeln", "köln"),
    ("vienna",): ("wien",),
    ("zurich",): ("zuerich", "zürich"),
    ("toronto",): ("yyz", "the six"),
    ("montreal",): ("montréal",),
    ("rio", "de", "janeiro"): ("rio",),
    ("mexico", "city"): ("cdmx",),
    ("hong", "kong"): ("hk",),
    ("ho", "chi", "minh", "city"): ("hcmc", "saigon"),
}
_STATES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("new", "south", "wales"): ("nsw",),
    ("queensland",): ("qld",),
    ("british", "columbia"): ("bc",),
    ("california",): ("cali",),
    ("new", "york"): ("new york state", "ny state"),
    ("north", "rhine", "westphalia"): ("nrw",),
    ("bavaria",): ("bayern",),
}
_SHORTENED = {
    "administrator": "admin",
    "administration": "admin",
    "certificate": "cert",
    "certification": "cert",
    "certificates": "certs",
    "application": "app",
    "professional": "pro",
    "subscription": "sub",
    "information": "info",
    "development": "dev",
    "package": "pack",
    "maintenance": "maint",
    "consultation": "consult",
    "consulting": "consult",
}
_ORDINARY = LIGHT | frozenset(STRUCTURE)
_FEWEST_LETTERS = 5


def place_names(words: tuple[str, ...], *, is_city: bool) -> Iterator[tuple[str, ...]]:
    """Yield what a city or a state is called besides its name."""
    for name in (_PLACES if is_city else _STATES).get(words, ()):
        yield tuple(name.split())


def thing_names(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield parts of a name that may stand for it, and its words in short or in the plural."""
    known = {words, tuple(_SHORTENED.get(word, word) for word in words)}
    parts = {
        name[start : start + size]
        for name in known
        for size in range(1, len(name) + 1)
        for start in range(len(name) - size + 1)
    }
    for part in sorted(parts):
        is_telling = len(part) > 1 or len(part[0]) >= _FEWEST_LETTERS
        # "Friday" is a day before it is part of a campaign's name.
        is_telling &= not all(word in _ORDINARY for word in part)
        if not is_telling or part[-1].isdecimal():
            continue
        if part != words:
            yield part
        yield (*part[:-1], _other_number(part[-1]))


def _other_number(word: str) -> str:
    """Return a noun in the plural, or the singular of one."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
