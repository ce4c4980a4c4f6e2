"""Metrics in Prometheus' words; `/metrics` of each process shows them."""

from prometheus_client import Counter, Gauge, Histogram, generate_latest

__all__ = ["Counter", "Gauge", "Histogram", "generate_latest"]
