"""The process of a run, as Prefect's engine is one: what does a process that parses for it load?"""

import sys

from pebble import ProcessPool

import flows.jobs.interface  # noqa: F401 - as every flow does
from infra.work.parse_pool import forkserver

if __name__ == "__main__":
    with ProcessPool(max_workers=1, context=forkserver()) as pool:
        loaded = pool.schedule(eval, args=("sorted(__import__('sys').modules)",)).result()
    sys.stdout.write(f"{len(loaded)} modules, Prefect among them: {'prefect' in loaded}")
