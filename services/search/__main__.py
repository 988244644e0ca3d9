"""`python -m services.search`: this service as a process of its own."""

from harken.runtime.program import main
from services.search.wiring import process

if __name__ == "__main__":
    main("search", process)
