"""`python -m services.responder`: this service as a process of its own."""

from harken.runtime.program import main
from services.responder.wiring import process

if __name__ == "__main__":
    main("responder", process)
