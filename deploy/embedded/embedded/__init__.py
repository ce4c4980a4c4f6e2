"""Everything in one process: five services, the gateway, a broker, and PostgreSQL from a wheel."""
