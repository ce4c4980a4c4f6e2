"""What gunicorn serves, in threads: `gunicorn --worker-class gthread gateway.wsgi:app`.

Every worker imports this after its fork (no `--preload`), and so has its own connections.
"""

import atexit
from datetime import timedelta
from pathlib import Path

from gateway import logs
from gateway.running import assemble
from gateway.settings import Settings
from servicekit import clock
from servicekit.settings import load

CONFIG = Path(__file__).resolve().parents[1] / "config.yml"

logs.configure()
settings = load(Settings, CONFIG)
clock.set_offset(timedelta(seconds=settings.clock_offset_seconds))
running = assemble(settings, clock.SystemClock())
running.start()
atexit.register(running.stop)
app = running.app
