"""JSON log lines on standard output, each with the correlation id of its work."""

import logging
import sys

import structlog
from structlog.typing import Processor


def configure(service: str) -> None:
    """Once a process. The libraries' own lines take the same form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # Endpoints log their own errors, with the request's ids.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    # The broker inside the process has no host, and kombu says so at every connection.
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.get_logger().info("starting", service=service)
