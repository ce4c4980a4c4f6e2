"""The API of Workestra Scheduling, typed.

`Client` has a method for each operation of the API's document; what goes in and comes out are
frozen msgspec types of `workestra_client.api`. Every refusal is a `Refused`.
"""

from workestra_client.api import Api
from workestra_client.asking import Asking, Refused

__all__ = ["Api", "Asking", "Client", "Refused"]


class Client(Api):
    """One server, with one key: `Client("https://meet.example.com", key="wk_…")`."""
