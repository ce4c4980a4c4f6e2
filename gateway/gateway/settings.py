"""What the gateway is told by `config.yml` and the environment."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`trusted_hops`: proxies in front whose forwarded headers are believed (0: none).

    `embedded` opens `/dev/...`; `mail_dir` is the maildir that `/dev/mail` shows.
    `session_days` is how long a sign-in lasts. `secret_keys`: the first signs, all verify.
    `files_url`: where visitors' files lie, as fsspec spells it.
    """

    public_url: str
    secret_keys: tuple[str, ...]
    database_url: str = ""
    amqp_uri: str = "memory://"
    pool_size: int = 5
    clock_offset_seconds: float = 0
    trusted_hops: int = 0
    embedded: bool = False
    mail_dir: str = ""
    session_days: int = 60
    files_url: str = "memory://files"
