"""Fixtures for every test; each lives in a module of `support` named for what it starts."""

pytest_plugins = [  # in the order in which they import each other
    "support.cases",
    "support.skips",
    "support.split",
    "support.postgres",
    "support.rabbitmq",
    "support.mail",
    "support.browser",
    "support.outside",
    "support.suites",
    "support.links",
    "support.looks",
    "support.radicale",
    "support.tour",
]
