#include "module.hpp"
#include <calimatic/detail/json_writer.hpp>

namespace module {

random_source& random() {
    static random_source source;
    return source;
}

std::string quoted(std::string_view text) {
    auto const object = cal::detail::json_writer().string("", text).finish();
    return object.substr(4, object.size() - 5);
}

} // namespace module

extern "C" int calimatic_fill_random(void* bytes, std::size_t size) {
    auto& source = module::random();
    if (!source.works) return 0;
    for (std::size_t i = 0; i < size; ++i) {
        source.state = source.state * 6364136223846793005u + 1442695040888963407u;
        static_cast<unsigned char*>(bytes)[i] = static_cast<unsigned char>(source.state >> 56);
    }
    return 1;
}
