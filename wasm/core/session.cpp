// session: keeps one token set fresh. Its events are {what: "tokens_changed" | "refresh_started" | "tokens_received" | "refresh_failed" |
// "scope_reduced" | "clock_corrected" | "ended", generation (0: nothing to save), error?, retry_at?, text?}. While it rests, its next deadline is when
// the next refresh is due.

#include "calls.hpp"
#include "flow_object.hpp"
#include "session_methods.hpp"
#include "session_options.hpp"
#include <calimatic/flow/session.hpp>
#include <memory>
#include <utility>

namespace bridge {
namespace {

using cal::session;

// clang-format off
constexpr method methods[]{ // and those of session_methods.hpp
    // {generation} -> boolean
    {"handle_saved", on<session, [](session& self, arguments& given, call const&) -> reply {
        auto const generation = given.required_number("generation");
        if (!given.finish()) return {};
        return flag_value(self.handle_saved(static_cast<std::uint64_t>(generation)));
    }>},
    // {blob} -> null
    {"replace_tokens", on<session, [](session& self, arguments& given, call const& call) -> reply {
        auto const blob = given.required_text("blob");
        if (!given.finish()) return {};
        return reply_of(self.replace_tokens(blob, call.now));
    }>},
    // {subject: {iss, sub?, sid?}} -> boolean
    {"revoke", on<session, [](session& self, arguments& given, call const& call) -> reply {
        cal::session_subject subject{};
        given.required_object("subject", [&](arguments& members) {
            subject = {members.required_text("iss"), members.text("sub"), members.text("sid")};
        });
        if (!given.finish()) return {};
        return flag_value(self.revoke(subject, call.now));
    }>},
    // -> the text to save, secret
    {"serialize", on<session, [](session& self, arguments&, call const&) { return text_value(serialize(self).expose()); }>},
};
// clang-format on

reply made(cal::result<session> result) {
    if (!result) return failure(result.error());
    return started(std::make_unique<machine_object<session>>(std::move(*result), session_methods<session>, methods));
}

// clang-format off
constexpr function table[]{
    // {server, client, sign_in: handle, options?} -> {handle}
    {"session.start", [](arguments& given, call const& call) -> reply {
        auto options = read_session_options(given);
        auto server = read_server(given, options.check);
        auto client = read_client(given);
        auto* const signed_in = read_sign_in(given);
        if (!given.finish()) return {};
        if (!server) return failure(server.error());
        auto user = std::move(**signed_in);
        signed_in->reset();
        return made(session::start(cal::oauth_refresh{std::move(*server), std::move(client)}, std::move(user), call.random, call.now, std::move(options)));
    }},
    // {server, client, blob: the text that was saved, options?} -> {handle}
    {"session.resume", [](arguments& given, call const& call) -> reply {
        auto options = read_session_options(given);
        auto server = read_server(given, options.check);
        auto client = read_client(given);
        auto const blob = given.required_text("blob");
        if (!given.finish()) return {};
        if (!server) return failure(server.error());
        return made(session::resume(cal::oauth_refresh{std::move(*server), std::move(client)}, blob, call.random, call.now, std::move(options)));
    }},
};
// clang-format on

} // namespace

cal::session_options read_session_options(arguments& given) {
    cal::session_options out;
    out.crypto = cal::crypto_answers::by_host;
    given.object("options", [&](arguments& members) { read_session_options(members, out); });
    return out;
}

void read_session_options(arguments& members, cal::session_options& out) {
    out.crypto = cal::crypto_answers::by_host;
    out.storage = cal::storage(members.choice("storage", {"by_host", "none"}));
    read_timing(members, out.timing);
    members.duration("first_wait", out.first_wait);
    members.duration("longest_wait", out.longest_wait);
    members.duration("ambiguity_window", out.ambiguity_window);
    out.last_try = members.flag("last_try");
    members.duration("unauthorized_interval", out.unauthorized_interval);
    members.duration("sign_out_wait", out.sign_out_wait);
    read_tolerances(members, out);
    out.keys = read_keys(members, "keys");
    out.check = read_limits(members);
}

functions session_functions() { return table; }

} // namespace bridge
