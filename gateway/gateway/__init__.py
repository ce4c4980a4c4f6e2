"""gateway: pages, JSON API and accounts; the only program that speaks HTTP to people.

Owns: workspaces, accounts, sessions, one-time tokens, API keys, rate limits, the audit of these.
Offers: HTML and `/api/v1`. Announces: `account_changed`, `workspace_changed`, `account_invited`,
`password_reset_asked`, through its own outbox. Listens to: the broadcast `availability_changed`.
"""
