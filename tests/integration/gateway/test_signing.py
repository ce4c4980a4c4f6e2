"""Signing in, sessions, API keys, limits."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.errors import Conflict, Invalid, NotFound, Unavailable
from gateway.accounts import Accounts, Rate, open_engine
from support.web import PASSWORD


def test_sign_in_gives_a_session_that_ends(site):
    owner = site.workspace()
    token = site.accounts.sign_in(" ADA@acme.test", PASSWORD, "Firefox")
    assert site.accounts.find_session(token).id == owner.id
    site.clock.advance(timedelta(days=60))
    assert site.accounts.find_session(token) is None


def test_wrong_password_and_unknown_address_are_the_same_answer(site):
    site.workspace()
    assert site.accounts.sign_in("ada@acme.test", "wrong-wrong", "") is None
    assert site.accounts.sign_in("nobody@acme.test", PASSWORD, "") is None
    assert site.accounts.sign_in("no\udc80body\x00", "\udc80\x00", "") is None


def test_sign_out_ends_the_session(site):
    token = site.accounts.open_session(site.workspace(), "")
    site.accounts.sign_out(token)
    site.accounts.sign_out(token)
    assert site.accounts.find_session(token) is None


def test_password_change_keeps_only_this_session(site):
    owner = site.workspace()
    here, there = (site.accounts.open_session(owner, "") for _ in range(2))
    site.accounts.change_password(owner, PASSWORD, "another-password", here)
    assert site.accounts.find_session(here) is not None
    assert site.accounts.find_session(there) is None


def test_password_change_needs_the_current_one(site):
    owner = site.workspace()
    with pytest.raises(Invalid) as refused:
        site.accounts.change_password(owner, "wrong-wrong", "another-password", "")
    assert set(refused.value.fields) == {"current"}


def test_key_works_until_it_is_revoked_and_is_shown_once(site):
    owner = site.workspace()
    key, secret = site.accounts.create_key(owner, "Zapier", ("links:read", "bookings:read"))
    holder = site.accounts.find_key(secret)
    assert (holder.account.id, holder.scopes) == (owner.id, ("links:read", "bookings:read"))
    (kept,) = site.accounts.keys(owner)
    assert (kept.id, kept.last_used_at) == (key.id, site.clock.now())
    assert secret not in repr(site.rows("SELECT * FROM api_key"))
    site.accounts.revoke_key(owner, key.id)
    assert site.accounts.find_key(secret) is None
    assert site.accounts.keys(owner) == ()


def test_members_do_not_see_the_keys_of_others(site):
    owner = site.workspace()
    bea = site.member(owner, "bea")
    key, _ = site.accounts.create_key(owner, "mine", ("links:read",))
    assert site.accounts.keys(bea) == ()
    for stranger in (bea, site.workspace("Other", "oz")):
        with pytest.raises(NotFound):
            site.accounts.revoke_key(stranger, key.id)
    with pytest.raises(NotFound):
        site.accounts.revoke_key(owner, uuid4())


def test_the_use_of_a_key_is_noted_once_a_minute(site):
    owner = site.workspace()
    _, secret = site.accounts.create_key(owner, "x", ("links:read",))
    first = site.clock.now()
    assert site.accounts.keys(owner)[0].last_used_at is None
    for seconds, noted in ((0, 0), (59, 0), (1, 60)):
        site.clock.advance(timedelta(seconds=seconds))
        site.accounts.find_key(secret)
        assert site.accounts.keys(owner)[0].last_used_at == first + timedelta(seconds=noted)


def test_one_wish_for_a_key_makes_one_key(site):
    owner = site.workspace()
    wish = (owner, "x", ("links:read",), uuid4())
    site.accounts.create_key(*wish)
    with pytest.raises(Conflict):
        site.accounts.create_key(*wish)
    assert len(site.accounts.keys(owner)) == 1


def test_key_needs_known_scopes(site):
    owner = site.workspace()
    for scopes in ((), ("everything",)):
        with pytest.raises(Invalid):
            site.accounts.create_key(owner, "x", scopes)


def test_nothing_secret_is_kept_in_clear(site):
    owner = site.workspace()
    token = site.accounts.open_session(owner, "")
    site.accounts.ask_reset(owner.email)
    reset = site.said[-1].sealed_url.rpartition("/")[2]
    kept = repr([site.rows(f"SELECT * FROM {t}") for t in ("account", "session", "one_time_token")])
    assert "$argon2id$" in kept
    for secret in (token, reset, PASSWORD):
        assert secret not in kept


def test_bucket_gives_its_tokens_and_then_says_how_long_to_wait(site):
    rate = Rate(3, 6)
    assert [site.accounts.take("x", rate) for _ in range(3)] == [0, 0, 0]
    assert site.accounts.take("x", rate) in {9, 10}
    assert site.accounts.take("y", rate) == 0


def test_bucket_fills_with_time_but_never_over_its_brim(site):
    rate = Rate(2, 60)
    for _ in range(2):
        site.accounts.take("x", rate)
    with site.accounts.engine.begin() as tx:
        tx.exec_driver_sql("UPDATE bucket SET filled_at = filled_at - interval '1 hour'")
    assert [site.accounts.take("x", rate) for _ in range(3)] == [0, 0, 1]


def test_what_is_given_back_can_be_taken_again_but_never_more(site):
    rate = Rate(2, 1)
    assert [site.accounts.take("x", rate) for _ in range(2)] == [0, 0]
    assert site.accounts.take("x", rate) > 50
    for _ in range(5):
        site.accounts.give_back("x", rate)
    assert [site.accounts.take("x", rate) > 0 for _ in range(3)] == [False, False, True]
    site.accounts.refill("x")
    assert site.accounts.take("x", rate) == 0


def test_database_that_is_away_is_unavailable():
    engine = open_engine("postgresql+psycopg2://nobody@/none?host=/nonexistent")
    away = Accounts(engine, None, None, None, None, "")
    with pytest.raises(Unavailable):
        away.find_session("x")
    assert away.ping() != ""
