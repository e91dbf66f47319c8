#pragma once
#include "flow_object.hpp"
#include <cstdint>

namespace bridge {

// clang-format off
/// What both kinds of session have.
template <class S>
inline constexpr method session_methods[]{
    // -> the token to send now
    {"access_token", on<S, [](S& self, arguments&, call const& call) { return reply_of(self.access_token(call.now)); }>},
    // -> {claims: {...}, subject_key}; null where nobody is signed in
    {"claims", on<S, [](S& self, arguments&, call const&) -> reply {
        auto const* const claims = self.claims();
        return claims ? value(to_json(*claims)) : done();
    }>},
    // -> text; "": none
    {"id_token", on<S, [](S& self, arguments&, call const&) { return text_value(self.id_token()); }>},
    {"scope", on<S, [](S& self, arguments&, call const&) { return text_value(self.scope()); }>},
    // -> milliseconds, or null
    {"expires_at", on<S, [](S& self, arguments&, call const&) { return time_value(self.expires_at()); }>},
    // -> {learned?, description}
    {"clock", on<S, [](S& self, arguments&, call const&) { return value(to_json(self.clock())); }>},
    {"generation", on<S, [](S& self, arguments&, call const&) { return number_value(static_cast<std::int64_t>(self.generation())); }>},
    // -> an error, or null
    {"last_error", on<S, [](S& self, arguments&, call const&) { return error_value(self.last_error()); }>},
    {"has_ended", on<S, [](S& self, arguments&, call const&) { return flag_value(self.has_ended()); }>},
    // {access_token} -> boolean
    {"handle_unauthorized", on<S, [](S& self, arguments& given, call const& call) -> reply {
        auto const access_token = given.required_text("access_token");
        if (!given.finish()) return {};
        return flag_value(self.handle_unauthorized(access_token, call.now));
    }>},
    // -> null
    {"sign_out", on<S, [](S& self, arguments& given, call const& call) -> reply {
        if (!given.finish()) return {};
        self.sign_out(call.now);
        return done();
    }>},
};
// clang-format on

} // namespace bridge
