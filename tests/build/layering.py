"""The table of rooms (CONTRIBUTING.md) as tests: which room may include which, who may name third parties, and how large a file may be."""

import re
import statistics

from sources import ROOT, TOP, all_files, code, includes, public_headers, room, text, without_comments
from suite import Failed, Test

# What each room may include, besides itself and detail/config.hpp.
MAY_INCLUDE = {
    'core': '',
    'jose': 'core',
    'oauth': 'core jose',
    'oidc': 'core jose oauth',
    'platform': 'core jose oauth oidc',
    'flow': 'core jose oauth oidc platform',
    'drive': 'core oauth flow',
    'testing': 'core jose oauth oidc platform flow drive',
    'detail': 'core',
}
SUBROOMS = {'platform/headless': 'platform'}

MAX_HEADER, MAX_MEDIAN_HEADER, MAX_IPP = 300, 120, 500

STANDARD = set(
    '''algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale cmath codecvt compare
    complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception
    execution filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale
    map memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex
    source_location span sstream stack stdexcept stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex
    typeinfo unordered_map unordered_set utility valarray variant vector version'''.split()
)

# Third parties, and the files that may name them.
THIRD_PARTIES = {
    r'boost/json': ('Boost.JSON', r'impl/(core/json|detail/json_writer)\.ipp|src\.hpp'),
    r'boost/url': ('Boost.URL', r'impl/detail/uri\.ipp'),
    r'boost/(config|throw_exception)': ('Boost', r'impl/detail/(throw_exception|boost_\w+)\.ipp'),
    r'botan/': ('Botan', r'impl/detail/crypto_botan\w*\.ipp'),
    r'openssl/': ('OpenSSL', r'impl/detail/crypto_openssl\w*\.ipp'),
}
NAMES = {
    r'\bboost\b|\bBOOST_\w+': r'impl/(core/json|detail/(json_writer|uri|throw_exception|boost_\w+))\.ipp|src\.hpp',
    r'\bbotan_\w+|\bBotan::|\bBOTAN_\w+': r'impl/detail/crypto_botan\w*\.ipp',
    r'\bEVP_\w+|\bOSSL_\w+': r'impl/detail/crypto_openssl\w*\.ipp',
}

# What only drive/ may do: wait, ask the system, open a file, print.
OUTSIDE_DRIVE = (
    r'\bstd::(jthread|thread|mutex|shared_mutex|recursive_mutex|condition_variable\w*|async|future|promise|random_device|mt19937\w*|rand|time|cout|cerr|clog|'
    r'cin|[io]?fstream|filesystem)\b|\bthis_thread\b|\b(u|nano)?sleep(_for|_until)?\s*\(|\b[sv]?n?f?printf\s*\(|\bf?puts\s*\(|\bfopen\s*\(|\bgetenv\s*\(|'
    r'\b\w+_clock::now\b|\bclock_gettime\b|\bgettimeofday\b|\bthread_local\b'
)
# What a library without exceptions and RTTI cannot do, or what throws for input.
THROWING = r'\bthrow\b|\btry\b|\bcatch\b|\bdynamic_cast\b|\btypeid\b|\bstd::sto(i|l|ll|ul|ull|f|d|ld)\b|\.at\s*\('


def tests():
    present = [name for name in MAY_INCLUDE if (ROOT / name).is_dir()]
    for name in present:
        yield Test(f'layering/rooms/{name}', lambda n=name: rooms(n))
    for what, check in [
        ('every-folder-is-a-room', no_other_room),
        ('includes-are-written-in-full', written_in_full),
        ('own-ipp-only-in-header-only-mode', ipp_included),
        ('public-headers-name-the-standard-library-only', standard_library_only),
        ('third-parties-stay-in-their-files', third_parties),
        ('no-iostream-no-regex', lambda: banned_includes(all_files(), r'<(iostream|regex|sstream)>')),
        ('no-std-function-in-public-headers', lambda: banned_words(public_headers(), r'\bstd::(move_only_)?function\b')),
        ('outside-drive-no-waiting-no-system', lambda: banned_words([f for f in all_files() if not re.match(r'(impl/)?drive/', f)], OUTSIDE_DRIVE)),
        ('nothing-throws', lambda: banned_words(all_files(), THROWING)),
        ('sizes', sizes),
        ('each-header-has-its-test', own_tests),
        ('each-ipp-has-its-header', own_headers),
        ('auth.hpp-includes-all', auth_has_all),
        ('src.hpp-includes-all', src_has_all),
        ('pragma-once', pragma_once),
        ('each-rule-is-checked-and-tested', rules_are_used),
    ]:
        yield Test(f'layering/{what}', check)
    for name in present:
        if name != 'detail':
            yield Test(f'documented/{name}', lambda n=name: documented(n))
    yield Test('documented/the-parser-sees-what-is-missing', parser_of_declarations)


def none(faults):
    if faults := list(faults):
        raise Failed('\n'.join(faults))


def place(name, number):
    return f'include/calimatic/{name}:{number}'


def room_of(name):
    """The room whose rules a file keeps: that of its header."""
    found = room(name).removeprefix('impl/')
    return SUBROOMS.get(found, found)


def rooms(name):
    def allowed(file, included):
        may = {name, *MAY_INCLUDE[name].split()}
        if file.startswith('impl/'):
            may.add('detail')
        if included.startswith('impl/'):
            return room_of(included) == name or file.startswith('impl/')
        return room_of(included) in may or included == 'detail/config.hpp'

    none(
        f'{place(file, number)}: {name} may include {MAY_INCLUDE[name] or "nothing else"}, not {included}'
        for file in all_files()
        if room_of(file) == name
        for number, header, _ in includes(file)
        if (included := re.sub(r'^<calimatic/|>$', '', header)) and header.startswith('<calimatic/') and not allowed(file, included)
    )


def no_other_room():
    none(f'include/calimatic/{name}: the table has no such room' for name in all_files() if room(name) and room_of(name) not in MAY_INCLUDE)


def written_in_full():
    """<calimatic/room/file.hpp>, and that file exists."""

    def wrong(header):
        if not header.startswith('<'):
            return 'write <calimatic/room/file.hpp>'
        if header.startswith('<calimatic/') and not (ROOT / header[len('<calimatic/') : -1]).is_file():
            return 'no such file'
        return None

    none(f'{place(name, number)}: #include {header}: {why}' for name in all_files() for number, header, _ in includes(name) if (why := wrong(header)))


def ipp_included():
    """A header includes its own room's .ipp, and not in separate compilation."""
    for name in all_files():
        if name == 'src.hpp' or name.startswith('impl/'):
            continue
        none(
            f'{place(name, number)}: {header} stands under {conditions or "no condition"}, or is another room\'s'
            for number, header, conditions in includes(name)
            if header.endswith('.ipp>')
            and not (header.startswith(f'<calimatic/impl/{room(name)}/') and any('!defined(CALIMATIC_SEPARATE_COMPILATION)' in c for c in conditions))
        )


def standard_library_only():
    none(
        f'{place(name, number)}: {header}'
        for name in public_headers()
        for number, header, _ in includes(name)
        if not header.startswith('<calimatic/') and header[1:-1] not in STANDARD
    )


def third_parties():
    faults = []
    for name in all_files():
        for number, header, _ in includes(name):
            if header.startswith('<calimatic/') or header[1:-1] in STANDARD:
                continue
            party = next((party for pattern, party in THIRD_PARTIES.items() if re.match(pattern, header[1:-1])), None)
            if party and not re.fullmatch(party[1], name):
                faults.append(f'{place(name, number)}: {header}: {party[0]} is named in {party[1]} only')
            elif not party and not name.startswith('impl/drive/'):
                faults.append(f'{place(name, number)}: {header}: only impl/drive/ asks the system')
        for pattern, files in NAMES.items():
            if not re.fullmatch(files, name):
                faults += words(name, pattern)
    none(faults)


def pragma_once():
    """A pair of files that is included before and after each include of a third party is meant to be read every time."""
    none(
        f'include/calimatic/{name} does not begin with #pragma once'
        for name in all_files()
        if not re.fullmatch(r'impl/detail/\w+_(begin|end)\.ipp', name) and not text(name).startswith('#pragma once\n')
    )


def words(name, pattern):
    for number, line in enumerate(code(name).split('\n'), 1):
        for match in re.finditer(pattern, line):
            if not line.lstrip().startswith('#'):
                yield f'{place(name, number)}: {match[0].strip()}: {line.strip()}'


def banned_words(names, pattern):
    none(fault for name in names for fault in words(name, pattern))


def banned_includes(names, pattern):
    none(f'{place(name, number)}: {header}' for name in names for number, header, _ in includes(name) if re.fullmatch(pattern, header))


def sizes():
    lines = {name: text(name).count('\n') for name in all_files()}
    faults = [f'include/calimatic/{name} has {size} lines' for name, size in lines.items() if size > (MAX_IPP if name.endswith('.ipp') else MAX_HEADER)]
    median = statistics.median(size for name, size in lines.items() if name.endswith('.hpp'))
    if median > MAX_MEDIAN_HEADER:
        faults.append(f'the median header has {median} lines')
    none(faults)


def own_tests():
    """detail/config.hpp declares nothing; this suite is its test."""
    faults = []
    for name in public_headers():
        path = f'tests/{name.removesuffix(".hpp")}.cpp'
        if not room(name) or name == 'detail/config.hpp':
            continue
        if not (TOP / path).exists():
            faults.append(f'include/calimatic/{name} has no {path}')
        elif (first := re.search(r'^\s*#\s*include\s*(\S+)', (TOP / path).read_text(), re.MULTILINE)) and first[1] != f'<calimatic/{name}>':
            faults.append(f'{path} includes {first[1]} first, not <calimatic/{name}>')
    none(faults)


def own_headers():
    """The .ipp of a header has its name, or begins with it (crypto_botan.ipp, session_refresh.ipp), or is included by another .ipp."""

    def has_header(name):
        folder, _, stem = name.removeprefix('impl/').removesuffix('.ipp').rpartition('/')
        parts = stem.split('_')
        return any((ROOT / folder / f'{"_".join(parts[:end])}.hpp').exists() for end in range(1, len(parts) + 1))

    included = {header[len('<calimatic/') : -1] for name in all_files() for _, header, _ in includes(name) if header.startswith('<calimatic/')}
    none(f'include/calimatic/{name}: no header is its own' for name in all_files() if name.endswith('.ipp') and not has_header(name) and name not in included)


def auth_has_all():
    wanted = {n for n in public_headers() if room(n) and not n.startswith(('detail/', 'testing/')) and n != 'drive/coroutine.hpp'}
    present = {header[len('<calimatic/') : -1] for _, header, _ in includes('auth.hpp') if header.startswith('<calimatic/')}
    none([*(f'auth.hpp lacks {name}' for name in sorted(wanted - present)), *(f'auth.hpp has {name}' for name in sorted(present - wanted))])


def src_has_all():
    """Those that other .ipp bring along, such as throw_exception.ipp, may be missing. testing/ comes with it as well."""
    present = {header[len('<calimatic/') : -1] for _, header, _ in includes('src.hpp') if header.startswith('<calimatic/')}
    brought = {header[len('<calimatic/') : -1] for name in all_files() if name.startswith('impl/') for _, header, _ in includes(name) if header.endswith('.ipp>')}
    wanted = {name for name in all_files() if name.endswith('.ipp')} - brought
    none([*(f'src.hpp lacks {name}' for name in sorted(wanted - present)), *(f'src.hpp has {name}' for name in sorted(present) if not name.startswith('impl/'))])


def rules_are_used():
    """Each row of the table of rules is given by some function, and expected by some test."""
    tables = ('core/platform_rules.hpp', 'core/protocol_rules.hpp')
    rows = [row for table in tables for row in re.findall(r'^ *X\((\w+),', text(table), re.MULTILINE)]
    ours = ' '.join(code(name) for name in all_files() if name not in tables)
    theirs = ' '.join(path.read_text() for path in (TOP / 'tests').rglob('*.[chi]pp'))
    none(
        [
            *(f'no function gives {row}' for row in rows if not re.search(rf'\b{row}\b', ours)),
            *(f'no test expects {row}' for row in rows if not re.search(rf'\b{row}\b', theirs)),
            *([] if len(rows) > 100 else [f'only {len(rows)} rows were found']),
        ]
    )


# --- Documentation comments ----------------------------------------------------------------------------------------------------


def documented(name):
    none(
        f'{place(file, number)}: no /// before: {line.strip()}'
        for file in public_headers()
        if room_of(file) == name
        for number, line in undocumented(text(file))
    )


# Forward declarations, using-declarations, deduction guides.
EXEMPT = r'(?:class|struct|enum class) \w+;|using [\w:]+;|\w+\(.*\) -> \w+<.*>;'


def undocumented(source):
    """The declarations at namespace scope that have neither a `///` before them nor a `///<` behind them. A declaration that follows another
    without an empty line shares its comment; EXEMPT declarations and what is in namespace detail need none."""
    shared = False  # the declaration before had a comment, and no empty line since
    comment = False  # a comment stands right before
    depth, detail = 0, None
    pending = None  # the first line of a declaration that has not ended
    for number, (line, stripped) in enumerate(zip(source.split('\n'), without_comments(source, keep_literals=False).split('\n')), 1):
        bare = line.strip()
        if depth == 0 and pending is None:
            if not bare:
                shared = comment = False
                continue
            if bare.startswith('///'):
                comment = True
                continue
            if bare.startswith(('#', '//')):
                continue
            if match := re.match(r'(?:inline )?namespace\b([^{;=]*)\{', stripped.strip()):
                if detail is None and re.search(r'\bdetail\b', match[1]) and '}' not in stripped:
                    detail = 0
                elif detail is not None and '}' not in stripped:
                    detail += 1
                continue
            if stripped.strip().startswith('}'):
                if detail is not None:
                    detail = detail - 1 if detail else None
                shared = comment = False
                continue
            pending = (number, line)
        if pending is None:
            continue
        depth += len(re.findall(r'[{(]', stripped)) - len(re.findall(r'[})]', stripped))
        if depth == 0 and re.search(r'[;}]\s*$', stripped):
            first_number, first = pending
            documented_here = comment or shared or '///<' in line
            exempt = detail is not None or re.fullmatch(EXEMPT, stripped.strip())
            if not documented_here and not exempt:
                yield first_number, first
            shared, comment, pending = documented_here or shared, False, None


def parser_of_declarations():
    source = '''#pragma once
namespace a::inline b {

class forward;

/// Says what it is.
template <class T>
    requires(sizeof(T) > 1)
struct told {
    int member;
};
template <class T>
told(T) -> told<T>;

struct untold {
    int member;
};

/// Two overloads share a comment.
int overload(int);
int overload(
    long);

int alone(char c = '{');

int const behind = 1; ///< also a comment

enum class plain { a, b };

namespace detail {

struct hidden {};

} // namespace detail

using also_untold = int;

} // namespace a::inline b
'''
    found = [line.strip() for _, line in undocumented(source)]
    expected = ['struct untold {', "int alone(char c = '{');", 'enum class plain { a, b };', 'using also_untold = int;']
    if found != expected:
        raise Failed(f'found {found}\nwanted {expected}')
