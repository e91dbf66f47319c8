// shared_session: one session among several tabs. Its events are {what: "tokens_changed" | "notify" | "refresh_failed" | "store_failed" | "scope_reduced" |
// "clock_corrected" | "ended", generation (of notify), error?, retry_at?, text?}. Its questions to the store are {id, what: "lock" | "unlock" | "read" |
// "replace", and of replace revision and value}.

#include "calls.hpp"
#include "session_methods.hpp"
#include "session_options.hpp"
#include <calimatic/flow/shared_session.hpp>
#include <memory>
#include <string>
#include <utility>

namespace bridge {
namespace {

using cal::shared_session;

constexpr std::string_view question_names[]{"lock", "unlock", "read", "replace"};

class shared_session_object final : public machine_object<shared_session> {
public:
    using machine_object::machine_object;
    reply poll_store_question() override {
        auto const question = machine_.poll_store_question();
        if (!question) return {};
        cal::detail::json_writer writer;
        writer.number("id", static_cast<std::int64_t>(question->id)).string("what", question_names[static_cast<std::size_t>(question->what)]);
        if (question->what == cal::store_question::kind::replace)
            writer.string("revision", question->revision).string("value", question->value.expose());
        return value(json_text(writer.finish()));
    }
    reply handle_store_answer(std::uint64_t id, arguments& given) override {
        cal::store_answer answer;
        if (!given.has("what")) given.wrong("what");
        answer.what = cal::store_answer::kind(given.choice("what", {"failed", "done", "conflict"}));
        answer.revision = given.text("revision");
        answer.value = given.text("value");
        if (!given.finish()) return {};
        return flag_value(machine_.handle_store_answer(id, std::move(answer)));
    }
};

// clang-format off
constexpr method methods[]{ // and those of session_methods.hpp
    // -> boolean
    {"is_opening", on<shared_session, [](shared_session& self, arguments&, call const&) { return flag_value(self.is_opening()); }>},
    // -> null
    {"handle_notice", on<shared_session, [](shared_session& self, arguments& given, call const&) -> reply {
        if (!given.finish()) return {};
        self.handle_notice();
        return done();
    }>},
};
// clang-format on

// options: {lock?: "by_host" | "none", lease? (milliseconds), session?: those of a session}
cal::shared_session_options read_shared_options(arguments& given) {
    cal::shared_session_options out;
    out.session.crypto = cal::crypto_answers::by_host;
    given.object("options", [&](arguments& members) {
        out.lock = cal::shared_lock(members.choice("lock", {"by_host", "none"}));
        members.duration("lease", out.lease);
        members.object("session", [&](arguments& session) { read_session_options(session, out.session); });
    });
    return out;
}

reply made(cal::result<shared_session> result) {
    if (!result) return failure(result.error());
    return started(std::make_unique<shared_session_object>(std::move(*result), session_methods<shared_session>, methods));
}

// clang-format off
constexpr function table[]{
    // {server, client, sign_in: handle, options?} -> {handle}
    {"shared_session.start", [](arguments& given, call const& call) -> reply {
        auto options = read_shared_options(given);
        auto server = read_server(given, options.session.check);
        auto client = read_client(given);
        auto* const signed_in = read_sign_in(given);
        if (!given.finish()) return {};
        if (!server) return failure(server.error());
        auto user = std::move(**signed_in);
        signed_in->reset();
        return made(shared_session::start(cal::oauth_refresh{std::move(*server), std::move(client)}, std::move(user), call.random, call.now, std::move(options)));
    }},
    // {server, client, options?} -> {handle}
    {"shared_session.open", [](arguments& given, call const& call) -> reply {
        auto options = read_shared_options(given);
        auto server = read_server(given, options.session.check);
        auto client = read_client(given);
        if (!given.finish()) return {};
        if (!server) return failure(server.error());
        return made(shared_session::open(cal::oauth_refresh{std::move(*server), std::move(client)}, call.random, call.now, std::move(options)));
    }},
};
// clang-format on

} // namespace

functions shared_session_functions() { return table; }

} // namespace bridge
