"""`python -m services.ingest`: this service as a process of its own."""

from harken.runtime.program import main
from services.ingest.wiring import process

if __name__ == "__main__":
    main("ingest", process)
