"""Every public header alone, and all of them after the macros of Windows and of engines."""

import re

from compilers import COMPILERS, HERE, compile_strict, generated
from sources import closure, code, foreign_includes, public_headers
from suite import Test

MODES = {'header-only': False, 'separate': True}


def tests():
    return [*macros(), *alone()]


def alone():
    """A header that lacks an include lacks it for every compiler: Clang, the faster one, sees each header alone, and both see all of them together.
    For separate compilation with Botan each header comes first in its own unit test."""
    for name in public_headers():
        for how, separate in MODES.items():
            files = closure([name], header_only=not separate)
            # Where no file asks which back end there is, the two differ in the name of the namespace only.
            asks = any(re.search(r'CALIMATIC_CRYPTO_(?!BOTAN_)\w+', code(file)) for file in files if file != 'detail/config.hpp')
            for crypto in [*([] if separate else ['botan']), *(['none'] if asks else [])]:
                yield Test(f'alone/{name}/{how}/{crypto}', lambda n=name, s=separate, c=crypto: compile_these([n], n, s, c, 'clang'))
    for how, separate in MODES.items():
        for crypto in ('botan', 'none'):
            for which in COMPILERS:
                yield Test(f'together/{how}/{crypto}/{which}', lambda s=separate, c=crypto, w=which: compile_these(public_headers(), 'together', s, c, w))


def compile_these(names, title, separate, crypto, which):
    """Each of them twice."""
    lines = [f'#include <calimatic/{name}>\n' for name in names for _ in range(2)]
    source = generated(f'alone/{title.replace("/", "-")}.cpp', ''.join(lines))
    how = 'separate' if separate else 'header-only'
    compile_strict(f'alone-{title}-{how}-{crypto}-{which}', source, which, separate, crypto)


def macros():
    for how, separate in MODES.items():
        for which in COMPILERS:
            yield Test(f'macros/{how}/{which}', lambda h=how, s=separate, w=which: compile_after_macros(h, s, w))


def compile_after_macros(how, separate, which):
    """Headers of others come first: they were there before us, and a program includes them where they are safe."""
    names = public_headers()
    others = foreign_includes(closure(names, header_only=not separate))
    lines = [f'#if __has_include(<{header}>)\n#include <{header}>\n#endif' for header in others]
    lines += [f'#include "{HERE}/hostile_macros.hpp"', *(f'#include <calimatic/{name}>' for name in names)]
    source = generated(f'macros-{how}.cpp', '\n'.join(lines) + '\n')
    # Only what the macros break is of interest here: warnings of third parties' headers are the business of alone/.
    compile_strict(f'macros-{how}-{which}', source, which, separate, 'botan', '-Wno-error', '-w')
