// jwk_set_source: the life of an issuer's keys. It has no result; `keys` and `fetches` tell what it has.

#include "calls.hpp"
#include "flow_object.hpp"
#include <calimatic/flow/jwk_set_source.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace bridge {
namespace {

using cal::jwk_set_source;

// clang-format off
constexpr method methods[]{
    // -> {keys: [...], skipped?: [error, ...]}; null before the first fetch
    {"keys", on<jwk_set_source, [](jwk_set_source& self, arguments&, call const&) -> reply {
        auto const keys = self.keys();
        return keys ? value(to_json(*keys)) : done();
    }>},
    {"generation", on<jwk_set_source, [](jwk_set_source& self, arguments&, call const&) { return number_value(static_cast<std::int64_t>(self.generation())); }>},
    {"fetches", on<jwk_set_source, [](jwk_set_source& self, arguments&, call const&) { return number_value(static_cast<std::int64_t>(self.fetches())); }>},
    // -> milliseconds, or null
    {"fetched_at", on<jwk_set_source, [](jwk_set_source& self, arguments&, call const&) { return time_value(self.fetched_at()); }>},
    // -> an error, or null
    {"last_error", on<jwk_set_source, [](jwk_set_source& self, arguments&, call const&) { return error_value(self.last_error()); }>},
    // -> boolean
    {"handle_unknown_key", on<jwk_set_source, [](jwk_set_source& self, arguments& given, call const& call) -> reply {
        if (!given.finish()) return {};
        return flag_value(self.handle_unknown_key(call.now));
    }>},
};

constexpr function table[]{
    // {jwks_uri, keys?: a JWK set with fetched_at, options?: {max_age?, refetch_interval?, first_wait?, longest_wait? (milliseconds), limits?}} -> {handle}
    {"jwk_set_source", [](arguments& given, call const& call) -> reply {
        auto jwks_uri = std::string(given.required_text("jwks_uri"));
        auto keys = read_keys(given, "keys");
        auto const fetched_at = keys ? given.required_time("fetched_at") : cal::time_point();
        cal::jwk_set_source_options options;
        given.object("options", [&](arguments& members) {
            members.duration("max_age", options.max_age);
            members.duration("refetch_interval", options.refetch_interval);
            members.duration("first_wait", options.first_wait);
            members.duration("longest_wait", options.longest_wait);
            options.check = read_limits(members);
        });
        if (!given.finish()) return {};
        if (!call.random.fill(std::as_writable_bytes(std::span(&options.jitter_seed, 1)))) return failure(cal::error_code::random_source_failed);
        return started(std::make_unique<machine_object<jwk_set_source>>(
            keys ? jwk_set_source(std::move(jwks_uri), std::move(*keys), fetched_at, options) : jwk_set_source(std::move(jwks_uri), options), methods));
    }},
};
// clang-format on

} // namespace

functions jwk_set_source_functions() { return table; }

} // namespace bridge
