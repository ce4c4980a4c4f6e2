"""What a workspace looks like on its public pages: its logo, its colour, its hosts' photos."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response, url_for

from contracts.errors import SchedulingError
from gateway import current, languages
from gateway.accounts import Brand, Picture
from gateway.booking_pages import blueprint


@dataclass(frozen=True, slots=True)
class Shown:
    """The addresses of the pictures: "" for no logo; `photos` by host, of those who have one."""

    logo: str = ""
    language: str = "en"
    colour: str = ""
    photos: dict[UUID, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """As the templates name them."""
        return {"logo": self.logo, "photos": self.photos, "colour": self.colour}


@blueprint.get("/logo/<uuid:workspace_id>/<digest>")
def logo(workspace_id: UUID, digest: str) -> Response:
    """The picture; the same for ever under this address. Raises `NotFound`."""
    return _given_out(current.accounts().logo(workspace_id, digest))


@blueprint.get("/photo/<uuid:account_id>/<digest>")
def photo(account_id: UUID, digest: str) -> Response:
    """A host's; the same for ever under this address. Raises `NotFound`."""
    return _given_out(current.accounts().photo(account_id, digest))


def _given_out(picture: Picture) -> Response:
    answer = Response(picture.content, mimetype=picture.type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    )
    return answer


def of(workspace_id: UUID, host_ids: Collection[UUID] = ()) -> Shown:
    """What pages of this workspace with these hosts show; where nobody can say, they go without."""
    try:
        found = current.accounts().brand(workspace_id, host_ids)
    except SchedulingError:
        found = Brand()
    return Shown(
        logo=_logo(workspace_id, found.logo) if found.logo else "",
        language=found.language,
        colour=found.colour,
        photos={who: _photo(who, digest) for who, digest in found.photos.items()},
    )


def speak(workspace_id: UUID) -> None:
    """Where nothing else decides about the page's language, the workspace does."""
    if languages.is_undecided():
        languages.prefer(of(workspace_id).language)


def _logo(workspace_id: UUID, digest: str) -> str:
    return url_for("booking_pages.logo", workspace_id=workspace_id, digest=digest)


def _photo(account_id: UUID, digest: str) -> str:
    return url_for("booking_pages.photo", account_id=account_id, digest=digest)
