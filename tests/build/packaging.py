"""The library as others get it: installed, found by pkg-config or CMake; and as a Meson subproject."""

import os
import pathlib
import re
import shlex
import shutil

from compilers import COMPILERS, HERE, WORK, compile_to, compiler, environment, generated, object_file, once
from sources import ROOT, TOP
from suite import Failed, Test, attempt, command


def tests():
    yield Test('packaging/subproject', subproject)
    for where in ('installed', 'moved'):
        for mode in ('header-only', 'separate'):
            yield Test(f'packaging/{where}/pkg-config/{mode}', lambda w=where, m=mode: pkg_config_program(w, m))
        yield Test(f'packaging/{where}/cmake', lambda w=where: cmake_program(w))
    yield Test('packaging/installed/all-headers-and-nothing-else', installed_files)
    yield Test('packaging/installed/cmake/without-cryptography', cmake_without_cryptography)
    yield Test('packaging/installed/cmake/botan-by-its-own-package', cmake_botan_package)
    yield Test('packaging/installed/cmake/versions', cmake_versions)
    for what, disabled, says in [
        ('botan', ['PkgConfig', 'Botan'], 'Botan 3.7 or newer is missing: install it'),
        ('boost', ['Boost'], 'Boost.URL and Boost.JSON 1.83 or newer are missing: install them'),
    ]:
        yield Test(f'packaging/installed/cmake/no-{what}', lambda d=disabled, s=says: cmake_says(d, s))


def with_botan():
    """An environment in which pkg-config finds Botan, which this build may have compiled itself."""
    variables = {**os.environ}
    if attempt(['pkg-config', '--exists', 'botan-3'])[0] != 0:
        folder = WORK / 'pkgconfig'
        folder.mkdir(parents=True, exist_ok=True)
        cflags = re.findall(r'-isystem\s*(\S+)', environment('CALIMATIC_CXXFLAGS'))
        libs = [word for word in shlex.split(environment('CALIMATIC_LIBS')) if 'botan' in word or word == '-pthread']
        # Meson wants a library to be named and searched for, so that it can tell what is ours.
        libs = ' '.join(f'-L{pathlib.Path(word).parent} -lbotan-3' if word.startswith('/') else word for word in libs)
        (folder / 'botan-3.pc').write_text(
            f'Name: botan-3\nDescription: the one of this build\nVersion: 3.7.1\nCflags: {" ".join("-isystem " + path for path in cflags)}\nLibs: {libs}\n'
        )
        variables['PKG_CONFIG_PATH'] = f'{folder}:{os.environ.get("PKG_CONFIG_PATH", "")}'
    return variables


def subproject():
    project = project_of('subproject', (HERE / 'subproject' / 'meson.build').read_text())
    for program in ('header-only', 'compiled'):
        command([project / 'build' / program], limit=60)


def project_of(name, meson_build):
    """A project with main.cpp and this library in its subprojects/ folder, configured and built from the beginning."""
    project = WORK / name
    (project / 'subprojects').mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / 'subproject' / 'main.cpp', project / 'main.cpp')
    (project / 'meson.build').write_text(meson_build)
    link = project / 'subprojects' / 'calimatic-auth'
    if not link.is_symlink():
        link.symlink_to(TOP)
    shutil.rmtree(project / 'build', ignore_errors=True)
    variables = with_botan()
    command(['meson', 'setup', 'build', '.'], cwd=project, env=variables)
    command(['ninja', '-C', 'build', '-j1'], cwd=project, env=variables)
    return project


def installed(where, crypto='botan'):
    """The prefix that the library was installed into: still there, or at another place since."""

    def make():
        folder = WORK / 'packaging' / f'{where}-{crypto}'
        shutil.rmtree(folder, ignore_errors=True)
        prefix, variables = folder / 'prefix', with_botan()
        options = [f'--prefix={prefix}', f'-Dcrypto={crypto}', '-Dtests=disabled', '-Dexamples=disabled']
        command(['meson', 'setup', folder / 'build', TOP, *options], cwd=TOP, env=variables)
        command(['meson', 'install', '-C', folder / 'build'], cwd=TOP, env=variables)
        if where == 'moved':
            prefix = prefix.rename(folder / 'elsewhere')
        return prefix

    return once(f'{where}-{crypto}', make)


def only(prefix, name):
    found = list(prefix.rglob(name))
    if len(found) != 1:
        raise Failed(f'{name} was installed {len(found)} times')
    return found[0]


def from_the_prefix(dependencies, folder, prefix):
    """What the compiler says that it read, from that folder: ccache makes paths relative."""
    headers = {(folder / word).resolve() for word in dependencies.split() if re.search(r'/calimatic/(auth|src)\.hpp$', word)}
    if not headers or any(not header.is_relative_to(prefix.resolve()) for header in headers):
        raise Failed(f'it was compiled with {sorted(map(str, headers))}, not with the headers in {prefix}')


def pkg_config_program(where, mode):
    variables = with_botan()
    variables['PKG_CONFIG_PATH'] = f'{only(installed(where), "calimatic-auth.pc").parent}:{variables.get("PKG_CONFIG_PATH", "")}'

    def flags(option):
        return shlex.split(command(['pkg-config', option, 'calimatic-auth'], env=variables))

    separate = mode == 'separate'
    switch = ['-DCALIMATIC_SEPARATE_COMPILATION'] if separate else []
    sources = [HERE / 'subproject' / 'main.cpp', *([generated('packaging/src.cpp', '#include <calimatic/src.hpp>\n')] if separate else [])]
    objects = []
    for source in sources:
        objects.append(object_file(f'{where}-{mode}-{source.stem}'))
        command([*compiler('gcc'), '-std=c++20', *switch, *flags('--cflags'), *compile_to(source, objects[-1])], cwd=WORK)
        from_the_prefix(objects[-1].with_suffix('.d').read_text(), WORK, installed(where))
    program = WORK / 'packaging' / f'{where}-{mode}'
    command([COMPILERS['gcc'], *objects, '-o', program, *flags('--libs')], cwd=WORK)
    command([program], limit=60)


def installed_files():
    prefix = installed('installed')
    there = {str(path.relative_to(prefix)) for path in prefix.rglob('*') if path.is_file()}
    wanted = {f'include/calimatic/{path.relative_to(ROOT)}' for path in ROOT.rglob('*') if path.is_file()}
    config = only(prefix, 'calimatic-authConfig.cmake').parent.relative_to(prefix)
    wanted |= {str(config / name) for name in ('calimatic-authConfig.cmake', 'calimatic-authConfigVersion.cmake', 'calimatic-auth.cpp')}
    wanted |= {str(config.parent.parent / 'pkgconfig' / 'calimatic-auth.pc'), 'share/licenses/calimatic-auth/LICENSE'}
    lacking, more = sorted(wanted - there), sorted(there - wanted)
    if lacking or more:
        raise Failed('\n'.join([*(f'{path} is not installed' for path in lacking), *(f'{path} is installed as well' for path in more)]))


# --- CMake ---------------------------------------------------------------------------------------------------------------------

BOTH_WAYS = """
add_executable(header-only main.cpp)
target_link_libraries(header-only calimatic::auth)
add_library(part STATIC main.cpp)
target_link_libraries(part calimatic::auth-compiled)
add_executable(compiled main.cpp)
target_link_libraries(compiled part calimatic::auth-compiled)
"""
NO_CRYPTOGRAPHY = """#include <calimatic/auth.hpp>
int main() { return calimatic::build_server_metadata_request("https://auth.calimatic.com") ? 0 : 1; }
"""


def cmake_project(name, lists, prefix, main=None, options=()):
    """A project with main.cpp that finds what was installed, configured from the beginning: its build folder, the exit code and what CMake said."""
    project = WORK / 'packaging' / name
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / 'main.cpp').write_text(main or (HERE / 'subproject' / 'main.cpp').read_text())
    (project / 'CMakeLists.txt').write_text(lists if 'project(' in lists else f'cmake_minimum_required(VERSION 3.16)\nproject(program CXX)\n{lists}')
    launcher = compiler('gcc')
    words = ['cmake', '-G', 'Ninja', '-S', '.', '-B', 'build', f'-DCMAKE_PREFIX_PATH={prefix}', f'-DCMAKE_CXX_COMPILER={launcher[-1]}']
    if len(launcher) > 1:
        words.append(f'-DCMAKE_CXX_COMPILER_LAUNCHER={launcher[0]}')
    return project / 'build', *attempt([*words, *options], cwd=project, env=with_botan())


def built(prefix, project, *programs):
    build, status, said = project
    if status != 0:
        raise Failed(said)
    command(['ninja', '-C', build, '-j1', *programs])
    from_the_prefix(command(['ninja', '-C', build, '-t', 'deps']), build, prefix)
    for program in programs:
        command([build / program], limit=60)
    return build


def cmake_program(where):
    lists = f'find_package(calimatic-auth 0.1 REQUIRED)\nfind_package(calimatic-auth 0.1 REQUIRED)\n{BOTH_WAYS}'
    built(installed(where), cmake_project(f'cmake-{where}', lists, installed(where)), 'header-only', 'compiled')


def cmake_without_cryptography():
    lists = 'find_package(calimatic-auth REQUIRED)\nadd_executable(program main.cpp)\ntarget_link_libraries(program calimatic::auth)'
    prefix = installed('installed', 'none')
    build = built(prefix, cmake_project('cmake-none', lists, prefix, NO_CRYPTOGRAPHY), 'program')
    if 'botan-3' in (build / 'build.ninja').read_text():
        raise Failed('a program without cryptography is linked with Botan')


def cmake_botan_package():
    """Where pkg-config is missing: Windows, say."""
    package = WORK / 'packaging' / 'Botan-3.7.1'
    package.mkdir(parents=True, exist_ok=True)
    (package / 'botan-config.cmake').write_text('add_library(Botan::Botan-static STATIC IMPORTED)\n')
    (package / 'botan-config-version.cmake').write_text('set(PACKAGE_VERSION 3.7.1)\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n')
    lists = 'find_package(calimatic-auth REQUIRED)\nget_target_property(libraries calimatic::auth INTERFACE_LINK_LIBRARIES)\nmessage("links ${libraries}")'
    options = ['-DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON', f'-DBotan_DIR={package}']
    _, status, said = cmake_project('cmake-botan-package', lists, installed('installed'), options=options)
    if status != 0 or 'links Botan::Botan-static;Boost::url;Boost::json' not in said:
        raise Failed(said)


def cmake_versions():
    """Before 1.0 a program gets the minor version that it asks for."""
    asks = 'foreach(version 0 0.1 0.1.0 0.0 0.2 0.1.1 1)\n  find_package(calimatic-auth ${version} QUIET)\n  message("${version} ${calimatic-auth_FOUND}")\nendforeach()'
    _, status, said = cmake_project('cmake-versions', asks, installed('installed'))
    answers = re.findall(r'^([\d.]+) ([01])$', said, re.MULTILINE)
    if status != 0 or answers != [('0', '1'), ('0.1', '1'), ('0.1.0', '1'), ('0.0', '0'), ('0.2', '0'), ('0.1.1', '0'), ('1', '0')]:
        raise Failed(said)


def cmake_says(disabled, words):
    options = [f'-DCMAKE_DISABLE_FIND_PACKAGE_{package}=ON' for package in disabled]
    _, status, said = cmake_project(f'cmake-no-{disabled[-1]}', 'find_package(calimatic-auth REQUIRED)', installed('installed'), options=options)
    if status == 0 or words not in ' '.join(said.split()):
        raise Failed(f'{said}\nexit code {status}; it was to say: {words}')
