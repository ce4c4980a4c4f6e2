"""The way out: to the addresses of webhooks."""
