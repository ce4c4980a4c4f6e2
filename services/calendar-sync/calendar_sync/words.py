"""What hosts are told of their connections' health: what is wrong, and what to do. Plain sentences,
and never a provider's own words.
"""

from calendar_sync.adapters.provider import ProviderUnavailable

NAMES = {
    "google": "Google",
    "microsoft": "Microsoft 365",
    "caldav": "The CalDAV server",
    "ics": "The feed",
    "practice": "The practice calendar",
}


def refused(provider: str, account: str) -> str:
    """It is over until the host lets us in again."""
    return f"{_name(provider)} does not let us in any more. Please connect {account} again."


def trouble(provider: str, failure: ProviderUnavailable) -> str:
    """It failed for now."""
    if failure.retry_after:
        return f"{_name(provider)} asked us to wait. We try again by ourselves."
    return f"{_name(provider)} did not answer as it should. We try again by ourselves."


def silent(provider: str, account: str) -> str:
    """It has failed for long."""
    name = _name(provider)
    return (
        f"{name} has not answered for an hour, so {account} cannot be checked. We keep trying. If"
        f" it works elsewhere, please connect it again."
    )


def step(provider: str, failure: Exception) -> str:
    """Why a step of a probe failed."""
    if isinstance(failure, ProviderUnavailable):
        return f"{_name(provider)} did not answer as it should. Please try again later."
    return f"{_name(provider)} did not let us do this."


def _name(provider: str) -> str:
    return NAMES.get(provider, "The calendar")
