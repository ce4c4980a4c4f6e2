"""What the places are called that time zones are named after."""

from functools import lru_cache
from importlib import resources

from gateway.presenting import speech


@lru_cache(maxsize=1)
def renamed() -> dict[str, str]:
    """Names that no country uses any more, with the ones that took their place.

    From the tz database itself: its links, but for those names that `zone.tab` still gives to a
    country. (`Europe/Oslo` is a link too, and Oslo remains Oslo.)
    """
    files = resources.files("tzdata") / "zoneinfo"
    table = (files / "zone.tab").read_text(encoding="utf-8").splitlines()
    used = {row.split("\t")[2] for row in table if row and not row.startswith("#")}
    rules = (files / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    links = (row.split() for row in rules if row.startswith("L "))
    return {old: new for _, new, old in links if old not in used and "/" in old and new in used}


def city(zone: str) -> str:
    """A zone's place, as people say it: `New York` for `America/New_York`, `ニューヨーク`."""
    plain = zone.rpartition("/")[2].replace("_", " ")
    if speech.language() == "en":
        return plain
    known = speech.locale().time_zones
    named = (known[name]["city"] for name in _names(zone) if "city" in known.get(name, ()))
    return str(next(named, plain))


@lru_cache(maxsize=1024)
def _names(zone: str) -> tuple[str, ...]:
    """The zone's names, old ones too: CLDR keeps the first that it had."""
    return (zone, *(old for old, new in renamed().items() if new == zone))
