"""Programs of two translation units in every way that the library can be built, linked and run."""

import re

from compilers import (
    COMPILERS,
    HERE,
    WITHOUT_EXCEPTIONS,
    compile_strict,
    compile_to,
    compiled_library,
    generated,
    libraries,
    link,
    object_file,
    once,
    strict,
)
from sources import TOP
from suite import Failed, Test, attempt, command

UNITS = ['exercise.cpp', 'exercise_other.cpp']
PUBLIC_CLIENTS_ONLY = ('-DCALIMATIC_PUBLIC_CLIENTS_ONLY',)


def tests():
    for which in COMPILERS:
        yield Test(f'no-exceptions/separate/botan/{which}', lambda w=which: separate(w, 'botan', WITHOUT_EXCEPTIONS))
        yield Test(f'no-exceptions/header-only/botan/{which}', lambda w=which: header_only(w, 'botan', WITHOUT_EXCEPTIONS))
        yield Test(f'two-units/separate/botan/{which}', lambda w=which: separate(w, 'botan'))
        yield Test(f'two-units/header-only/botan/{which}', lambda w=which: header_only(w, 'botan'))
    yield Test('no-exceptions/separate/none/gcc', lambda: separate('gcc', 'none', WITHOUT_EXCEPTIONS))
    yield Test('no-exceptions/header-only/none/clang', lambda: header_only('clang', 'none', WITHOUT_EXCEPTIONS))
    yield Test('two-units/separate/none/clang', lambda: separate('clang', 'none'))
    yield Test('two-units/header-only/none/gcc', lambda: header_only('gcc', 'none'))
    yield Test('two-units/separate/public-clients-only/gcc', lambda: separate('gcc', 'none', PUBLIC_CLIENTS_ONLY))
    yield Test('two-units/header-only/public-clients-only/clang', lambda: header_only('clang', 'none', PUBLIC_CLIENTS_ONLY))
    yield Test('two-units/separate/boost-json-linked/gcc', boost_json_linked)
    yield Test('two-units/header-only/boost-json-included/gcc', boost_json_included)
    yield Test('two-units/header-only/two-back-ends/gcc', two_back_ends)
    for which in COMPILERS:
        yield Test(f'no-exceptions/header-only/none/host-answers/{which}', lambda w=which: host_answers(w))
    yield Test('two-units/separate/src.hpp-has-all', nothing_is_missing)
    yield Test('two-units/separate/no-global-state', no_global_state)
    for which in COMPILERS:
        yield Test(
            f'refused/src.hpp-in-header-only-mode/{which}',
            lambda w=which: refused(w, False, '#include <calimatic/src.hpp>', 'src.hpp is for separate compilation: define CALIMATIC_SEPARATE_COMPILATION'),
        )
        yield Test(
            f'refused/two-back-ends-in-one-unit/{which}',
            lambda w=which: refused(w, False, '#define CALIMATIC_CRYPTO_NONE\n#include <calimatic/detail/config.hpp>', 'choose one of CALIMATIC_CRYPTO_'),
        )
        yield Test(
            f'refused/public-clients-only-with-a-back-end/{which}',
            lambda w=which: refused(
                w,
                False,
                '#define CALIMATIC_PUBLIC_CLIENTS_ONLY\n#include <calimatic/detail/config.hpp>',
                'CALIMATIC_PUBLIC_CLIENTS_ONLY is for programs whose host does the cryptography',
            ),
        )


def unit(which, is_separate, crypto, flags, number):
    name = '-'.join([UNITS[number], which, 'separate' if is_separate else 'header-only', crypto, *(flag.lstrip('-') for flag in flags)])
    return once(name, lambda: compile_strict(name, HERE / UNITS[number], which, is_separate, crypto, f'-I{TOP}/tests', *flags))


def header_only(which, crypto, flags=()):
    objects = [unit(which, False, crypto, flags, number) for number in (0, 1)]
    link_and_run(f'header-only-{crypto}-{which}-{len(flags)}', which, objects, libraries(crypto, boost_json=True))


def separate(which, crypto, flags=()):
    """No Boost.JSON is linked: src.hpp brings it."""
    objects = [unit(which, True, crypto, flags, number) for number in (0, 1)]
    link_and_run(f'separate-{crypto}-{which}-{len(flags)}', which, [*objects, compiled_library(which, crypto, *flags)], libraries(crypto, boost_json=False))


def boost_json_linked():
    objects = [unit('gcc', True, 'botan', (), number) for number in (0, 1)]
    library = compiled_library('gcc', 'botan', '-DCALIMATIC_LINK_BOOST_JSON')
    link_and_run('boost-json-linked', 'gcc', [*objects, library], libraries('botan', boost_json=True))


def boost_json_included():
    """A header-only program that links no Boost.JSON includes its sources, in one file."""
    source = generated('boost_json.cpp', '#include <boost/json/src.hpp>\n')
    output = compile_strict('boost-json-included', source, 'gcc', False, 'botan', '-w')
    objects = [unit('gcc', False, 'botan', (), number) for number in (0, 1)]
    link_and_run('boost-json-included', 'gcc', [*objects, output], libraries('botan', boost_json=False))


def two_back_ends():
    """Two plugins of one process, built differently: the inline namespace keeps them apart."""
    objects = [unit('gcc', False, 'none', (), 0), unit('gcc', False, 'botan', (), 1)]
    link_and_run('two-back-ends', 'gcc', objects, libraries('botan', boost_json=True))


def host_answers(which):
    """A program without a back end, without exceptions, and with a host that does the cryptography: the other unit."""
    objects = [
        compile_strict(f'host-answers-{unit}-{which}', HERE / 'host_answers' / f'{unit}.cpp', which, False, crypto, f'-I{TOP}/tests', *flags)
        for unit, crypto, flags in (('inside', 'none', WITHOUT_EXCEPTIONS), ('outside', 'botan', ()))
    ]
    link_and_run(f'host-answers-{which}', which, objects, libraries('botan', boost_json=True))


def link_and_run(name, which, objects, libs):
    output = command([link(name, which, objects, libs)], limit=60)
    if output.split('\n')[-2:] != ['all is well', '']:
        raise Failed(f'{output}\nthe program ended without saying that all is well')


def refused(which, is_separate, text, message):
    name = re.sub(r'\W+', '-', text)
    source = generated(f'refused{name}.cpp', text + '\n')
    status, output = attempt([*strict(which, is_separate, 'botan'), '-Wfatal-errors', *compile_to(source, object_file(f'refused{name}{which}'))], cwd=TOP)
    if status == 0 or f'error: "{message}' not in output and f'#error "{message}' not in output:
        raise Failed(f'{output}\nexit code {status}; wanted an #error that begins: {message}')


def symbols(library):
    """(section or None, name) of every symbol of ours."""
    for line in command(['objdump', '-tC', library]).split('\n'):
        if match := re.match(r'[0-9a-f]{8,} .{7} (\S+)\t[0-9a-f]+\s+(?:\.hidden |0x\w\w )?(.*)', line):
            yield match[1], match[2]


def nothing_is_missing():
    """No function of ours is declared, used and defined nowhere: the programs above may just not call it."""
    missing = sorted(name for section, name in symbols(compiled_library('gcc', 'botan')) if section == '*UND*' and name.startswith('calimatic::'))
    if missing:
        raise Failed('src.hpp uses what it does not define:\n' + '\n'.join(missing))


def no_global_state():
    library = compiled_library('gcc', 'botan', '-fno-pie')
    mutable = sorted(
        f'{section} {name}' for section, name in symbols(library) if 'calimatic::' in name and re.match(r'\.t?(data(?!\.rel\.ro)|bss)', section)
    )
    if mutable:
        raise Failed('objects that can change, and live as long as the program:\n' + '\n'.join(mutable))
