"""A browser without a screen: sends the gateway's forms as one without JavaScript would."""

import re

import requests

OWNER = {"email": "ada@acme.test", "password": "demo-demo-demo"}


class Browser:
    """A session of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def send(self, path: str, action: str = "", **fields: str) -> requests.Response:
        """Fills in the form at `path` (`action`: where it goes, if elsewhere); the answer,
        redirects followed.
        """
        page = self.http.get(self.url + path, timeout=20)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        if token is None:
            raise AssertionError(f"{path}: {page.status_code}, no form")
        hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
        data = {**hidden, "csrf_token": token[1], **fields}
        answer = self.http.post(self.url + (action or path), data=data, timeout=20)
        answer.raise_for_status()
        return answer
