"""crm-bridge: what a sales team keeps of the people who book.

Owns: contacts, deals, their timelines, and where each chain of bookings stands; the feed of
everything that happened, webhooks and what they were sent.
Offers: `contracts.crm_bridge.CrmBridgeRpc`.
Announces: `contact_created`, `deal_created`, `webhook_disabled`, `crm_signed_out`.
Listens to: `booking_requested`, `booking_confirmed`, `booking_rescheduled`, `booking_reassigned`,
`booking_cancelled`, `booking_declined`, `booking_no_show`, `account_changed`.
"""
