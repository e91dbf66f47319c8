// discovery: the metadata of an issuer. Its result is the document: {issuer, token_endpoint, ...}.

#include "calls.hpp"
#include "flow_object.hpp"
#include <calimatic/flow/discovery.hpp>
#include <memory>
#include <string>

namespace bridge {
namespace {

// clang-format off
constexpr function table[]{
    // {issuer, location?: "openid_configuration" | "oauth_authorization_server", options?: {limits?}} -> {handle}
    {"discovery", [](arguments& given, call const&) -> reply {
        auto const issuer = given.required_text("issuer");
        auto const location = read_location(given);
        auto const options = read_options(given);
        if (!given.finish()) return {};
        return started(std::make_unique<flow_object<cal::discovery>>(cal::discovery(std::string(issuer), location, options)));
    }},
};
// clang-format on

} // namespace

functions discovery_functions() { return table; }

} // namespace bridge
