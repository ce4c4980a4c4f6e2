"""Sign-ins that hosts have begun at a provider: each works once, for ten minutes, for its host."""

from calendar_sync.store.tables import sign_in
from servicekit.sign_ins import SignIns

KEPT = SignIns(sign_in, sign_in.c.host_id)
