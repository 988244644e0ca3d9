"""`python -m services.router.rates`: counting as a process of its own."""

from harken.runtime.program import main
from services.router.rates.wiring import process

if __name__ == "__main__":
    main("rates", process)
