#!/usr/bin/env python3
"""How the library builds: ./tests/run build [--list] [--only REGULAR_EXPRESSION]

Each test has a name, group/what/how. The last line is `N passed, N failed`; what cannot run has failed."""

import argparse
import fcntl
import os
import sys

import headers
import layering
import packaging
import programs
import readme
import repository
import suite
from compilers import WORK


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--list', action='store_true', help='print the names of the tests')
    arguments.add_argument('--only', metavar='PATTERN', help='run the tests whose name this regular expression is found in')
    chosen = arguments.parse_args()

    # The longest first, so that no core is idle at the end.
    tests = [test for module in (packaging, programs, readme, headers, layering, repository) for test in module.tests()]
    if chosen.list:
        for test in tests:
            print(test.name)
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / 'lock').open('w') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print('Waiting for another run of this suite in this checkout to end', flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        passed, failed = suite.run(tests, chosen.only, workers=min(2, os.cpu_count() or 1))
    print(f'{passed} passed, {failed} failed', flush=True)
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    if os.environ.get('CALIMATIC_README'):
        sys.exit('a block of README.md starts the suite that runs the blocks of README.md: mark it `run: never, because: ...`\n0 passed, 1 failed')
    sys.exit(main())
