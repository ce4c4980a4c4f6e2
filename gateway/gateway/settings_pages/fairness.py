"""A team's fairness: who had how many meetings of which share; and what other terms would change.

The trial is a question, so it is asked by GET and changes nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import get_args
from uuid import UUID

from flask import Response, render_template, request

from contracts.booking import Fairness, GetFairness, Team, Terms, Tried, TryTerms
from contracts.booking.teams import Method
from gateway import current, desk
from gateway.security import role as needs
from gateway.settings_pages import blueprint, fairness_view
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.link_who import METHODS
from gateway.settings_pages.team_form import HEAVIEST, HIGHEST
from gateway.settings_pages.teams import find, naming


@dataclass(frozen=True)
class Trial:
    """Other terms: as typed, what is wrong with them, and what they would have changed."""

    method: Method
    errors: dict[str, str]
    found: desk.Part[Tried] | None = None


@blueprint.get("/team/<uuid:team_id>/fairness")
@needs("admin")
def fairness(team_id: UUID) -> str:
    """The table, the plot, and the trial."""
    team = find(team_id)
    first, last = _period()
    rows = _fairness(team, first, last).rows
    trial = _trial(team, first, last) if "method" in request.args else None
    tried = trial.found.value if trial and trial.found else None
    found = fairness_view.totals(rows, tried.rows if tried else None)
    plot = fairness_view.plot(found)
    return render_template(
        "settings/fairness.html",
        team=team,
        totals=found,
        terms=fairness_view.terms_of(found, request.args),
        plot=plot,
        left_out=len(found) - len(plot),
        view=fairness_view,
        rows=rows if first != last else (),
        months=fairness_view.months(_today()),
        first=f"{first:%Y-%m}",
        last=f"{last:%Y-%m}",
        trial=trial,
        tried=tried,
        method=trial.method if trial else _method(team),
        methods=METHODS,
    )


@blueprint.get("/team/<uuid:team_id>/fairness.csv")
@needs("admin")
def fairness_file(team_id: UUID) -> Response:
    """The same as a file, a line for each host and month."""
    team = find(team_id)
    first, last = _period()
    body = fairness_view.as_csv(_fairness(team, first, last).rows)
    answer = Response(body, content_type="text/csv; charset=utf-8")
    name = f"fairness-{team.slug}-{first:%Y-%m}-{last:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _today() -> date:
    return desk.today(current.account().workspace_timezone)


def _period() -> tuple[date, date]:
    asked = request.args
    return fairness_view.period(asked.get("first", ""), asked.get("last", ""), _today())


def _fairness(team: Team, first: date, last: date) -> Fairness:
    return current.services().booking.fairness(
        GetFairness(workspace_id=team.workspace_id, pool_id=team.id, first=first, last=last)
    )


def _method(team: Team) -> Method:
    """How its links choose, as far as they agree."""
    links = [link.settings for link in naming(team.id) if link.settings.kind == "round_robin"]
    return links[0].assignment if links else "balanced"


def _trial(team: Team, first: date, last: date) -> Trial:
    reader = Reader(request.args)
    wish = reader.choice("method", get_args(Method), "balanced")
    method: Method = next(each for each in get_args(Method) if each == wish)
    terms = tuple(
        Terms(
            host_id=member.host_id,
            weight=reader.needed(f"weight_{member.host_id}", 1, HEAVIEST),
            level=reader.needed(f"level_{member.host_id}", 1, HIGHEST),
        )
        for member in team.members
        if f"weight_{member.host_id}" in request.args
    )
    if reader.errors:
        return Trial(method, reader.errors)
    asked = TryTerms(
        workspace_id=team.workspace_id,
        pool_id=team.id,
        first=first,
        last=last,
        method=method,
        terms=terms,
    )
    return Trial(method, {}, desk.part(lambda: current.services().booking.try_terms(asked)))
