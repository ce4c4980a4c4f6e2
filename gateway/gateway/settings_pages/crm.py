"""Another CRM that mirrors ours: connecting, how it goes, what failed, what is written where; by
admins.
"""

from functools import partial
from typing import get_args
from uuid import UUID, uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.crm_bridge import (
    BeginCrmSignIn,
    ConnectCrm,
    CrmChoice,
    CrmConnection,
    CrmConnections,
    CrmFailures,
    CrmField,
    CrmMapped,
    CrmMapping,
    CrmObject,
    CrmOffer,
    CrmStage,
    DisconnectCrm,
    FinishCrmSignIn,
    GetCrmMapping,
    ListCrmConnections,
    ListCrmFailures,
    RetryCrm,
    SaveCrmMapping,
    Stage,
)
from contracts.errors import Conflict, Invalid, NotFound, SchedulingError, Unavailable
from gateway import access, current, desk, hooking, limits, sign_ins
from gateway.security import role as needs
from gateway.settings_pages import blueprint
from gateway.settings_pages.calendars import PATIENCE
from gateway.settings_pages.inputs import Reader

OBJECTS: dict[CrmObject, str] = {"contact": "Contacts", "deal": "Deals", "meeting": "Meetings"}
ONE: dict[CrmObject, str] = {"contact": "Contact", "deal": "Deal", "meeting": "Meeting"}
STAGES: dict[Stage, str] = {
    "new": "New",
    "qualified": "Qualified",
    "proposal": "Proposal",
    "won": "Won",
    "lost": "Lost",
}
assert set(OBJECTS) == set(get_args(CrmObject))
assert set(STAGES) == set(get_args(Stage))
NOWHERE = [("", "Not written")]
CONNECTED = "Connected. Contacts, deals and meetings are being written there."


@blueprint.get("/crm")
@needs("admin")
def crm() -> str:
    """How every connection is, with what failed, and what else could be connected."""
    return _page({})


def _page(errors: dict[str, str], typed: str = "") -> str:
    """`typed`: the provider whose token was typed in, and is wrong."""
    found = desk.part(_seen)
    value = found.value or CrmConnections()
    connected = {one.provider for one in value.connections}
    failures = {one.id: desk.part(partial(_failures, one)) for one in value.connections}
    return render_template(
        "settings/crm.html",
        found=found,
        connections=value.connections,
        offers=[one for one in value.offers if one.provider not in connected],
        registered={one.provider for one in value.offers if one.signs_in},
        failures=failures,
        kinds=ONE,
        errors=errors,
        typed=typed,
        connection_id=uuid4(),
        desk=desk,
        now=current.now(),
    )


def _seen() -> CrmConnections:
    asked = ListCrmConnections(workspace_id=current.account().workspace_id)
    return current.services().crm_bridge.list_crm_connections(asked)


def _failures(one: CrmConnection) -> CrmFailures:
    after = request.args.get("after", "") if request.args.get("of") == str(one.id) else ""
    asked = ListCrmFailures(workspace_id=one.workspace_id, connection_id=one.id, after=after)
    return current.services().crm_bridge.list_crm_failures(asked)


# --- connecting ----------------------------------------------------------------------------------


@blueprint.post("/crm/connect/<provider>")
@needs("admin")
def begin_crm_sign_in(provider: str) -> Answer:
    """To the provider's own page, as with calendars: by a page that goes on by itself."""
    chosen, account = _offer(provider), current.account()
    limits.check_account("calendar")
    wish = BeginCrmSignIn(
        workspace_id=account.workspace_id,
        account_id=account.id,
        provider=chosen.provider,
        redirect_uri=_redirect_uri(chosen.provider),
    )
    try:
        begun = current.services().crm_bridge.begin_crm_sign_in(wish)
    except (Invalid, Conflict) as refusal:
        return _back(_words(refusal), "danger")
    sign_ins.remember(chosen.provider, begun.state)
    page = render_template("settings/crm_leave.html", url=begun.url, who=chosen.name)
    return sign_ins.secret(make_response(page))


@blueprint.get("/crm/callback/<provider>")
@needs("admin")
def finish_crm_sign_in(provider: str) -> Answer:
    """Where the provider sends the browser back to, with a code or with what went wrong."""
    chosen = _offer(provider)
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not sign_ins.began_here(chosen.provider, state):
        return sign_ins.secret(_back(sign_ins.NOT_BEGUN, "danger"))
    if "error" in request.args:
        words = sign_ins.refused(chosen.provider, chosen.name, request.args["error"])
        return sign_ins.secret(_back(words, "danger"))
    return sign_ins.secret(_finish(chosen, state, code))


def _finish(chosen: CrmOffer, state: str, code: str) -> Answer:
    if not 1 <= len(code) <= 4000 or len(state) > 500:
        return _back(sign_ins.NOT_BEGUN, "danger")
    account = current.account()
    wish = FinishCrmSignIn(
        workspace_id=account.workspace_id,
        account_id=account.id,
        connection_id=uuid4(),
        state=state,
        code=code,
        admins=hooking.admins(),
    )
    access.allow(PATIENCE)
    try:
        current.services().crm_bridge.finish_crm_sign_in(wish)
    except (Invalid, Conflict, Unavailable) as refusal:
        return _back(_words(refusal), "danger")
    current.accounts().record(account, "crm_connected", chosen.name)
    return _back(CONNECTED)


@blueprint.post("/crm/token/<provider>")
@needs("admin")
def connect_crm(provider: str) -> Answer | tuple[str, int]:
    """With a token that was made there; what is wrong with it is said, and it is never shown."""
    chosen, account = _offer(provider), current.account()
    token = request.form.get("token", "").strip()
    if not 1 <= len(token) <= 2000 or not token.isprintable():
        return _page({"token": "A token is needed."}, chosen.provider), 422
    wish = ConnectCrm(
        workspace_id=account.workspace_id,
        connection_id=Reader(request.form).id("connection_id") or uuid4(),
        provider=chosen.provider,
        token=token,
        admins=hooking.admins(),
    )
    limits.check_account("calendar")
    access.allow(PATIENCE)
    try:
        current.services().crm_bridge.connect_crm(wish)
    except (Invalid, Conflict, Unavailable) as refusal:
        return _page({"token": _words(refusal)}, chosen.provider), 422
    current.accounts().record(account, "crm_connected", chosen.name)
    return _back(CONNECTED)


@blueprint.route("/crm/<uuid:crm_id>/disconnect", methods=["GET", "POST"])
@needs("admin")
def disconnect_crm(crm_id: UUID) -> str | Answer:
    """Asks once."""
    one = _connection(crm_id)
    if request.method != "POST":
        return render_template("settings/crm_disconnect.html", connection=one)
    access.allow(PATIENCE)
    gone = DisconnectCrm(workspace_id=one.workspace_id, connection_id=one.id)
    current.services().crm_bridge.disconnect_crm(gone)
    current.accounts().record(current.account(), "crm_disconnected", one.name)
    return _back(f"{one.name} is disconnected. What was written there stays.")


# --- what failed ---------------------------------------------------------------------------------


@blueprint.post("/crm/<uuid:crm_id>/retry")
@needs("admin")
def retry_crm(crm_id: UUID) -> Answer:
    """One thing, or everything that is in trouble."""
    reader = Reader(request.form)
    kind: CrmObject | None = next((one for one in OBJECTS if one == reader.raw("object")), None)
    wish = RetryCrm(
        workspace_id=current.account().workspace_id,
        connection_id=crm_id,
        object=kind,
        id=reader.id("id") if kind else None,
    )
    access.allow(PATIENCE)
    try:
        count = current.services().crm_bridge.retry_crm(wish).count
    except (Invalid, Unavailable) as refusal:
        return _back(_words(refusal), "danger")
    return _back("It is tried again now." if count else "Looked again.")


# --- what is written where -----------------------------------------------------------------------


@blueprint.route("/crm/<uuid:crm_id>/mapping", methods=["GET", "POST"])
@needs("admin")
def crm_mapping(crm_id: UUID) -> str | Answer | tuple[str, int]:
    """Our fields and theirs, as they exist there just now."""
    access.allow(PATIENCE)
    asked = GetCrmMapping(workspace_id=current.account().workspace_id, connection_id=crm_id)
    try:
        mapping = current.services().crm_bridge.get_crm_mapping(asked)
        if request.method != "POST":
            return _mapping_page(mapping, {})
        wish = _wish(mapping)
        current.services().crm_bridge.save_crm_mapping(wish)
    except Invalid as refusal:
        if "connection" in refusal.fields or request.method != "POST":
            return _back(_words(refusal), "danger")
        return _mapping_page(mapping, refusal.fields), 422
    except Unavailable as refusal:
        return _back(_words(refusal), "danger")
    return _back("Saved. What is there is brought in line.")


def _mapping_page(mapping: CrmMapping, errors: dict[str, str]) -> str:
    inputs = _inputs(mapping)
    names = {f"{one.object}.{one.ours}": name for name, one in inputs}
    return render_template(
        "settings/crm_mapping.html",
        connection=mapping.connection,
        groups=[
            (title, [(name, one) for name, one in inputs if one.object == kind], kind)
            for kind, title in OBJECTS.items()
        ],
        stages=[(one.stage, STAGES[one.stage], one.theirs) for one in mapping.stages],
        stage_options=NOWHERE + _pairs(mapping.stage_choices),
        nowhere=NOWHERE,
        pairs=_pairs,
        typed=request.form,
        errors={_input(names, key): words for key, words in errors.items()},
        labels=_labels(inputs),
    )


def _input(names: dict[str, str], key: str) -> str:
    """The input that an error is at; of a new answer, that; of a whole object, its heading."""
    if key in names or not key.startswith("contact.answer:"):
        return names.get(key, key.rstrip("."))
    return "new_answer_field"


def _inputs(mapping: CrmMapping) -> list[tuple[str, CrmField]]:
    """Each field with its input's name: answers are numbered, for their labels may be anything."""
    return [
        (f"answer.{place}" if one.ours.startswith("answer:") else f"{one.object}.{one.ours}", one)
        for place, one in enumerate(mapping.fields)
    ]


def _pairs(choices: tuple[CrmChoice, ...]) -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in choices]


def _labels(inputs: list[tuple[str, CrmField]]) -> dict[str, str]:
    """What each input is called, for the summary of what is wrong."""
    fields = {name: one.label for name, one in inputs}
    stages = {f"stage.{stage}": words for stage, words in STAGES.items()}
    objects = {str(kind): title for kind, title in OBJECTS.items()}
    return {**fields, **stages, **objects, "new_answer_field": "One more answer"}


def _wish(mapping: CrmMapping) -> SaveCrmMapping:
    """What was chosen; names that are not on the form are not looked at."""
    reader = Reader(request.form)
    fields = [
        CrmMapped(object=one.object, ours=one.ours, theirs=reader.raw(name)[:300])
        for name, one in _inputs(mapping)
    ]
    label, theirs = reader.raw("new_answer")[:250], reader.raw("new_answer_field")[:300]
    if label and theirs:
        fields.append(CrmMapped(object="contact", ours=f"answer:{label}", theirs=theirs))
    stages = tuple(
        CrmStage(stage=stage, theirs=reader.raw(f"stage.{stage}")[:300]) for stage in STAGES
    )
    return SaveCrmMapping(
        workspace_id=mapping.connection.workspace_id,
        connection_id=mapping.connection.id,
        fields=tuple(fields),
        stages=stages,
    )


def _offer(provider: str) -> CrmOffer:
    """One that can be connected here. Raises `NotFound`."""
    found = next((one for one in _seen().offers if one.provider == provider), None)
    if found is None:
        raise NotFound
    return found


def _connection(crm_id: UUID) -> CrmConnection:
    """One of the reader's workspace. Raises `NotFound`."""
    found = next((one for one in _seen().connections if one.id == crm_id), None)
    if found is None:
        raise NotFound
    return found


def _redirect_uri(provider: str) -> str:
    base = current.settings().public_url.rstrip("/")
    return base + url_for("settings_pages.finish_crm_sign_in", provider=provider)


def _words(refusal: SchedulingError) -> str:
    return next(iter(refusal.fields.values()), refusal.message)


def _back(words: str, kind: str = "") -> Answer:
    flash(words, kind)
    return redirect(url_for("settings_pages.crm"))
