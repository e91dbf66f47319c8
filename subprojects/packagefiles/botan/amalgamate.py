"""Runs Botan's configure.py in the folder of the output. Run again with the same arguments it leaves the files alone, so that nothing is compiled anew."""

import hashlib
import os
import re
import subprocess
import sys

configure, output, *options = sys.argv[1:]
os.chdir(os.path.dirname(output))
# Relative, because the arguments become a comment in the header, and ccache shall know it in every checkout.
command = [sys.executable, os.path.relpath(configure), '--with-build-dir=.', *options]
used = '\n'.join(command)
if '--cpu=wasm' in options:
    with open(__file__, 'rb') as file:
        used += '\n' + hashlib.sha256(file.read()).hexdigest()  # of what is done to the output below

# A module of WebAssembly is downloaded. What makes texts of errors, which nobody reads there, brings along the streams and locales of the standard
# library, and the table of object identifiers is a quarter of the rest. Neither takes part in a computation.
TEXT = """
namespace Botan {
class Text final {
   public:
      template <typename T>
      Text& operator<<(const T& piece) {
         if constexpr(std::is_convertible_v<const T&, std::string_view>) m_text += std::string_view(piece);
         else if constexpr(std::is_same_v<T, char>) m_text += piece;
         else if constexpr(std::is_integral_v<T>) m_text += std::to_string(piece);
         else if constexpr(requires { piece.to_string(); }) m_text += piece.to_string();
         return *this;
      }
      Text& operator<<(std::ios_base& (*)(std::ios_base&)) { return *this; }
      std::string str() const { return m_text; }

   private:
      std::string m_text;
};
}
"""
IN_TEXT = [
    'inline void do_fmt(',
    'void do_fmt(std::ostringstream& oss, std::string_view format, const T& val',
    'std::string fmt(std::string_view format',
    'void BER_Object::assert_is_a(',
    'std::string OID::to_string() const',
    'void assertion_failure(',
    'std::string format_char_for_display(',
    'std::string string_join(',
]
OBJECTS = re.compile(r'"(RSA|ECDSA|Ed25519|HMAC|SHA-|secp256r1|secp384r1|secp521r1)')


def smallest(source):
    includes = source.index('\nnamespace Botan')
    source = source[:includes] + TEXT + source[includes:]
    for start in IN_TEXT:
        at = source.index(start)
        end = source.index('\n}\n', at)
        body = re.sub(r'std::(o?stringstream)', 'Text', source[at:end]).replace('oss.imbue(std::locale::classic());', '')
        source = source[:at] + body + source[end:]
    for start in ('OID_Map::load_oid2str_map() {', 'OID_Map::load_str2oid_map() {'):
        at = source.index('return ', source.index(start))
        end = source.index('};', at)
        first, *rows = source[at:end].split('\n')
        kept = [row.rstrip(',') for row in rows if OBJECTS.search(row)]
        source = source[:at] + '\n'.join([first, ',\n'.join(kept)]) + source[end:]
    at = source.index('static_cast<void>(std::fprintf(stderr, "in %s exception')
    return source[:at] + source[source.index(';', at) :]


try:
    with open('configured-with.txt') as file:
        up_to_date = file.read() == used and os.path.exists(output)
except FileNotFoundError:
    up_to_date = False
if not up_to_date:
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if finished.returncode != 0:
        sys.exit(finished.stdout)
    if '--cpu=wasm' in options:
        with open(output) as file:
            source = smallest(file.read())
        with open(output, 'w') as file:
            file.write(source)
    with open('configured-with.txt', 'w') as file:
        file.write(used)
