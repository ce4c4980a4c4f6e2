"""What crosses the wire: pure, typed, append-only; one module per provider.

Each module holds its provider's values, requests, events, and its RPC surface as a `Protocol`.
New fields have defaults; nothing is renamed or removed; readers ignore what they do not know.
Golden samples of every message are in `tests/contract/samples/`.
"""
