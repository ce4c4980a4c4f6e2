"""Another CRM is signed in to, and its secrets are kept and given back."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from contracts.crm_bridge import (
    BeginCrmSignIn,
    ConnectCrm,
    DisconnectCrm,
    ListCrmConnections,
)
from contracts.errors import Conflict, Invalid, NotFound, Unavailable
from crm_bridge.store import connections, secrets
from fakes.crm import GARBAGE
from integration.crm_bridge.acme import BACK
from servicekit.sealing import Sealer
from support.dumps import dump
from unit.crm_bridge.builders import (
    ADA,
    booked,
    confirmed,
)


def test_a_token_that_was_made_there_connects_too(acme, hubspot):
    wish = ConnectCrm(
        workspace_id=acme.id,
        connection_id=uuid4(),
        provider="hubspot",
        token=hubspot.private_token(),
    )
    with pytest.raises(Invalid):
        acme.rpc.connect_crm(replace(wish, token="pat-made-up"))
    made = acme.rpc.connect_crm(wish)
    assert acme.rpc.connect_crm(wish).id == made.id == wish.connection_id
    assert made.account == "HubSpot account 62515"
    hubspot.portal = 7
    with pytest.raises(Conflict):
        acme.rpc.connect_crm(replace(wish, connection_id=uuid4()))
    hubspot.portal = 62515


def test_a_sign_in_is_good_once_and_for_who_began_it(acme, hubspot, local):
    def begin():
        begun = acme.rpc.begin_crm_sign_in(
            BeginCrmSignIn(
                workspace_id=acme.id,
                account_id=acme.admin,
                provider="hubspot",
                redirect_uri=BACK,
            )
        )
        back = hubspot.login.consent(begun.url)
        return begun.state, back.partition("code=")[2].partition("&")[0]

    state, code = begin()
    for wrong in (
        acme.finish("made-up", code),
        acme.finish(state, code, account_id=uuid4()),
        replace(acme.finish(state, code), workspace_id=uuid4()),
    ):
        with pytest.raises(Invalid):
            acme.rpc.finish_crm_sign_in(wrong)
    assert acme.rpc.finish_crm_sign_in(acme.finish(state, code)).state == "ok"
    with pytest.raises(Invalid):
        acme.rpc.finish_crm_sign_in(acme.finish(state, code))
    state, code = begin()
    local.clock.advance(timedelta(minutes=11))
    with pytest.raises(Invalid):
        acme.rpc.finish_crm_sign_in(acme.finish(state, code))


def test_a_crm_that_does_not_answer_is_said_while_connecting(acme, hubspot):
    hubspot.misbehave("deals.properties", GARBAGE)
    with pytest.raises(Unavailable):
        acme.connect()
    asked = ListCrmConnections(workspace_id=acme.id)
    assert acme.rpc.list_crm_connections(asked).connections == ()


def test_no_token_stands_in_the_database_in_clear(connected, hubspot, local):
    connected.book()
    text = dump(connected.crm.settings.database_url)
    tokens = [*hubspot.login.access, *hubspot.login.refresh, hubspot.login.client_secret]
    assert tokens
    assert [one for one in tokens if one in text] == []


def test_a_renewal_under_way_does_not_undo_a_sign_in(connected, hubspot):
    with connected.crm.db.begin() as tx:
        row = connections.of_provider(tx, connected.id, "hubspot")
    renewing = connected.crm._accounts().account(row)
    older = renewing.load()
    connected.connect()
    newer = connected.crm._accounts().account(row).load()
    renewing.keep(older)
    assert renewing.load() == newer != older
    renewing.keep(older)  # now it comes of the newer one
    assert renewing.load() == older


def test_keys_rotate_without_a_new_sign_in(connected):
    sealer = Sealer(("a new key", *connected.crm.settings.secret_keys))
    with connected.crm.db.begin() as tx:
        done, lost = secrets.reseal(tx, sealer)
        assert (done > 0, lost) == (True, 0)
        sealed = tx.execute(sa.text("SELECT sealed_secret FROM crm_connection")).scalars().all()
        assert all("access" in Sealer(("a new key",)).open(one) for one in sealed)
        tx.rollback()


def test_disconnecting_gives_the_permission_back_and_leaves_what_was_written(connected, hubspot):
    connected.book()
    connected.disconnect()
    assert len(hubspot.login.revoked) == 1
    assert len(hubspot.alive("meetings")) == 1
    asked = ListCrmConnections(workspace_id=connected.id)
    assert not connected.rpc.list_crm_connections(asked).connections


def test_another_workspace_has_no_part_in_it(connected, hubspot):
    connection = connected.connection()
    stranger = DisconnectCrm(workspace_id=uuid4(), connection_id=connection.id)
    with pytest.raises(NotFound):
        connected.rpc.disconnect_crm(stranger)
    connected.hear(confirmed(booked("else@example.org", workspace_id=uuid4())))
    connected.push()
    assert hubspot.alive("contacts") == []
    assert ADA.email not in str(hubspot.alive("contacts"))
