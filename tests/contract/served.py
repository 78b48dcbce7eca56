"""The service as a process of its own, on a day that stands still: ``python -m tests.contract.served PORT MOMENT``.

``longwen serve`` tells the machine's day, on which no cycle of the tests may be open.
"""

from __future__ import annotations

import sys
from datetime import datetime

import uvicorn

from app.kit.clock import FixedClock
from app.kit.settings import Settings
from app.main import create_app

if __name__ == "__main__":
    port, moment = sys.argv[1:]
    app = create_app(Settings(), clock=FixedClock(datetime.fromisoformat(moment)))
    uvicorn.run(app, port=int(port), log_level="warning")
