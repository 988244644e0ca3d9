"""`make revision MESSAGE="…"`: drafts a revision for what the tables have gained since the last."""

from __future__ import annotations

import sys

from deploy.local import place
from harken.store.postgres.upgrade import write_revision
from harken.testing.postgres import new_name, own_schema

if __name__ == "__main__":
    SCHEMA = new_name()
    with own_schema(place.POSTGRES, SCHEMA):
        write_revision(place.POSTGRES, " ".join(sys.argv[1:]), schema=SCHEMA)
