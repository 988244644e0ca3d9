"""`python -m services.sentiment`: this service as a process of its own."""

from harken.runtime.program import main
from services.sentiment.wiring import process

if __name__ == "__main__":
    main("sentiment", process)
