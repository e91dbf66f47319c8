"""Runs Botan's configure.py in the folder of the output. Run again with the same arguments it leaves the files alone, so that nothing is compiled anew."""

import os
import subprocess
import sys

configure, output, *options = sys.argv[1:]
os.chdir(os.path.dirname(output))
# Relative, because the arguments become a comment in the header, and ccache shall know it in every checkout.
command = [sys.executable, os.path.relpath(configure), '--with-build-dir=.', *options]
used = '\n'.join(command)
try:
    with open('configured-with.txt') as file:
        up_to_date = file.read() == used and os.path.exists(output)
except FileNotFoundError:
    up_to_date = False
if not up_to_date:
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if finished.returncode != 0:
        sys.exit(finished.stdout)
    with open('configured-with.txt', 'w') as file:
        file.write(used)
