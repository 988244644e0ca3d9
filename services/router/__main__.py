"""`python -m services.router`: this service as a process of its own."""

from harken.runtime.program import main
from services.router.wiring import process

if __name__ == "__main__":
    main("router", process)
