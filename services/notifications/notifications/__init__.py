"""notifications: what is to be mailed, and what was mailed.

Owns: deliveries (one row a mail and recipient), its own short copy of each chain of bookings, and
the last known state of each host's calendar connection.
Offers: `list_deliveries`, `resend`.
Announces: `mail_failed`.
Listens to: `account_invited`, `password_reset_asked`, `booking_confirmed`, `booking_rescheduled`,
`booking_cancelled`, `booking_requested`, `booking_declined`, `booking_reassigned`,
`calendar_differs`, `event_written`, `connection_changed`, `webhook_disabled`,
`crm_signed_out`.

An event only plans deliveries; whether and what to send is decided right before sending, from the
booking as it then is. So late, repeated and reordered events cannot cause a wrong mail.
"""
