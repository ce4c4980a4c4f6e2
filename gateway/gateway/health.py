"""Probes: alive (asks nobody), ready (asks everybody it needs), metrics."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from contracts.errors import SchedulingError
from contracts.wire import Ping, Pong
from gateway import current

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return jsonify({"alive": True})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when pages can be served; 503 with what is away and why."""
    away = missing()
    return jsonify({"ready": not away, "away": away}), 503 if away else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def missing() -> dict[str, str]:
    """Each part that is away, with the reason; empty when all is well."""
    services = current.services()
    pings: dict[str, Callable[[Ping], Pong]] = {
        "booking": services.booking.ping,
        "availability": services.availability.ping,
        "calendar-sync": services.calendar_sync.ping,
        "notifications": services.notifications.ping,
        "crm-bridge": services.crm_bridge.ping,
    }
    reasons = {"database": current.accounts().ping()}
    with ThreadPoolExecutor(len(pings)) as pool:  # one that is silent must not hide the others
        reasons |= zip(pings, pool.map(_reason, pings.values()), strict=True)
    if all(reasons[name] for name in pings):
        reasons["broker"] = "no service answers over it"
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(ping: Callable[[Ping], Pong]) -> str:
    try:
        pong = ping(Ping())
    except SchedulingError as error:
        return error.message
    return "" if pong.ok else pong.reason or "not ready"
