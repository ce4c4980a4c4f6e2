"""What somebody who is signed in may send: no form and no body of theirs is ever a 500."""

import pytest

from gateway.security import is_public
from support.web import NOBODY, Hands, Web

NASTY = {
    "before the calendar": "0001-01-01T00:00:00+14:00",
    "after the calendar": "9999-12-31T23:59:59-14:00",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "NUL": "\x00",
    "digits": "9" * 400,
    "other digits": "\u0663\u0660",
    "long": "x" * 20_000,
    "uuid": "00000000-0000-0000-0000-000000000000",
    "markup": "<script>'\"{{7*7}}",
}
FIELDS = (
    "name title slug email timezone description colour durations length interval buffer_before"
    " buffer_after notice_hours horizon horizon_days first_day last_day schedule_id limit_day"
    " limit_week limit_month expires_day expires_time reschedule_hours cancel_hours"
    " location_kind location_value builder question q.x.label q.x.type new_type confirmation_text redirect_url version"
    " first last kind start_o end_o day from_day from_time to_day to_time reason host start time"
    " key no_show stage provider account connection_id checked written role current password"
    " scopes key_id who on_1 start_1 end_1 do link_id copy_id time_off_id active q after show tab"
)
BODY = (
    "name title slug timezone kind hosts durations notice horizon_days location description color"
    " questions hours overrides version host first_day last_day start end reason no_show"
)
ASK_OUTSIDE = frozenset({"api.crm_mapping"})
"""Routes that ask another CRM, which is away in these tests, before anything else."""
EXACT = {"kind": "exact", "from_time": "9", "to_time": "9", "horizon": "range"}


def rules():
    """Of pages and of the host API, without a database."""
    site = Web.__new__(Web)
    Web.__init__(site, NobodysAccounts(), Hands(), [], NOBODY)
    every = sorted(site.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
    return [rule for rule in every if not is_public(rule.endpoint)]


class NobodysAccounts:
    """Never asked anything: only the map of routes is looked at."""

    engine = None


RULES = rules()


def acting(rule):
    return next((m for m in ("POST", "PUT", "PATCH") if m in rule.methods), None)


def names(rule):
    return f"{rule.endpoint}-{rule.rule}"


@pytest.mark.parametrize("rule", [rule for rule in RULES if acting(rule)], ids=names)
def test_nothing_that_is_sent_is_a_500(roles, rule):
    path = roles.address(rule, "GET")  # the same for all: what is refused changes nothing
    owner = roles.newcomer() if "profile" in rule.rule else roles.mia
    for case, value in NASTY.items():
        if rule.endpoint.startswith("api."):
            headers = roles.key(roles.abe)
            for body in (dict.fromkeys(BODY.split(), value), {"start": value}):
                answer = roles.ask(None, acting(rule), path, json=body, headers=headers)
                assert answer.status_code < 500, (case, answer.text)
        else:
            who = roles.abe if "team" in rule.rule or "workspace" in rule.rule else owner
            form = dict.fromkeys(FIELDS.split(), value)
            for sent in (form, form | EXACT):
                answer = roles.ask(who, "POST", path, data=sent)
                assert answer.status_code < 500, (case, sent is form)


@pytest.mark.parametrize("rule", [rule for rule in RULES if "GET" in rule.methods], ids=names)
def test_nothing_that_is_asked_is_a_500(roles, rule):
    path = roles.address(rule, "GET")
    headers = roles.key(roles.abe) if rule.endpoint.startswith("api.") else {}
    who = None if headers else roles.abe
    words = [*FIELDS.split(), "from", "to", "limit", "month"]
    for case, value in NASTY.items():
        short = value[:300]
        query = dict.fromkeys(words, short)
        answer = roles.ask(who, "GET", path, query_string=query, headers=headers)
        away = rule.endpoint in ASK_OUTSIDE and answer.status_code == 503
        assert answer.status_code < 500 or away, case
