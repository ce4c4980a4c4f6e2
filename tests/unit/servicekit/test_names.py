"""Names are looked up anew, whatever time to live the network gives their addresses."""

import socket
from itertools import count
from threading import Thread

import dns.message
import dns.rrset
import pytest

from servicekit.names import Resolver


@pytest.fixture
def name_server():
    """Answers each question with the next address, to be kept for a day; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def serve():
            for number in count(1):
                data, sender = listener.recvfrom(4096)
                if not data:
                    return
                answer = dns.message.make_response(dns.message.from_wire(data))
                name = answer.question[0].name
                answer.answer.append(
                    dns.rrset.from_text(name, 86400, "IN", "A", f"10.0.0.{number}")
                )
                listener.sendto(answer.to_wire(), sender)

        serving = Thread(target=serve)
        serving.start()
        port = listener.getsockname()[1]
        yield port
        listener.sendto(b"", ("127.0.0.1", port))
        serving.join()


def test_a_machine_that_moved_is_found_at_its_new_address(name_server, tmp_path):
    config = tmp_path / "resolv.conf"
    config.write_text("nameserver 127.0.0.1\n")
    resolver = Resolver(filename=str(config))
    resolver.clear()
    resolver._cached_resolver.port = name_server
    found = [resolver.query("rabbitmq.test.")[0].address for _ in range(2)]
    assert found == ["10.0.0.1", "10.0.0.2"]
