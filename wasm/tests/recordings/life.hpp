#pragma once
#include "recorded_module.hpp"
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/testing/faults.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// Lives of a page before the simulated platform, over the boundary of the module alone.

namespace recordings {

namespace sim = calimatic::testing;
using cal::milliseconds;
using cal::seconds;
using cal::time_point;
using cal::detail::json_writer;

/// The choices of a life.
class chance {
public:
    explicit chance(std::uint64_t seed) : random_(seed) {}
    std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }
    bool percent(unsigned of_hundred) { return below(100) < of_hundred; }
    template <class T, std::size_t N>
    T const& of(std::array<T, N> const& choices) {
        return choices[below(N)];
    }
    milliseconds up_to(milliseconds most) { return milliseconds(below(static_cast<std::uint64_t>(most.count()) + 1)); }
    std::uint64_t bits() { return random_.next(); }

private:
    sim::seeded_random random_;
};

/// The faults that a client of RS256 or EdDSA can meet, whose signatures repeat byte for byte.
inline std::vector<sim::fault> recorded_faults() {
    auto all = sim::faults();
    std::erase_if(all, [](sim::fault const& fault) {
        auto const alg = fault.id_token_signed_response_alg;
        return !alg.empty() && alg != "RS256" && alg != "EdDSA";
    });
    return all;
}

class life {
public:
    life(recorded_module& module, std::uint64_t seed, sim::fault const& fault) : module_(module), dice_(seed * 0x9e37 + 1), fault_(fault) {
        module_.begin_life(seed, fault.name);
        sim::simulated_platform_options how;
        how.seed = seed;
        how.access_token_lifetime = dice_.of(std::array{seconds(60), seconds(300), seconds(3600)});
        how.refresh_token_lifetime = dice_.of(std::array{seconds(600), seconds(86'400)});
        how.rotate_refresh_tokens = dice_.percent(70);
        how.reuse_grace = dice_.percent(30) ? seconds(60) : seconds(0);
        how.id_token_on_refresh = dice_.percent(60);
        how.send_date_header = dice_.percent(70);
        if (dice_.percent(25)) how.clock_ahead = dice_.of(std::array{milliseconds(600'000), milliseconds(-600'000), milliseconds(72'000'000)});
        how.access_token_signing_alg = "EdDSA";
        platform_ = sim::simulated_platform(how);
        alg_ = !fault.id_token_signed_response_alg.empty() ? std::string(fault.id_token_signed_response_alg) : dice_.percent(60) ? "EdDSA" : "RS256";
        sim::simulated_client client{.client = {.client_id = "app"}, .redirect_uris = {redirect_uri}};
        client.client.token_endpoint_auth_method = "none";
        client.client.id_token_signed_response_alg = alg_;
        platform_.add_client(std::move(client));
        sim::simulated_client back_end{.client = {.client_id = "back-end"}};
        back_end.client.client_secret = cal::secret_string("the-secret-of-the-back-end");
        back_end.permissions = {"org:manage", "org:users:manage"};
        platform_.add_client(std::move(back_end));
        platform_.add_user({.claims_json = R"({"name":"Alice Ångström","email":"alice@example.com","organization_id":"o-1","score":1.5e-7})"});
    }

    void run() {
        if (fault_.name.starts_with("lot-") || fault_.name.starts_with("ok-lot-")) return live_with_logout_tokens();
        if (fault_.name.starts_with("api-") || fault_.name.starts_with("ok-api-")) return live_with_the_platform();
        if (fault_.endpoint == sim::simulated_endpoint::jwks && dice_.percent(50)) return live_with_keys();
        switch (dice_.below(12)) {
        case 0: return live_with_numbers();
        case 1: return live_with_mistakes();
        default: return live_signed_in();
        }
    }

private:
    static constexpr char const* redirect_uri = "https://app.example/callback";

    // Arguments

    static std::string object(json_writer& writer) { return writer.finish(); }
    static std::string response_json(cal::http_response const& response) {
        std::string headers = "[";
        for (auto const& header : response.headers) {
            auto const pair = json_writer().strings("x", {header.name, header.value}).finish();
            headers.append(headers.size() > 1 ? "," : "").append(pair, 5, pair.size() - 6);
        }
        return json_writer().number("status", response.status).raw("headers", headers + "]").finish();
    }
    std::string client_json() const { return json_writer().string("client_id", "app").string("id_token_signed_response_alg", alg_).finish(); }
    json_writer& put_server(json_writer& writer) const { return writer.raw("server", server_).raw("client", client_json()); }

    // The world

    /// Brings an answer to a request of the module, mostly that of the platform.
    void exchange(std::uint32_t handle, reply const& asked) {
        auto const request = read_request(asked.value());
        auto const id = static_cast<std::int64_t>(request.id);
        auto const answer = platform_.send(request, now_ - device_ahead_);
        now_ += platform_.last_duration();
        if (dice_.percent(4)) module_.handle_failure(handle, id + 1, 1, now_); // of no request
        if (!answer || dice_.percent(2)) {
            module_.handle_failure(handle, id, answer ? static_cast<int>(1 + dice_.below(4)) : static_cast<int>(answer.error()), now_);
        } else {
            module_.handle_response(handle, id, response_json(*answer), answer->body, now_);
            if (dice_.percent(5)) module_.handle_response(handle, id, response_json(*answer), answer->body, now_); // a second time
            read_with_functions(request.url, *answer);
        }
        platform_.clear_requests();
    }

    static cal::http_request read_request(cal::json from) {
        cal::http_request request;
        request.id = cal::request_id(static_cast<std::uint64_t>(from["id"].as_int64().value_or(0)));
        auto const method = from["method"].as_string();
        using enum cal::http_method;
        for (auto const one : {get, post, put, patch, delete_})
            if (method == to_string(one)) request.method = one;
        request.url = from["url"].as_string().value_or("");
        request.body = from["body"].as_string().value_or("");
        for (std::size_t i = 0; i < from["headers"].size(); ++i) {
            auto const header = from["headers"][i];
            request.headers.push_back({std::string(header[0].as_string().value_or("")), std::string(header[1].as_string().value_or(""))});
        }
        request.timeout = milliseconds(from["timeout"].as_int64().value_or(0));
        request.max_response_body = static_cast<std::size_t>(from["max_response_body"].as_int64().value_or(0));
        return request;
    }

    void answer_question(std::uint32_t handle, reply const& question) {
        auto const id = question.value()["id"].as_int64().value_or(0);
        auto const given = module_.answer(question);
        if (dice_.percent(3)) module_.handle_crypto_answer(handle, id + 7, given);
        if (dice_.percent(1)) return void(module_.handle_crypto_answer(handle, id, {}));
        module_.handle_crypto_answer(handle, id, given);
        if (dice_.percent(3)) module_.handle_crypto_answer(handle, id, given);
    }

    /// Does all that a machine wants now; then until its end, if it has one.
    reply drive(std::uint32_t handle, bool ends = true) {
        for (std::size_t turns = 0; turns < 60; ++turns) {
            if (ends)
                if (auto result = module_.poll_result(handle)) return result;
            if (auto const question = module_.poll_crypto_question(handle)) {
                answer_question(handle, question);
                continue;
            }
            if (auto const request = module_.poll_request(handle, now_)) {
                exchange(handle, request);
                continue;
            }
            auto const deadline = module_.next_deadline(handle);
            if (!ends || std::isnan(deadline)) return {};
            wait_until(deadline);
        }
        return {};
    }

    void wait_until(double deadline) {
        if (std::isfinite(deadline)) now_ = (std::max)(now_, time_point(milliseconds(static_cast<std::int64_t>(deadline))));
    }

    void inject(std::string_view name) {
        sim::fault_injection how{.name = std::string(name)};
        how.times = 1 + dice_.below(3);
        (void)platform_.inject(std::move(how));
    }
    void inject_random_fault() {
        static auto const all = recorded_faults();
        inject(all[dice_.below(all.size())].name);
    }

    // Pure functions

    /// The answer once more, to the function that reads it without a machine.
    void read_with_functions(std::string const& url, cal::http_response const& response) {
        if (!dice_.percent(25)) return;
        auto const answer = response_json(response);
        auto const with = [&](std::string_view name, std::string_view members = {}) {
            module_.call(name, "{" + std::string(members) + "\"response\":" + answer + "}", now_, response.body);
        };
        auto const metadata = platform_.metadata();
        if (url.find("/.well-known/") != std::string::npos) with("parse_server_metadata_response", "\"issuer\":\"" + platform_.issuer() + "\",");
        else if (url == metadata.jwks_uri) with("parse_jwk_set_response");
        else if (url == metadata.userinfo_endpoint) with("parse_userinfo_response", "\"sub\":\"user-1\",");
        else if (url == metadata.token_endpoint) with("parse_token_response", R"("expected":{"scope":"openid","id_token_required":true},)");
        with("parse_resource_error");
        with("retry_after");
    }

    // Signing in

    bool discover() {
        json_writer writer;
        writer.string("issuer", platform_.issuer());
        if (dice_.percent(20)) writer.string("location", "oauth_authorization_server");
        auto const handle = module_.call("discovery", object(writer), now_).handle();
        auto const found = drive(handle);
        module_.drop(handle);
        if (found && !found.has_failed()) server_ = found.value().to_string();
        return found && !found.has_failed();
    }

    /// As the user's browser does, with what an attacker may try before.
    bool come_back(std::uint32_t flow, std::string const& url) {
        auto const redirect = platform_.authorize(url, now_ - device_ahead_, {.allow = !dice_.percent(4)});
        auto const hand_in = [&](std::string const& what) {
            return module_.invoke(flow, "handle_redirect", json_writer().string("url", what).finish(), now_);
        };
        if (dice_.percent(30)) {
            auto const good = redirect ? *redirect : std::string(redirect_uri);
            auto const state = good.find("state=");
            hand_in("https://elsewhere.example/callback?code=c&state=s");
            hand_in(std::string(redirect_uri) + "?code=c&state=another");
            if (state != std::string::npos) hand_in(good.substr(0, state) + good.substr(state + 8));
            hand_in(good + "&state=again");
            hand_in("no URL \xc3\xa5");
        }
        if (!redirect) return false;
        auto const taken = hand_in(*redirect);
        if (dice_.percent(20)) hand_in(*redirect);
        return !taken.has_failed();
    }

    /// The handle of the user, or 0.
    std::uint32_t sign_in() {
        json_writer writer, parameters, options;
        parameters.string("redirect_uri", redirect_uri).string("scope", "openid profile email offline_access");
        if (dice_.percent(20)) parameters.number("max_age", static_cast<std::int64_t>(dice_.below(7200)));
        if (dice_.percent(20)) parameters.string("prompt", "consent").string("ui_locales", "sv en");
        if (dice_.percent(20)) parameters.strings("resource", {"https://api.example/"}).raw("extra", R"({"ext_hint":"a b+c&d=å"})");
        options.boolean("request_userinfo", fault_.endpoint == sim::simulated_endpoint::userinfo || dice_.percent(40));
        if (dice_.percent(20)) options.number("clock", -120'000);
        if (dice_.percent(30)) options.number("lifetime", 600'000);
        if (!keys_.empty() && dice_.percent(60)) options.raw("keys", keys_);
        put_server(writer).raw("parameters", object(parameters)).raw("options", object(options));
        module_.random_fails = dice_.percent(2);
        auto const begun = module_.call("authorization_code_flow.start", object(writer), now_);
        module_.random_fails = false;
        auto flow = begun.handle();
        if (flow == 0) return 0;
        drive(flow, false);
        auto const url = module_.invoke(flow, "authorization_url", "{}", now_).text();
        auto const pending = module_.invoke(flow, "pending", "{}", now_).text();
        module_.invoke(flow, "awaiting_redirect", "", now_);
        now_ += dice_.up_to(milliseconds(dice_.percent(5) ? 1'200'000 : 60'000));
        if (dice_.percent(40)) { // in a page that was loaded anew
            module_.drop(flow);
            json_writer again;
            put_server(again).string("pending", pending);
            flow = module_.call("authorization_code_flow.resume", object(again), now_).handle();
            if (flow == 0) return 0;
        }
        std::uint32_t user = 0;
        if (!url.empty() && come_back(flow, url)) {
            auto const ended = drive(flow);
            module_.poll_result(flow);
            if (ended && !ended.has_failed()) {
                auto const result = ended.value();
                user = ended.handle();
                keys_ = result["keys"].to_string();
                id_token_ = result["tokens"]["id_token"].as_string().value_or("");
                access_token_ = result["tokens"]["access_token"].as_string().value_or("");
                sid_ = result["claims"]["sid"].as_string().value_or("");
                module_.call("platform_claims.organization_id", json_writer().raw("claims", result["claims"].to_string()).finish(), now_);
            }
        }
        if (dice_.percent(10)) module_.abort(flow);
        module_.drop(flow);
        return user;
    }

    // Staying signed in

    std::string session_options() {
        json_writer options;
        if (dice_.percent(20)) options.string("storage", "none");
        if (dice_.percent(30)) options.boolean("last_try", true);
        if (dice_.percent(30)) options.raw("timing", R"({"early":30000,"jitter":5000})");
        if (dice_.percent(30)) options.number("exp_tolerance", 5).number("ambiguity_window", 30'000);
        return object(options);
    }

    std::uint32_t resume_session() {
        json_writer writer;
        put_server(writer).string("blob", blob_).raw("options", session_options());
        return module_.call("session.resume", object(writer), now_).handle();
    }

    void settle(std::uint32_t session) {
        for (std::size_t turns = 0; turns < 12; ++turns) {
            drive(session, false);
            auto const event = module_.poll_event(session);
            if (!event) return;
            auto const generation = event.value()["generation"].as_int64().value_or(0);
            if (generation == 0) continue;
            blob_ = module_.invoke(session, "serialize", "{}", now_).text();
            auto const saved = [&](std::int64_t which) {
                module_.invoke(session, "handle_saved", json_writer().number("generation", which).finish(), now_);
            };
            if (dice_.percent(5)) saved(generation + 1);
            if (!dice_.percent(5)) saved(generation);
        }
    }

    void look_at(std::uint32_t session) {
        static constexpr std::array<std::string_view, 8> names{
            "claims", "id_token", "scope", "expires_at", "clock", "generation", "last_error", "has_ended"};
        auto const token = module_.invoke(session, "access_token", "{}", now_).text();
        if (!token.empty()) access_token_ = token;
        module_.invoke(session, dice_.of(names), "{}", now_);
    }

    void live_with_session(std::uint32_t user) {
        json_writer writer;
        put_server(writer).number("sign_in", user).raw("options", session_options());
        auto const arguments = object(writer);
        auto session = module_.call("session.start", arguments, now_).handle();
        if (dice_.percent(20)) module_.call("session.start", arguments, now_); // the user was taken over
        module_.drop(user);
        for (std::size_t steps = 6 + dice_.below(14); steps > 0 && session != 0; --steps) {
            settle(session);
            auto const roll = dice_.below(100);
            if (roll < 40) wait_until(module_.next_deadline(session));
            else if (roll < 50) now_ += dice_.up_to(milliseconds(7'200'000));
            else if (roll < 62) look_at(session);
            else if (roll < 70) module_.invoke(session, "handle_unauthorized", json_writer().string("access_token", access_token_).finish(), now_);
            else if (roll < 76) inject_random_fault();
            else if (roll < 80) platform_.rotate_keys(), platform_.remove_old_keys();
            else if (roll < 84) jump(dice_.of(std::array{milliseconds(600'000), milliseconds(-600'000), milliseconds(90'000'000)}));
            else if (roll < 87) module_.invoke(session, "replace_tokens", json_writer().string("blob", blob_).finish(), now_);
            else if (roll < 89) platform_.revoke_user("user-1");
            else if (roll < 90) module_.abort(session);
            else if (!blob_.empty()) {
                module_.drop(session);
                session = resume_session();
            }
        }
        if (session == 0) return;
        look_at(session);
        if (dice_.percent(30))
            module_.invoke(session, "revoke", R"({"subject":{"iss":")" + platform_.issuer() + R"(","sub":"user-1","sid":")" + sid_ + "\"}}", now_);
        module_.invoke(session, "sign_out", "{}", now_);
        for (int i = 0; i < 4; ++i) {
            settle(session);
            wait_until(module_.next_deadline(session));
        }
        module_.drop(session);
        module_.poll_event(session); // of a handle that was given back
    }

    // Sharing a session

    struct tab {
        std::uint32_t handle = 0;
        std::int64_t waits_for_lock = 0; ///< the id of that question
    };

    void answer_store(tab& of, reply const& asked) {
        auto const question = asked.value();
        auto const id = question["id"].as_int64().value_or(0);
        auto const what = question["what"].as_string().value_or("");
        json_writer answer;
        if (what == "lock") {
            if (lock_holder_ != 0) return void(of.waits_for_lock = id);
            lock_holder_ = of.handle;
            answer.string("what", "done");
        } else if (what == "unlock") {
            of.waits_for_lock = 0;
            unlock(of.handle);
            answer.string("what", "done");
        } else if (dice_.percent(6)) answer.string("what", "failed");
        else if (what == "read") {
            answer.string("what", "done");
            if (!stored_.empty()) answer.string("revision", std::to_string(revision_)).string("value", stored_);
        } else if (question["revision"].as_string() != (stored_.empty() ? "" : std::to_string(revision_))) answer.string("what", "conflict");
        else {
            stored_ = question["value"].as_string().value_or("");
            answer.string("what", "done").string("revision", std::to_string(++revision_));
        }
        if (dice_.percent(3)) module_.handle_store_answer(of.handle, id + 1, R"({"what":"done"})");
        module_.handle_store_answer(of.handle, id, object(answer));
    }
    void unlock(std::uint32_t holder) {
        if (lock_holder_ == holder) lock_holder_ = 0;
        for (auto& other : tabs_) {
            if (lock_holder_ != 0 || other.waits_for_lock == 0) continue;
            lock_holder_ = other.handle;
            module_.handle_store_answer(other.handle, std::exchange(other.waits_for_lock, 0), R"({"what":"done"})");
        }
    }

    void settle_tabs() {
        for (std::size_t turns = 0, quiet = 0; turns < 40 && quiet < tabs_.size(); ++turns) {
            auto& one = tabs_[turns % tabs_.size()];
            drive(one.handle, false);
            auto const question = module_.poll_store_question(one.handle);
            if (question) answer_store(one, question);
            auto const event = module_.poll_event(one.handle);
            quiet = question || event ? 0 : quiet + 1;
            if (event && event.value()["what"].as_string() == "notify")
                for (auto const& other : tabs_) module_.invoke(other.handle, "handle_notice", "{}", now_);
        }
    }

    void open_tab(std::uint32_t user) {
        json_writer writer, options;
        if (dice_.percent(30)) options.string("lock", "none");
        options.raw("session", session_options());
        put_server(writer).raw("options", object(options));
        if (user != 0) writer.number("sign_in", user);
        auto const handle = module_.call(user != 0 ? "shared_session.start" : "shared_session.open", object(writer), now_).handle();
        if (handle != 0) tabs_.push_back({handle});
    }
    void close_tab(std::size_t which) {
        auto const handle = tabs_[which].handle;
        module_.drop(handle);
        tabs_.erase(tabs_.begin() + static_cast<std::ptrdiff_t>(which));
        unlock(handle);
    }

    void live_with_tabs(std::uint32_t user) {
        open_tab(user);
        module_.drop(user);
        for (std::size_t steps = 8 + dice_.below(10); steps > 0 && !tabs_.empty(); --steps) {
            settle_tabs();
            auto const which = static_cast<std::size_t>(dice_.below(tabs_.size()));
            auto const handle = tabs_[which].handle;
            auto const roll = dice_.below(100);
            if (roll < 35) wait_until(module_.next_deadline(handle));
            else if (roll < 42) now_ += dice_.up_to(milliseconds(7'200'000));
            else if (roll < 54) look_at(handle);
            else if (roll < 64) module_.invoke(handle, "handle_unauthorized", json_writer().string("access_token", access_token_).finish(), now_);
            else if (roll < 70) inject_random_fault();
            else if (roll < 73) jump(dice_.of(std::array{milliseconds(600'000), milliseconds(-600'000), milliseconds(90'000'000)}));
            else if (roll < 76) stored_ = dice_.percent(50) ? "" : mutated(stored_);
            else if (roll < 78) module_.abort(handle);
            else if (roll < 90 || tabs_.size() == 1) open_tab(0);
            else close_tab(which);
        }
        if (tabs_.empty()) return;
        module_.invoke(tabs_[0].handle, "is_opening", "{}", now_);
        module_.invoke(tabs_[0].handle, "sign_out", "{}", now_);
        for (int i = 0; i < 4; ++i) {
            settle_tabs();
            wait_until(module_.next_deadline(tabs_[0].handle));
        }
        while (!tabs_.empty()) close_tab(0);
    }

    void jump(milliseconds by) {
        now_ += by;
        device_ahead_ += by;
    }

    void live_signed_in() {
        bool const of_refresh = fault_.name.starts_with("rt-") || fault_.name.starts_with("ok-rt-") || fault_.grant_type == "refresh_token";
        if (!of_refresh) inject(fault_.name);
        for (int tries = 0; tries < 3; ++tries) {
            if (server_.empty() && !discover()) continue;
            auto const user = sign_in();
            if (user == 0) continue;
            if (dice_.percent(50)) validate_tokens();
            if (of_refresh) inject(fault_.name);
            return dice_.percent(35) ? live_with_tabs(user) : live_with_session(user);
        }
    }

    // Tokens

    std::string mutated(std::string token) {
        static constexpr std::string_view alphabet = "AZaz09-_.=+ ";
        if (token.size() < 20) return "a.b.c";
        auto const at = dice_.below(token.size());
        switch (dice_.below(6)) {
        case 0: token[at] = alphabet[dice_.below(alphabet.size())]; break;
        case 1: token.erase(at); break;
        case 2: token.insert(at, 1, alphabet[dice_.below(alphabet.size())]); break;
        case 3: token += token; break;
        default: { // the signature, in the middle
            auto& c = token[token.size() - 20];
            c = c == 'A' ? 'B' : 'A';
        }
        }
        return token;
    }

    void validate(std::string_view name, std::string_view member, std::string const& token, std::string const& keys, std::string const& expected) {
        json_writer writer;
        writer.string(member, token).raw("keys", keys).raw("expected", expected);
        auto const handle = module_.call(name, object(writer), now_).handle();
        if (handle == 0) return;
        drive(handle);
        module_.drop(handle);
    }

    void validate_tokens() {
        for (int i = 0; i < 6; ++i) {
            json_writer expected;
            expected.string("issuer", dice_.percent(90) ? platform_.issuer() : "https://another.example");
            expected.string("client_id", dice_.percent(90) ? "app" : "another");
            expected.string("id_token_signed_response_alg", dice_.percent(90) ? alg_ : "ES256");
            if (dice_.percent(20)) expected.string("nonce", "another");
            if (dice_.percent(40)) expected.string("access_token", dice_.percent(50) ? access_token_ : "another");
            if (dice_.percent(20)) expected.number("max_age", static_cast<std::int64_t>(dice_.below(100)));
            if (dice_.percent(20)) expected.number("exp_tolerance", static_cast<std::int64_t>(dice_.below(400)));
            if (dice_.percent(10)) now_ += dice_.up_to(milliseconds(400'000));
            validate("token_validation", "id_token", dice_.percent(50) ? id_token_ : mutated(id_token_), keys_, object(expected));
        }
        auto const token = json_writer().string("token", mutated(id_token_)).finish();
        module_.call("parse_compact_jws", token, now_);
        module_.call("parse_claims", token, now_);
    }

    void live_with_logout_tokens() {
        cal::http_request keys;
        keys.url = platform_.metadata().jwks_uri;
        auto const published = platform_.handle(keys, now_).body;
        for (int i = 0; i < 8; ++i) {
            if (i % 2 == 0) inject(fault_.name);
            else platform_.clear_faults();
            sim::simulated_logout what{.sub = dice_.percent(80) ? "user-1" : "", .sid = dice_.percent(50) ? "session-1" : ""};
            auto const token = platform_.make_logout_token(what, now_);
            json_writer expected;
            expected.string("issuer", platform_.issuer()).string("client_id", dice_.percent(90) ? "app" : "another");
            expected.string("id_token_signed_response_alg", alg_);
            if (dice_.percent(30)) expected.boolean("typ_required", true);
            if (dice_.percent(20)) now_ += dice_.up_to(milliseconds(600'000));
            validate("logout_token_validation", "logout_token", dice_.percent(80) ? token : mutated(token), published, object(expected));
        }
    }

    // Keys

    void live_with_keys() {
        json_writer writer;
        writer.string("jwks_uri", platform_.metadata().jwks_uri);
        if (dice_.percent(30)) writer.raw("options", R"({"max_age":600000,"first_wait":500})");
        auto const source = module_.call("jwk_set_source", object(writer), now_).handle();
        inject(fault_.name);
        for (int i = 0; i < 10; ++i) {
            drive(source, false);
            static constexpr std::array<std::string_view, 6> names{"keys", "generation", "fetches", "fetched_at", "last_error", "handle_unknown_key"};
            module_.invoke(source, dice_.of(names), "{}", now_);
            if (dice_.percent(20)) inject(fault_.name);
            if (dice_.percent(20)) platform_.rotate_keys();
            if (dice_.percent(60)) wait_until(module_.next_deadline(source));
            else now_ += dice_.up_to(milliseconds(3'600'000));
        }
        module_.drop(source);
    }

    // The platform's APIs

    struct pair {
        std::string_view subject; ///< build_..._request and parse_..._response
        std::string_view builds;  ///< members, after `platform`
        std::string_view reads;
    };

    /// The page's back end adds the credential.
    void ask_platform(pair const& one) {
        std::string const platform = R"({"platform":{"base_url":")" + platform_.issuer() + "\"}";
        auto const built = module_.call("build_" + std::string(one.subject) + "_request", platform + std::string(one.builds) + "}", now_);
        if (built.has_failed()) return;
        auto request = read_request(built.value());
        request.headers.push_back({"x-client-id", "back-end"});
        request.headers.push_back({"x-client-secret", "the-secret-of-the-back-end"});
        auto const answer = platform_.send(request, now_);
        now_ += platform_.last_duration();
        if (!answer) return;
        auto const subject = one.subject == "resolve_keycloak_user" ? "resolve_user" : one.subject;
        module_.call("parse_" + std::string(subject) + "_response",
            platform + std::string(one.reads) + ",\"response\":" + response_json(*answer) + "}", now_, answer->body);
    }

    void live_with_the_platform() {
        // clang-format off
        static constexpr std::array<pair, 11> pairs{{
            {"platform", R"(,"method":"GET","path":"/api/v1/organizations?slug=acme")", ""},
            {"platform", R"(,"method":"POST","path":"/api/v1/organizations","body":{"name":"Å","slug":"b-1","seats":[1,2.5,1e300,-0.0]})", ""},
            {"create_organization", R"(,"organization":{"name":"Acme","slug":"acme","type":"partner","extra_members":{"rate":0.1}})", R"(,"slug":"acme")"},
            {"find_organization", R"(,"slug":"acme")", R"(,"slug":"acme")"},
            {"resolve_user", R"(,"email":"a@x.example")", R"(,"email":"a@x.example")"},
            {"resolve_keycloak_user", R"(,"keycloakUserId":"k-1","profile":{"resolve_keycloak_parameter":"keycloakId"})", R"(,"email":"")"},
            {"provision_user", R"(,"user":{"email":"a@x.example","firstName":"Ada","lastName":"L","sendInviteEmail":false})", ""},
            {"provision_batch", R"(,"batch":{"users":[{"email":"a@x.example","firstName":"Ada","lastName":"L"},{"email":"b@x.example","firstName":"B","lastName":"L"}]})",
                R"(,"users":[{"email":"a@x.example"},{"email":"b@x.example"}])"},
            {"import_users", R"(,"users":[{"email":"c@x.example","firstName":"C","lastName":"L","temporaryPassword":"a-password"}])",
                R"(,"users":[{"email":"c@x.example","temporaryPassword":"a-password"}])"},
            {"reset_password", R"(,"id":"u-1","profile":{"reset_password_body":""})", ""},
            {"set_password", R"(,"id":"u-1","temporary_password":"a-password","profile":{"set_password_member":"password"})",
                R"(,"temporary_password":"a-password")"},
        }};
        // clang-format on
        for (int i = 0; i < 16; ++i) {
            if (i % 2 == 0) inject(fault_.name);
            else platform_.clear_faults();
            ask_platform(i < 11 ? pairs[static_cast<std::size_t>(i)] : dice_.of(pairs));
        }
        for (auto const user : {R"({"user":null})", R"({"user":{"hasLicense":false}})", R"({"user":{}})"})
            module_.call("require_license", user, now_);
    }

    // What is no life

    /// Numbers as a server may write them, read and written again.
    std::string number() {
        char text[64];
        auto const bits = dice_.bits();
        switch (dice_.below(9)) {
        case 0:
            std::snprintf(text, sizeof text, "%.17g", std::ldexp(static_cast<double>(bits >> 11), static_cast<int>(dice_.below(2000)) - 1060));
            break;
        case 1: std::snprintf(text, sizeof text, "%.*e", static_cast<int>(dice_.below(25)), std::ldexp(static_cast<double>(bits), -64)); break;
        case 2: std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(bits)); break;
        case 3:
            std::snprintf(text, sizeof text, "-%llu.%llu", static_cast<unsigned long long>(bits >> 40), static_cast<unsigned long long>(bits >> 7));
            break;
        case 4: std::snprintf(text, sizeof text, "%llu%llu", static_cast<unsigned long long>(bits), static_cast<unsigned long long>(bits)); break;
        case 5: std::snprintf(text, sizeof text, "0.%0*llu", static_cast<int>(dice_.below(30)), static_cast<unsigned long long>(bits >> 30)); break;
        case 6:
            std::snprintf(text, sizeof text, "%llue%d", static_cast<unsigned long long>(bits >> 12), static_cast<int>(dice_.below(600)) - 330);
            break;
        case 7: std::snprintf(text, sizeof text, "%lld", static_cast<long long>(bits)); break;
        default: {
            static constexpr std::array<char const*, 16> odd{"-0", "0.0", "-0.0", "1E+2", "1e-2", "5e-324", "2.2250738585072011e-308",
                "1.7976931348623157e308", "9007199254740993", "18446744073709551615", "18446744073709551616", "-9223372036854775809", "0.1", "1e400",
                "01", "1."};
            return dice_.of(odd);
        }
        }
        return text;
    }

    void live_with_numbers() {
        auto const header = cal::detail::base64url_encode(R"({"alg":"RS256"})") + ".";
        for (int i = 0; i < 40; ++i) {
            std::string claims = "{\"n\":[";
            for (auto count = 1 + dice_.below(4); count > 0; --count) claims.append(number()).append(count > 1 ? "," : "");
            claims += "],\"exp\":" + number() + "}";
            auto const token = header + cal::detail::base64url_encode(claims) + ".c2ln";
            module_.call("parse_claims", json_writer().string("token", token).finish(), now_);
            module_.call("platform_claims.licenses", R"({"claims":{"licenses":[)" + number() + "]}}", now_);
        }
    }

    /// Calls that nobody should make.
    void live_with_mistakes() {
        static constexpr std::array<std::string_view, 8> names{"discovery", "authorization_code_flow.start", "session.resume", "token_validation",
            "build_authorization_url", "parse_token_response", "jwk_set_source", "no such function"};
        static constexpr std::array<std::string_view, 12> members{R"("issuer":"https://auth.example.com")", R"("issuer":7)", R"("server":{})",
            R"("client":{"client_id":"app"})", R"("client":{"client_secret":"s"})", R"("options":{"limits":{"url":-1}})",
            R"("options":{"limits":{"url":1e9}})", R"("parameters":{"redirect_uri":"x"})", R"("unknown":[{}])", R"("blob":"{}")",
            R"("id_token":"a.b.c")", R"("keys":{"keys":[]})"};
        for (int i = 0; i < 60; ++i) {
            std::string json = "{";
            for (auto count = dice_.below(5); count > 0; --count) json.append(json.size() > 1 ? "," : "").append(dice_.of(members));
            json += dice_.percent(5) ? "]" : "}";
            auto const made = module_.call(dice_.of(names), json, now_, dice_.percent(20) ? std::string_view("\xff\x00{", 3) : std::string_view());
            if (auto const handle = made.handle()) {
                module_.invoke(handle, "no such method", "{}", now_);
                module_.invoke(handle, "awaiting_redirect", R"({"more":1})", now_);
                drive(handle);
                module_.drop(handle);
            }
        }
        module_.invoke(12345, "serialize", "{}", now_);
        module_.poll_result(0);
    }

    recorded_module& module_;
    chance dice_;
    sim::fault fault_;
    sim::simulated_platform platform_;
    std::string alg_;
    time_point now_{seconds(1'800'000'000)};
    milliseconds device_ahead_{0};
    std::vector<tab> tabs_;
    std::uint32_t lock_holder_ = 0;
    std::uint64_t revision_ = 0;
    std::string stored_;
    std::string server_, keys_ = R"({"keys":[]})", id_token_, access_token_, sid_, blob_;
};

} // namespace recordings
