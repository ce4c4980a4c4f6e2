"""crm-bridge: what a sales team keeps of the people who book.

Owns: contacts, deals, their timelines, and where each chain of bookings stands.
Offers: `contracts.crm_bridge.CrmBridgeRpc`.
Announces: `contact_created`, `deal_created`.
Listens to: `booking_confirmed`, `booking_rescheduled`, `booking_cancelled`, `booking_no_show`.
"""
