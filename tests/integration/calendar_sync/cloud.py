"""A strict provider with a sign-in and push channels of its own, over practice calendars."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

from calendar_sync.adapters.practice import WORLD, Practice
from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from calendar_sync.domain.calendars import SignedIn, Watch


class Cloud:
    """What the provider knows: codes it gave out, tokens that open accounts, its channels."""

    def __init__(self):
        self.codes, self.tokens, self.channels, self.ended = {}, {}, {}, []
        self.revoked, self.made, self.down = [], 0, False
        self.lasts = timedelta(days=7)

    def consent(self, url, account):
        """The host agrees on the provider's page: the code and state they come back with."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}
        self.made += 1
        code = f"code-{self.made}"
        self.codes[code] = (account, asked["challenge"], asked["redirect_uri"])
        return code, asked["state"]

    def grant(self, account):
        self.made += 1
        token = f"refresh-token-{self.made}"
        self.tokens[token] = account
        return token


class CloudCalendars(Practice):
    """The adapter: every call needs a token that is good, and gets another."""

    def __init__(self, cloud, means):
        super().__init__(means, WORLD)
        self.cloud = cloud

    def authorize_url(self, redirect_uri, state, challenge):
        asked = {"redirect_uri": redirect_uri, "state": state, "challenge": challenge}
        return f"https://cloud.test/authorize?{urlencode(asked)}"

    def exchange(self, redirect_uri, code, verifier):
        account, challenge, asked_from = self.cloud.codes.pop(code, (None, None, None))
        digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if account is None or digest != challenge or asked_from != redirect_uri:
            raise AccessRefused("invalid_grant")
        return SignedIn(account, self.cloud.grant(account))

    def revoke(self, account):
        if self.cloud.down:
            raise ProviderUnavailable("503")
        self.cloud.revoked.append(account.secret)
        self.cloud.tokens.pop(account.secret)

    def watch(self, account, calendar_id, url, token, now):
        self._enter(account)
        made = Watch(f"channel-{len(self.cloud.channels)}", "resource", now + self.cloud.lasts)
        self.cloud.channels[made.id] = (account.name, calendar_id, url, token)
        return made

    def unwatch(self, account, watch):
        self._enter(account)
        self.cloud.ended.append(watch.id)

    def calendars(self, account):
        self._enter(account)
        return super().calendars(account)

    def read(self, account, calendar_id, cursor, now):
        self._enter(account)
        return super().read(account, calendar_id, cursor, now)

    def _enter(self, account):
        if self.cloud.tokens.pop(account.secret, None) != account.name:
            raise AccessRefused("invalid_grant")
        account.keep(self.cloud.grant(account.name))
