"""The five services as typed surfaces; the only module that touches the broker."""

from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from contracts.availability import AvailabilityRpc
from contracts.booking import BookingRpc
from contracts.calendar_sync import CalendarSyncRpc
from contracts.crm_bridge import CrmBridgeRpc
from contracts.notifications import NotificationsRpc

P = TypeVar("P")


class Client(Protocol):
    """What makes a typed proxy of a surface: `servicekit.rpc.RpcClient`, or a test's."""

    def proxy(self, surface: type[P]) -> P:
        """The surface, called over the broker."""
        ...


@dataclass(frozen=True)
class Services:
    """What the pages and the API call. Each call raises the callee's `SchedulingError`."""

    booking: BookingRpc
    availability: AvailabilityRpc
    calendar_sync: CalendarSyncRpc
    notifications: NotificationsRpc
    crm_bridge: CrmBridgeRpc

    @classmethod
    def from_client(cls, client: Client) -> Self:
        """The five surfaces over one pooled client."""
        return cls(
            booking=client.proxy(BookingRpc),
            availability=client.proxy(AvailabilityRpc),
            calendar_sync=client.proxy(CalendarSyncRpc),
            notifications=client.proxy(NotificationsRpc),
            crm_bridge=client.proxy(CrmBridgeRpc),
        )
