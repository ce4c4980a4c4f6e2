"""What every answer carries, and what no log line does."""

import structlog

from contracts.errors import Unavailable

PATHS = (
    "/login",
    "/setup",
    "/nope",
    "/healthz",
    "/api/v1/links/ada",
    "/api/docs",
    "/api/v1/openapi.json",
)


def test_every_answer_has_the_headers(site):
    for path in PATHS:
        headers = site.client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
        assert len(headers["X-Request-ID"]) == 32


def test_pages_behind_the_sign_in_are_kept_by_nobody(site):
    client = site.signed_in(site.workspace())
    assert client.get("/login").headers["Cache-Control"] == "no-store"


def test_public_answers_of_the_api_set_and_read_no_cookie(site):
    client = site.signed_in(site.workspace())
    answer = client.get("/api/v1/openapi.json")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_callers_request_id_is_kept_if_it_is_one(site):
    client = site.client()
    assert client.get("/healthz", headers={"X-Request-ID": "abc-123_DEF"}).headers[
        "X-Request-ID"
    ] == ("abc-123_DEF")
    for odd in ("short", "a b c d e f g", "x" * 65, "<script>alert"):
        assert client.get("/healthz", headers={"X-Request-ID": odd}).headers["X-Request-ID"] != odd


def test_the_log_has_the_route_and_never_the_token(site):
    token = "t" * 43
    with structlog.testing.capture_logs() as lines:
        site.client().get(f"/reset/{token}")
        site.client().post(f"/api/v1/bookings/cancel/{token}", json={})
        site.client().get(f"/invitation/{token}?x={token}")
    assert {line["event"] for line in lines} >= {"request"}
    assert token not in repr(lines)


def test_unknown_exceptions_are_500_with_an_id_that_the_log_has(site):
    def explode():
        raise RuntimeError("secret detail")

    site.app.view_functions["api.openapi"] = explode
    site.app.view_functions["auth.login"] = explode
    for path in ("/api/v1/openapi.json", "/login"):
        with structlog.testing.capture_logs() as lines:
            answer = site.client().get(path)
        (line,) = [line for line in lines if line["event"] == "unexpected_error"]
        assert answer.status_code == 500
        assert line["incident"] in answer.text
        assert "secret detail" not in answer.text


def test_a_part_that_is_away_is_503_with_retry_after(site):
    answer = site.client().get("/api/v1/links/ada")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json == {"error": {"code": "unavailable", "message": Unavailable.default}}


def test_readiness_names_what_is_away_and_liveness_asks_nobody(site):
    assert site.client().get("/healthz").status_code == 200
    answer = site.client().get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["away"]) == {
        "broker",
        "booking",
        "availability",
        "calendar-sync",
        "notifications",
        "crm-bridge",
    }


def test_metrics_are_prometheus_text(site):
    site.client().get("/healthz")
    assert "http_request_seconds_count" in site.client().get("/metrics").text


def test_errors_of_the_api_are_json_and_of_pages_html(site):
    assert site.client().get("/api/v1/nope").json["error"]["code"] == "not_found"
    assert site.client().get("/nope").mimetype == "text/html"
    assert site.client().delete("/api/v1/openapi.json").status_code == 405
