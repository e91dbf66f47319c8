// The flows of the library that a page starts: discovery and sign-in.

#include "calls.hpp"
#include "flow_object.hpp"
#include <calimatic/flow/discovery.hpp>
#include <calimatic/flow/session.hpp>

namespace bridge {
namespace {

std::string started(std::unique_ptr<object> object) {
    auto const handle = keep(std::move(object));
    return "{\"handle\":" + std::to_string(handle) + "}";
}

class sign_in_object final : public object {
public:
    explicit sign_in_object(cal::sign_in signed_in) : signed_in_(std::move(signed_in)) {}
    std::optional<cal::sign_in> take_sign_in() override { return std::exchange(signed_in_, std::nullopt); }

private:
    std::optional<cal::sign_in> signed_in_;
};

class authorization_code_object final : public machine_object<cal::authorization_code_flow> {
public:
    using machine_object::machine_object;
    reply poll_result() override {
        auto result = machine_.poll_result();
        if (!result) return {};
        if (!*result) return failure(result->error());
        auto text = to_json(**result);
        auto const handle = keep(std::make_unique<sign_in_object>(std::move(**result)));
        text.insert(1, "\"handle\":" + std::to_string(handle) + ",");
        return value(std::move(text));
    }
    reply invoke(std::string_view name, arguments& given, cal::time_point now) override {
        if (name == "authorization_url") {
            auto const url = machine_.authorization_url();
            return url ? text_value(*url) : reply();
        }
        if (name == "awaiting_redirect") return flag_value(machine_.awaiting_redirect());
        if (name == "pending") {
            auto const pending = machine_.pending();
            return pending ? text_value(serialize(*pending).expose()) : reply();
        }
        if (name == "handle_redirect") return reply_of(machine_.handle_redirect(given.required_text("url"), now));
        return argument_malformed("method");
    }
};

reply start_discovery(arguments& given, call const&) {
    auto const location = given.text("location");
    return value(started(std::make_unique<flow_object<cal::discovery, [](cal::server_metadata const& s) { return serialize(s); }>>(
        cal::discovery(given.required_text("issuer"),
            location == "oauth_authorization_server" ? cal::metadata_location::oauth_authorization_server
                                                     : cal::metadata_location::openid_configuration))));
}

reply start_acf(arguments& given, call const& c) {
    auto server = read_server(given);
    auto client = read_client(given);
    auto parameters = given.object("parameters");
    if (!parameters) return given.wrong("parameters"), reply();
    if (!server) return failure(server.error());
    auto flow =
        cal::authorization_code_flow::start(std::move(*server), std::move(client), read_authorization_parameters(*parameters), c.random, c.now);
    if (!flow) return failure(flow.error());
    return value(started(std::make_unique<authorization_code_object>(std::move(*flow))));
}

reply resume_acf(arguments& given, call const& c) {
    auto server = read_server(given);
    auto client = read_client(given);
    auto pending = cal::parse_pending_sign_in(given.text("pending"));
    if (!server) return failure(server.error());
    if (!pending) return failure(pending.error());
    auto flow = cal::authorization_code_flow::resume(std::move(*server), std::move(client), std::move(*pending), c.random, c.now);
    if (!flow) return failure(flow.error());
    return value(started(std::make_unique<authorization_code_object>(std::move(*flow))));
}

class session_object final : public machine_object<cal::session> {
public:
    using machine_object::machine_object;
    reply poll_event() override {
        auto const e = machine_.poll_event();
        return e ? text_value(e->text) : reply();
    }
    reply invoke(std::string_view name, arguments& given, cal::time_point now) override {
        if (name == "access_token")
            return reply_of(machine_.access_token(now), [](std::string_view t) {
                cal::detail::json_writer w;
                w.string("t", t);
                return w.finish();
            });
        if (name == "handle_saved") return flag_value(machine_.handle_saved(static_cast<std::uint64_t>(given.number("generation").value_or(0))));
        if (name == "sign_out") return machine_.sign_out(now), done();
        if (name == "serialize") return text_value(serialize(machine_).expose());
        if (name == "replace_tokens") return reply_of(machine_.replace_tokens(given.text("blob"), now));
        if (name == "handle_unauthorized") return flag_value(machine_.handle_unauthorized(given.text("access_token"), now));
        return argument_malformed("method");
    }
};

reply start_session(arguments& given, call const& c) {
    auto server = read_server(given);
    auto client = read_client(given);
    auto* const o = find(static_cast<std::uint32_t>(given.number("sign_in").value_or(0)));
    auto s = o ? o->take_sign_in() : std::nullopt;
    if (!s) return given.wrong("sign_in"), reply();
    if (!server) return failure(server.error());
    auto flow = cal::session::start(cal::oauth_refresh{std::move(*server), std::move(client)}, std::move(*s), c.random, c.now);
    if (!flow) return failure(flow.error());
    return value(started(std::make_unique<session_object>(std::move(*flow))));
}

reply resume_session(arguments& given, call const& c) {
    auto server = read_server(given);
    auto client = read_client(given);
    if (!server) return failure(server.error());
    auto flow = cal::session::resume(cal::oauth_refresh{std::move(*server), std::move(client)}, given.text("blob"), c.random, c.now);
    if (!flow) return failure(flow.error());
    return value(started(std::make_unique<session_object>(std::move(*flow))));
}

constexpr function table[]{
    {"discovery", start_discovery},
    {"authorization_code_flow.start", start_acf},
    {"authorization_code_flow.resume", resume_acf},
    {"session.start", start_session},
    {"session.resume", resume_session},
};

} // namespace

std::span<function const> functions() { return table; }

} // namespace bridge
