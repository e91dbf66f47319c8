#include <calimatic/auth.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/form.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz.hpp"
#include "play.hpp"
#include "support/keys.hpp"

/// \file
/// Bulk provisioning: the replies to a batch, and the machine against a platform and a host that the fuzzer plays.

namespace fuzz {

namespace {

constexpr std::string_view client_secret = "ccas_the-secret-0123456789";

cal::platform_client platform() { return {"https://auth.example", cal::app_client{"cca_1", cal::secret_string(client_secret)}}; }

cal::batch_user user(std::string email) { return {.email = std::move(email), .first_name = "Ada", .last_name = "Lovelace"}; }

bool is_there(cal::provision_outcome outcome) {
    using enum cal::provision_outcome;
    return outcome == created || outcome == existing || outcome == provisioned;
}

void provision_batch(std::string_view input) {
    std::vector<cal::batch_user> const sent{user("a@x.example"), user("b@x.example"), user("c@x.example")};
    auto const answer = response_of(input);
    auto const reply = cal::parse_provision_batch_response(answer, platform(), sent);
    if (!reply) {
        require_fit(reply.error());
        require(!tells(reply.error(), client_secret), "no error tells a secret");
        return;
    }
    require(reply->rows.size() == sent.size(), "each user has a row");
    bool const is_success = answer.status >= 200 && answer.status <= 299;
    require(is_success || (reply->refusal && answer.status >= 400 && answer.status <= 499), "a failure is told");
    bool is_anybody_reported = false;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        auto const& row = reply->rows[i];
        is_anybody_reported = is_anybody_reported || row.was_reported;
        require(row.was_reported || row.outcome == cal::provision_outcome::unconfirmed, "who is not reported is unconfirmed");
        require(row.error.has_value() == !is_there(row.outcome), "whoever is not there has an error");
        require(row.user_id.size() <= 255 && row.keycloak_user_id.size() <= 255, "ids are short");
        if (!row.error) continue;
        require_fit(*row.error);
        require(!tells(*row.error, client_secret), "no error tells a secret");
        require(row.error->server_text().size() <= 200, "what is kept is short");
    }
    require(!reply->refusal || is_anybody_reported, "a refusal that tells of nobody is an error");
}

void batch_user(std::string_view input) {
    reader in(input);
    cal::batch_user one{.email = in.text(), .first_name = in.text(), .last_name = in.text(), .organization_id = in.text(), .role = in.text()};
    if (in.flag()) one.applications = std::vector{in.text()};
    auto const valid = cal::validate_batch_user(one);
    auto const request = cal::build_provision_batch_request(platform(), {.users = {one}, .default_organization_id = in.text()});
    require(valid || !request, "who is not valid is not sent");
    if (!valid) return require_fit(valid.error());
    if (!request) return require_fit(request.error());
    auto const body = cal::parse_json(request->body, request->body.size());
    require(body.has_value(), "a request is JSON");
    auto const sent = body->root()["users"][0];
    require(sent["email"].as_string() == one.email && sent["firstName"].as_string().value_or("") == one.first_name &&
            sent["lastName"].as_string().value_or("") == one.last_name,
        "a user is sent as given");
}

/// Users who are partly the same, or not fit to be sent.
std::vector<cal::batch_user> make_users(reader& in) {
    std::vector<cal::batch_user> users;
    auto const count = 3 + in.choose(8);
    for (unsigned i = 0; i < count; ++i) {
        auto const kind = in.choose(16);
        auto email = std::string(1, static_cast<char>('a' + (kind == 1 ? 0 : i))) + "@x.example";
        if (kind == 2) email[0] = static_cast<char>(email[0] - 'a' + 'A');
        if (kind == 3) email = ' ' + email;
        if (kind == 4) email = in.text();
        users.push_back(user(std::move(email)));
        if (kind == 5) users.back().role.assign(51, 'x');
    }
    return users;
}

struct listed final : cal::user_source {
    std::vector<cal::batch_user> all;
    std::size_t at = 0;
    explicit listed(std::vector<cal::batch_user> users) : all(std::move(users)) {}
    cal::result<std::optional<cal::batch_user>> next() override {
        return at == all.size() ? std::optional<cal::batch_user>() : std::optional(all[at++]);
    }
};

/// Honest until the fuzzer decides otherwise. Nobody is to be sent again who may have been provisioned, unless it said that there is nobody.
class server {
public:
    explicit server(reader& in) : in_(in) {}

    cal::result<cal::http_response, cal::transport_failure> answer(cal::http_request const& request) {
        bool const is_batch = request.method == cal::http_method::post;
        auto const what = in_.choose(12);
        std::vector<std::string> addresses;
        if (is_batch) {
            auto const body = cal::parse_json(request.body, request.body.size());
            require(body.has_value(), "a request is JSON");
            auto const users = body->root()["users"];
            for (std::size_t i = 0; i < users.size(); ++i) {
                addresses.push_back(cal::detail::ascii_lower(*users[i]["email"].as_string()));
                require(in_doubt.insert(addresses.back()).second, "nobody is sent twice who may be there");
            }
        } else {
            auto const form = cal::detail::parse_form(request.url.substr(request.url.find('?') + 1), {});
            require(form && form->size() == 1 && form->front().name == "email", "a look-up is by address");
            addresses.push_back(cal::detail::ascii_lower(form->front().value));
        }
        using failure = cal::transport_failure;
        switch (what) {
        case 1: // it did not act, and says so
            for (auto const& one : addresses)
                if (is_batch) in_doubt.erase(one);
            return cal::http_response{in_.flag() ? 429 : 503, {{"Retry-After", in_.text()}}, in_.text()};
        case 2:
            for (auto const& one : addresses)
                if (is_batch) in_doubt.erase(one);
            return failure::not_sent;
        case 3: // refused as a whole
            for (auto const& one : addresses)
                if (is_batch) in_doubt.erase(one);
            return cal::http_response{400, {}, R"({"success":false,"error":"no )" + std::string(client_secret) + "\"}"};
        case 4: return static_cast<failure>(2 + in_.choose(3)); // it may have acted
        case 5: return cal::http_response{in_.flag() ? 500 : 504, {}, in_.text()};
        case 6: {
            auto response = honest(is_batch, addresses);
            response.body.resize((std::min)(response.body.size(), std::size_t{in_.byte()}));
            return response;
        }
        case 7: return cal::http_response{200, {}, R"({"success":true,"data":)" + in_.text() + "}"};
        case 8: return cal::http_response{200, {}, R"({"success":false,"error":"no"})"};
        case 9: return cal::http_response{in_.flag() ? 403 : 302, {}, in_.text()};
        case 10: { // one is refused
            auto response = honest(is_batch, addresses);
            auto const row = response.body.find(R"("success":true,"userId")");
            if (row != std::string::npos) response.body.replace(row, 14, R"("success":false)");
            return response;
        }
        default: return honest(is_batch, addresses);
        }
    }

    std::set<std::string> in_doubt;

private:
    cal::http_response honest(bool is_batch, std::vector<std::string> const& addresses) {
        if (!is_batch) {
            if (provisioned_.contains(addresses[0])) return {200, {}, R"({"success":true,"data":{"userId":"1"}})"};
            in_doubt.erase(addresses[0]);
            return {404, {}, R"({"success":false,"error":"User not found"})"};
        }
        std::string rows;
        for (auto const& one : addresses) {
            provisioned_.insert(one);
            rows += (rows.empty() ? "" : ",") + (R"({"email":")" + one) + R"(","success":true,"userId":"1"})";
        }
        return {200, {}, R"({"success":true,"data":{"results":[)" + rows + "]}}"};
    }

    reader& in_;
    std::set<std::string> provisioned_;
};

void bulk_provisioning(std::string_view input) {
    reader in(input);
    host host{in};
    host.secrets.emplace_back(client_secret);
    support::seeded_random random(1);
    auto const users = make_users(in);
    bool const is_source = in.flag();
    cal::bulk_options options;
    options.batch_size = 1 + (in.choose(8) + 2) % 8;
    options.most_failures = 1 + in.choose(6);
    options.resolve_attempts = 1 + in.choose(3);
    bool const keeps_nothing = in.choose(4) == 1;
    if (keeps_nothing) options.storage = cal::storage::none;
    if (in.choose(8) == 1) options.settle_wait = cal::milliseconds(in.number());
    if (in.choose(8) == 1) options.first_wait = cal::milliseconds(in.number());

    auto begun = is_source ? cal::bulk_provisioning::start(platform(), std::make_unique<listed>(users), random, host.now, options)
                           : cal::bulk_provisioning::start(platform(), users, random, host.now, options);
    require(begun.has_value(), "a run begins");
    auto bulk = std::move(*begun);
    auto const resume = [&](std::string_view blob) {
        return is_source ? cal::bulk_provisioning::resume(platform(), std::make_unique<listed>(users), blob, random, host.now, options)
                         : cal::bulk_provisioning::resume(platform(), users, blob, random, host.now, options);
    };

    server provider(in);
    std::map<std::uint64_t, std::string> results;
    std::string saved;
    std::uint64_t saved_generation = 0;
    play driver(bulk, host);
    auto const take_events = [&] {
        bool something = false;
        while (auto const event = bulk.poll_event()) {
            something = true;
            if (event->error) host.require_harmless(*event->error);
            if (auto const& told = event->result) {
                if (told->error) host.require_harmless(*told->error);
                auto const text = std::string(to_string(told->outcome)) + told->user_id;
                require(told->index < users.size() && results.try_emplace(told->index, text).first->second == text, "a result never changes");
            }
            if (event->generation == 0) continue;
            require(!keeps_nothing && !bulk.handle_saved(event->generation + 1), "another generation is not the one that was saved");
            saved = cal::serialize(bulk);
            saved_generation = event->generation;
            require(bulk.handle_saved(event->generation), "the last generation is");
        }
        return something;
    };
    auto const idle = [&] {
        // A clock that stands at its end would never reach a deadline.
        constexpr cal::time_point latest{cal::milliseconds(249'000'000'000'000)};
        if (host.now > latest) host.move_to(latest);
        if (take_events()) return true;
        switch (in.choose(8)) {
        case 1: {                                                          // the process ends and comes back
            if (!in.flag() || saved.empty()) saved = cal::serialize(bulk); // else it is killed
            auto resumed = resume(saved);
            require(resumed.has_value(), "a run is taken up again");
            bulk = std::move(*resumed);
            driver.begin_anew();
            return true;
        }
        case 2: { // what was saved is damaged
            auto blob = cal::serialize(bulk);
            blob[std::size_t{in.byte()} * 257 % blob.size()] = static_cast<char>(in.byte());
            if (auto const resumed = resume(blob); !resumed) require_fit(resumed.error());
            if (auto const resumed = resume(in.text()); !resumed) require_fit(resumed.error());
            return false;
        }
        default: return false;
        }
    };
    auto const result = driver.run(
        [&](cal::http_request const& request) {
            require(keeps_nothing || request.method == cal::http_method::get || saved_generation == bulk.generation(),
                "a batch leaves once that is saved");
            return provider.answer(request);
        },
        idle);
    take_events();
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value(), "honest sides come to the end");
    if (!result) return;
    require(results.size() == users.size() && result->total() == users.size(), "everybody is reported");
    auto const again = resume(cal::serialize(bulk));
    require(again && again->counts() == *result, "a run that is done is done");
}

} // namespace

std::span<target const> bulk_targets() {
    static constexpr target targets[] = {
        {"provision_batch", provision_batch},
        {"batch_user", batch_user},
        {"bulk_provisioning", bulk_provisioning},
    };
    return targets;
}

} // namespace fuzz
