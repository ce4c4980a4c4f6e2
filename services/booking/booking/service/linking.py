"""Links and hosts' own settings, as their owners change them, and the pages that show them."""

from uuid import UUID

import msgspec

from booking.domain import links as rules
from booking.domain import slugs, text
from booking.service import teams
from booking.service.desk import Desk
from booking.store import history, hosts, links
from booking.store import slugs as stored_slugs
from contracts.availability import ListSchedules
from contracts.booking import (
    CreateLink,
    DeleteLink,
    FindPage,
    Host,
    HostChanged,
    Link,
    LinkChanged,
    LinkSettings,
    Page,
    SaveHost,
    UpdateLink,
)
from contracts.errors import Changed, Conflict, Invalid, NotFound, SlugTaken
from servicekit import Tx


def create(desk: Desk, request: CreateLink) -> Link:
    """A new link; the same request again gives the same link."""
    settings = _completed(desk, request, request.owner_id)
    link = Link(
        id=request.link_id,
        workspace_id=request.workspace_id,
        owner_id=request.owner_id,
        settings=settings,
        version=1,
        created_at=desk.clock.now(),
    )
    with desk.db.begin() as tx:
        known = links.by_id(tx, link.workspace_id, link.id)
        if known is not None:
            return _repeated(known, link)
        settings = teams.applied(tx, settings, request.workspace_id)
        link = msgspec.structs.replace(link, settings=settings)
        _check(tx, request, settings)
        if not links.make(tx, link):
            raise Conflict("A link has this id already.")
        if not stored_slugs.take_for_link(tx, settings.slug, link.workspace_id, link.id):
            raise _slug_taken()
        return _saved(desk, tx, link, (request.actor, "link_created"))


def _slug_taken() -> SlugTaken:
    return SlugTaken(fields={"slug": SlugTaken.default})


def _repeated(known: Link, wanted: Link) -> Link:
    settings = wanted.settings
    if settings.team_id is not None:  # its hosts are the team's, and may be others by now
        settings = msgspec.structs.replace(settings, hosts=known.settings.hosts)
    if (known.owner_id, known.settings) != (wanted.owner_id, settings):
        raise Conflict("A link has this id already.")
    return known


def _completed(desk: Desk, request: CreateLink | UpdateLink, owner_id: UUID) -> LinkSettings:
    """With its hosts, and a schedule that is one of theirs: checked before the transaction."""
    settings = rules.completed(request.settings, owner_id)
    if settings.team_id is not None:
        with desk.db.begin() as tx:
            settings = teams.applied(tx, settings, request.workspace_id)
    _require_schedule(desk, request, settings)
    return settings


def _require_schedule(desk: Desk, request: CreateLink | UpdateLink, settings: LinkSettings) -> None:
    """The named schedule must be its host's. Asked of its owner, before the transaction."""
    if settings.schedule_id is None:
        return
    asked = ListSchedules(workspace_id=request.workspace_id)
    theirs = {place.host_id for place in settings.hosts}
    schedules = desk.availability.list_schedules(asked).schedules
    if not any(one.id == settings.schedule_id and one.host_id in theirs for one in schedules):
        raise Invalid(fields={"schedule_id": "The host has no such schedule."})


def _check(tx: Tx, request: CreateLink | UpdateLink, settings: LinkSettings) -> None:
    text.checked(request.actor, "actor")
    everyone = hosts.of_workspace(tx, request.workspace_id)
    active = {host.id for host in everyone if host.active}
    if isinstance(request, CreateLink) and request.owner_id not in active:
        raise Invalid(fields={"owner_id": "The owner is not a member of this workspace."})
    # A team may keep somebody who is inactive for a while; they take no meetings.
    rules.check(settings, active if settings.team_id is None else {host.id for host in everyone})


def _saved(desk: Desk, tx: Tx, link: Link, said: tuple[str, str]) -> Link:
    actor, action = said
    entry = history.entry(desk.clock.now(), actor, action, slug=link.settings.slug)
    history.add(tx, (link.workspace_id, link.id), entry)
    stored = links.get(tx, link.workspace_id, link.id)
    desk.announce(
        tx, LinkChanged(workspace_id=stored.workspace_id, version=stored.version, link=stored)
    )
    return stored


def update(desk: Desk, request: UpdateLink) -> Link:
    """Replaces the settings that the caller has seen. Raises `Conflict` on an older version."""
    with desk.db.begin() as tx:
        known = links.get(tx, request.workspace_id, request.link_id)
    if request.settings.kind != known.settings.kind:
        raise Invalid(fields={"kind": rules.OTHER_KIND})
    settings = _completed(desk, request, known.owner_id)
    with desk.db.begin() as tx:
        settings = teams.applied(tx, settings, request.workspace_id)
        known = links.get(tx, request.workspace_id, request.link_id)
        _check(tx, request, settings)
        if known.version != request.version or not links.save(
            tx, known.id, request.version, settings
        ):
            raise Conflict
        stored_slugs.change(tx, known.settings.slug, settings.slug)
        return _saved(desk, tx, known, (request.actor, "link_changed"))


def delete(desk: Desk, request: DeleteLink) -> None:
    """Frees its slug; its bookings stay. Deleting it again is no matter."""
    actor, now = text.checked(request.actor, "actor"), desk.clock.now()
    with desk.db.begin() as tx:
        known = links.by_id(tx, request.workspace_id, request.link_id)
        if known is None and not links.was(tx, request.workspace_id, request.link_id):
            raise NotFound("There is no such link.")
        link = links.lock(tx, known.id) if known else None
        if link is None:
            return
        if request.version not in {None, link.version}:
            raise Changed
        links.delete(tx, link.id, now)
        stored_slugs.free(tx, link.settings.slug)
        entry = history.entry(now, actor, "link_deleted", slug=link.settings.slug)
        history.add(tx, (link.workspace_id, link.id), entry)
        version = link.version + 1
        gone = LinkChanged(workspace_id=link.workspace_id, version=version, link=link, deleted=True)
        desk.announce(tx, gone)


def page(desk: Desk, request: FindPage) -> Page:
    """What stands at a public address. Raises `NotFound`."""
    with desk.db.begin() as tx:
        link_id, host_id = stored_slugs.owner(tx, request.slug)
        if link_id is not None:
            offer = links.offer_of(tx, link_id)
            return Page(link=offer.link, hosts=offer.hosts)
        found = hosts.by_ids(tx, [host_id]) if host_id is not None else ()
        if not found or not found[0].active:
            raise NotFound
        theirs = links.of_host(tx, found[0].workspace_id, found[0].id)
    now = desk.clock.now()
    shown = (link for link in theirs if link.settings.listed and rules.is_open(link, now))
    return Page(hosts=found, links=tuple(shown))


def save_host(desk: Desk, request: SaveHost) -> Host:
    """A host's slug and limits."""
    actor, wrong = text.checked(request.actor, "actor"), slugs.problem(request.slug)
    if wrong:
        raise Invalid(fields={"slug": wrong})
    with desk.db.begin() as tx:
        if not hosts.lock(tx, request.workspace_id, request.host_id):
            raise NotFound("There is no such host.")
        known = hosts.get(tx, request.workspace_id, request.host_id)
        stored_slugs.change(tx, known.slug, request.slug)
        hosts.save(tx, known, request.slug, request.limits)
        entry = history.entry(desk.clock.now(), actor, "host_changed", slug=request.slug)
        history.add(tx, (known.workspace_id, known.id), entry)
        stored = hosts.get(tx, request.workspace_id, request.host_id)
        announce_host(desk, tx, stored)
        return stored


def announce_host(desk: Desk, tx: Tx, host: Host) -> None:
    """What others keep of a host."""
    event = HostChanged(workspace_id=host.workspace_id, version=host.version, host=host)
    desk.announce(tx, event)
