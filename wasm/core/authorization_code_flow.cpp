// authorization_code_flow: a sign-in. Its result is {handle, tokens, claims, subject_key, userinfo?, userinfo_error?, keys, clock, scope_reduced}, whose
// handle is what `session.start` takes over; it is to be dropped, too.

#include "calls.hpp"
#include "flow_object.hpp"
#include <memory>
#include <optional>
#include <utility>

namespace bridge {
namespace {

using flow = cal::authorization_code_flow;

class sign_in_object final : public object {
public:
    explicit sign_in_object(cal::sign_in signed_in) : signed_in_(std::move(signed_in)) {}
    std::optional<cal::sign_in>* signed_in() override { return &signed_in_; }

private:
    std::optional<cal::sign_in> signed_in_;
};

class authorization_code_object final : public machine_object<flow> {
public:
    using machine_object::machine_object;
    reply poll_result() override {
        auto result = machine_.poll_result();
        if (!result) return {};
        if (!*result) return failure(result->error());
        auto made = std::make_unique<sign_in_object>(std::move(**result));
        auto const& signed_in = **made->signed_in();
        auto const handle = keep(std::move(made));
        return handle == 0 ? handles_exhausted() : value(to_json(signed_in, handle));
    }
};

// clang-format off
constexpr method methods[]{
    // -> the URL; null before the challenge was answered, and after `resume`
    {"authorization_url", on<flow, [](flow& self, arguments&, call const&) -> reply {
        auto const url = self.authorization_url();
        return url ? text_value(*url) : done();
    }>},
    // -> boolean
    {"awaiting_redirect", on<flow, [](flow& self, arguments&, call const&) { return flag_value(self.awaiting_redirect()); }>},
    // -> the text to keep until the redirect, secret; null where none is awaited
    {"pending", on<flow, [](flow& self, arguments&, call const&) -> reply {
        auto const pending = self.pending();
        return pending ? text_value(serialize(*pending).expose()) : done();
    }>},
    // {url} -> null
    {"handle_redirect", on<flow, [](flow& self, arguments& given, call const& call) -> reply {
        auto const url = given.required_text("url");
        if (!given.finish()) return {};
        return reply_of(self.handle_redirect(url, call.now));
    }>},
};
// clang-format on

// options: {request_userinfo?, trusted_audiences?, keys?: a JWK set, clock?: milliseconds learned, exp_tolerance?, iat_tolerance?, iat_max_age? (seconds),
//           lifetime? (milliseconds), limits?}
cal::authorization_code_options read_flow_options(arguments& given) {
    cal::authorization_code_options out;
    out.crypto = cal::crypto_answers::by_host;
    given.object("options", [&](arguments& members) {
        out.request_userinfo = members.flag("request_userinfo");
        out.keys = read_keys(members, "keys");
        out.clock = read_clock(members, "clock");
        read_tolerances(members, out);
        members.duration("lifetime", out.lifetime);
        out.check = read_limits(members);
    });
    return out;
}

reply made(cal::result<flow> result) {
    if (!result) return failure(result.error());
    return started(std::make_unique<authorization_code_object>(std::move(*result), methods));
}

// clang-format off
constexpr function table[]{
    // {server, client: {client_id, id_token_signed_response_alg?, userinfo_signed_response_alg?}, parameters: {redirect_uri, scope?, prompt?, max_age?,
    //  acr_values?, acr_required?, login_hint?, ui_locales?, display?, resource?: [...], extra?: {name: value}}, options?} -> {handle}
    {"authorization_code_flow.start", [](arguments& given, call const& call) -> reply {
        auto options = read_flow_options(given);
        auto server = read_server(given, options.check);
        auto client = read_client(given);
        auto parameters = read_authorization_parameters(given);
        if (!given.finish()) return {};
        if (!server) return failure(server.error());
        return made(flow::start(std::move(*server), std::move(client), std::move(parameters), call.random, call.now, std::move(options)));
    }},
    // {server, client, pending: the text that was kept, options?} -> {handle}
    {"authorization_code_flow.resume", [](arguments& given, call const& call) -> reply {
        auto options = read_flow_options(given);
        auto server = read_server(given, options.check);
        auto client = read_client(given);
        auto pending = cal::parse_pending_sign_in(given.required_text("pending"), options.check);
        if (!given.finish()) return {};
        if (!server) return failure(server.error());
        if (!pending) return failure(pending.error());
        return made(flow::resume(std::move(*server), std::move(client), std::move(*pending), call.random, call.now, std::move(options)));
    }},
};
// clang-format on

} // namespace

functions sign_in_functions() { return table; }

} // namespace bridge
