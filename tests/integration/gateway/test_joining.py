"""How people come in."""

import threading
from datetime import timedelta

import pytest

from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.gateway import AccountChanged, AccountInvited, PasswordResetAsked, WorkspaceChanged
from gateway.accounts import NewWorkspace
from support.web import PASSWORD

NEW = NewWorkspace(
    name="Acme",
    timezone="Europe/London",
    owner_name="Ada",
    owner_email=" Ada@Acme.test ",
    password=PASSWORD,
)


def link(event, purpose):
    """The token of a mailed link."""
    return event.sealed_url.removeprefix(f"sealed http://localhost/{purpose}/")


def invited(site, owner, email="bea@acme.test"):
    site.accounts.invite(owner, "Bea", email)
    return link(site.said[-1], "invitation")


def test_first_run_makes_workspace_and_owner_and_announces_the_owner(site):
    assert site.accounts.is_first_run()
    owner = site.accounts.create_first_workspace(NEW)
    (event,) = site.said
    assert not site.accounts.is_first_run()
    assert (owner.email, owner.role, owner.workspace_name) == ("ada@acme.test", "owner", "Acme")
    assert isinstance(event, AccountChanged)
    assert event.account.id == owner.id
    assert event.host_slug == "ada-acme"


def test_two_first_runs_at_once_make_one_workspace(site):
    results = []

    def run(number):
        try:
            new = NewWorkspace(
                name="Acme",
                timezone="UTC",
                owner_name="Ada",
                owner_email=f"ada{number}@acme.test",
                password=PASSWORD,
            )
            results.append(site.accounts.create_first_workspace(new).email)
        except Forbidden:
            results.append("refused")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results)[1:] == ["refused"] * 3
    assert site.rows("SELECT count(*) FROM workspace") == [(1,)]


def test_workspace_without_a_password_invites_its_owner(site):
    new = NewWorkspace(
        name="Other", timezone="UTC", owner_name="Oz", owner_email="oz@other.test", password=None
    )
    owner = site.accounts.create_workspace(new)
    (event,) = site.said
    assert isinstance(event, AccountInvited)
    site.accounts.accept(link(event, "invitation"), "Oz", PASSWORD, "UTC")
    assert site.accounts.member(owner.workspace_id, owner.id).role == "owner"


def test_invitation_is_accepted_once(site):
    token = invited(site, site.workspace())
    assert site.accounts.invitation(token).email == "bea@acme.test"
    bea = site.accounts.accept(token, "Bea B", PASSWORD, "America/New_York")
    assert (bea.state, bea.name, bea.timezone) == ("active", "Bea B", "America/New_York")
    assert isinstance(site.said[-1], AccountChanged)
    with pytest.raises(NotFound):
        site.accounts.accept(token, "Bea", PASSWORD, "UTC")


def test_invitation_ends_after_seven_days(site):
    token = invited(site, site.workspace())
    site.clock.advance(timedelta(days=7))
    with pytest.raises(NotFound):
        site.accounts.invitation(token)


def test_second_invitation_replaces_the_first(site):
    owner = site.workspace()
    first = invited(site, owner)
    second = invited(site, owner)
    with pytest.raises(NotFound):
        site.accounts.invitation(first)
    assert site.accounts.invitation(second).name == "Bea"


def test_address_of_another_workspace_cannot_be_invited(site):
    acme, other = site.workspace(), site.workspace("Other", "oz")
    with pytest.raises(Invalid) as refused:
        site.accounts.invite(acme, "Oz", other.email)
    assert "email" in refused.value.fields


def test_members_cannot_invite_and_admins_cannot_make_owners(site):
    owner = site.workspace()
    bea, cyd = site.member(owner, "bea"), site.member(owner, "cyd", "admin")
    with pytest.raises(Forbidden):
        site.accounts.invite(bea, "Dan", "dan@acme.test")
    with pytest.raises(Forbidden):
        site.accounts.invite(cyd, "Dan", "dan@acme.test", "owner")


def test_a_wrong_password_does_not_use_the_invitation_up(site):
    token = invited(site, site.workspace())
    with pytest.raises(Invalid):
        site.accounts.accept(token, "Bea", "short", "UTC")
    assert site.accounts.invitation(token).state == "invited"


def test_reset_is_mailed_only_to_accounts_and_says_nothing(site):
    owner = site.workspace()
    site.said.clear()
    assert site.accounts.ask_reset("nobody@acme.test") is None
    assert site.accounts.ask_reset(owner.email.upper()) is None
    assert [type(event) for event in site.said] == [PasswordResetAsked]


def test_reset_works_once_and_ends_every_session(site):
    owner = site.workspace()
    session = site.accounts.open_session(owner, "phone")
    site.accounts.ask_reset(owner.email)
    token = link(site.said[-1], "reset")
    assert site.accounts.reset_owner(token).id == owner.id
    site.accounts.reset_password(token, "another-password")
    assert site.accounts.find_session(session) is None
    assert site.accounts.sign_in(owner.email, "another-password", "") is not None
    assert site.accounts.sign_in(owner.email, PASSWORD, "") is None
    with pytest.raises(NotFound):
        site.accounts.reset_password(token, "a-third-password")


def test_reset_ends_after_an_hour(site):
    owner = site.workspace()
    site.accounts.ask_reset(owner.email)
    site.clock.advance(timedelta(hours=1))
    with pytest.raises(NotFound):
        site.accounts.reset_password(link(site.said[-1], "reset"), "another-password")


def test_tokens_are_of_one_purpose(site):
    owner = site.workspace()
    site.accounts.ask_reset(owner.email)
    with pytest.raises(NotFound):
        site.accounts.invitation(link(site.said[-1], "reset"))


def test_last_owner_stays(site):
    owner = site.workspace()
    with pytest.raises(Conflict):
        site.accounts.change_role(owner, owner.id, "member")
    with pytest.raises(Conflict):
        site.accounts.deactivate(owner, owner.id)


def test_deactivated_account_is_out_at_once_and_announced(site):
    owner = site.workspace()
    bea = site.member(owner, "bea")
    session = site.accounts.open_session(bea, "")
    _, key = site.accounts.create_key(bea, "mine", ("links:read",))
    site.accounts.deactivate(owner, bea.id)
    assert site.accounts.find_session(session) is None
    assert site.accounts.find_key(key) is None
    assert site.accounts.sign_in(bea.email, PASSWORD, "") is None
    assert site.said[-1].account.active is False
    assert site.accounts.reactivate(owner, bea.id).state == "active"
    assert site.accounts.sign_in(bea.email, PASSWORD, "") is not None


def test_somebody_of_another_workspace_is_not_found(site):
    acme, other = site.workspace(), site.workspace("Other", "oz")
    for act in (
        lambda: site.accounts.change_role(acme, other.id, "member"),
        lambda: site.accounts.deactivate(acme, other.id),
        lambda: site.accounts.member(acme.workspace_id, other.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_each_change_has_a_higher_version(site):
    owner = site.workspace()
    site.accounts.update_profile(owner, "Ada L", "Asia/Kolkata")
    site.accounts.update_profile(owner, "Ada Lovelace", "Asia/Kolkata")
    versions = [event.version for event in site.said if isinstance(event, AccountChanged)]
    assert versions == [1, 2, 3]


def test_workspace_change_is_announced_and_audited(site):
    owner = site.workspace()
    site.accounts.update_workspace(owner, "Acme Ltd", "Europe/Paris")
    event = site.said[-1]
    assert isinstance(event, WorkspaceChanged)
    assert (event.name, event.timezone, event.version) == ("Acme Ltd", "Europe/Paris", 2)
    assert site.accounts.audit(owner)[0].action == "workspace_changed"


def test_nothing_is_announced_by_a_change_that_failed(site):
    owner = site.workspace()
    before = len(site.said)
    with pytest.raises(Invalid):
        site.accounts.update_profile(owner, "Ada", "Mars/Olympus")
    assert len(site.said) == before


def test_an_admin_cannot_invite_a_waiting_owner_again_as_somebody_less(site):
    owner = site.workspace()
    site.accounts.invite(owner, "Olga", "olga@acme.test", "owner")
    with pytest.raises(Forbidden):
        site.accounts.invite(site.member(owner, "abe", "admin"), "Olga", "olga@acme.test", "member")
    assert site.accounts.invite(owner, "Olga", "olga@acme.test", "member").role == "member"
