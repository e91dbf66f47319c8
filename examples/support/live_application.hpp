#pragma once
#include "checklist_report.hpp"
#include "curl_transport.hpp"
#include <algorithm>
#include <calimatic/auth.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

struct live_settings {
    calimatic::platform_client platform;
    std::string organization, email, first_name, last_name; ///< "": not told
    bool write = false;                                     ///< whether anything at the platform may be changed
};

/// An application of somebody's own, of which a program without a browser finds out what it can, item by item of the checklist.
class live_application {
public:
    explicit live_application(live_settings settings) : given_(std::move(settings)) {
        if (!given_.organization.empty()) organization_.emplace(find_organization());
        if (!given_.email.empty()) user_.emplace(resolve());
    }

    std::string client_registration() {
        if (!organization_ && !user_) throw not_proven{"name an --organization or an --email: the platform shows whom it knows when it is asked"};
        if ((organization_ && *organization_) || (user_ && *user_)) return "the platform accepts its credentials";
        auto const& why = user_ ? user_->error() : organization_->error();
        if (why.http_status() == 401 || why == calimatic::error_code::platform_client_refused) throw not_so{why.message()};
        throw not_proven{why.message()};
    }
    std::string redirect_uris() { throw not_proven{"a browser is needed, with every address once: ./examples/run console_login"}; }
    std::string login_page_url() { throw not_proven{"the platform tells it to an administrator only"}; }

    std::string organization_created() {
        if (!organization_) throw not_proven{"name an --organization"};
        if (*organization_ && !**organization_ && given_.write) organization_.emplace(create_organization());
        if (!*organization_) throw not_so{organization_->error().message()};
        if (!**organization_) throw not_proven{"there is no " + given_.organization + ": with --write it is created"};
        auto const& found = ***organization_;
        return given_.organization + " is " + found.id + (found.created ? ", created now" : "");
    }

    std::string scopes() { throw not_proven{"only a sign-in tells what is granted"}; }

    std::string oidc_config() {
        server_ = need(calimatic::drive(calimatic::discover(given_.platform.base_url), send_));
        auto const keys = need(call(send_, calimatic::build_jwk_set_request(server_.jwks_uri),
            [](calimatic::http_response const& response) { return calimatic::parse_jwk_set_response(response); }));
        need(!keys.keys.empty(), "there are no keys to verify ID Tokens with");
        return server_.issuer + " tells its endpoints and " + std::to_string(keys.keys.size()) + " keys";
    }

    std::string login_flow() { throw not_proven{"a browser is needed: ./examples/run console_login"}; }
    std::string organization_context() { throw not_proven{"a signed-in user is needed, with the scope organization"}; }

    std::string user_provisioning() {
        if (!given_.write || given_.email.empty()) throw not_proven{"it gives a user an account: name an --email, and allow it with --write"};
        calimatic::new_user wanted{.email = given_.email, .first_name = given_.first_name, .last_name = given_.last_name};
        if (organization_ && *organization_ && **organization_) wanted.organization_id = (**organization_)->id;
        auto const user = need(call(send_, calimatic::build_provision_user_request(given_.platform, wanted),
            [&](calimatic::http_response const& response) { return calimatic::parse_provision_user_response(response, given_.platform); }));
        user_.emplace(resolve());
        return given_.email + " is " + user.user_id + (user.is_new_user == true ? ", created now" : "");
    }

    std::string auto_licensing() {
        if (!user_) throw not_proven{"name the --email of a user who should have a licence"};
        if (!*user_) throw not_so{user_->error().message()};
        if (!**user_) throw not_proven{"there is no " + given_.email + ": with --write it is provisioned"};
        need(calimatic::require_license(**user_));
        return given_.email + " has a licence for the application";
    }

    std::string token_refresh() { throw not_proven{"a signed-in user is needed: ./examples/run console_login --save FILE"}; }
    std::string logout() {
        if (!server_.issuer.empty() && server_.end_session_endpoint.empty()) throw not_so{"the platform tells no end-session endpoint"};
        throw not_proven{"a browser is needed"};
    }

    std::string webhook_subscriptions() {
        auto const all = call(send_, calimatic::build_list_webhooks_request(given_.platform),
            [&](calimatic::http_response const& response) { return calimatic::parse_list_webhooks_response(response, given_.platform); });
        if (!all) throw not_proven{all.error().message()};
        std::string missing;
        for (std::string_view const event : {"user.deleted", "user.suspended", "user.updated", "license.revoked"}) {
            bool const told = std::any_of(all->webhooks.begin(), all->webhooks.end(), [&](calimatic::webhook const& one) {
                return one.is_active != false && std::find(one.events.begin(), one.events.end(), event) != one.events.end();
            });
            if (!told) missing.append(missing.empty() ? "" : ", ").append(event);
        }
        if (!missing.empty()) throw not_so{"no active webhook is told of " + missing};
        return "an active webhook is told of each of the 4 events; whether it verifies them: ./examples/run webhook_receiver";
    }

    std::string user_lifecycle_sync() { throw not_proven{"it would delete a user, and the platform does not document where"}; }

    std::string error_handling() {
        auto const refused = call(send_, calimatic::build_userinfo_request(server_, "no-token-at-all"),
            [](calimatic::http_response const& response) { return calimatic::parse_userinfo_response(response, "nobody"); });
        need(!refused, "UserInfo was told to somebody without a token");
        if (refused.error() != calimatic::error_code::invalid_token) throw not_proven{refused.error().message()};
        throw not_proven{"invalid_token is understood; for access_denied a browser is needed"};
    }

    std::string test_with_real_users() { throw not_proven{"real users are needed"}; }

private:
    using organization_result = calimatic::result<std::optional<calimatic::organization>>;
    using user_result = calimatic::result<std::optional<calimatic::resolved_user>>;

    organization_result find_organization() {
        return call(
            send_, calimatic::build_find_organization_request(given_.platform, given_.organization), [&](calimatic::http_response const& response) {
                return calimatic::parse_find_organization_response(response, given_.platform, given_.organization);
            });
    }
    organization_result create_organization() {
        calimatic::new_organization const wanted{.name = given_.organization, .slug = given_.organization};
        return call(send_, calimatic::build_create_organization_request(given_.platform, wanted), [&](calimatic::http_response const& response) {
            return calimatic::parse_create_organization_response(response, given_.platform, wanted.slug)
                .transform([](calimatic::organization&& made) { return std::optional(std::move(made)); });
        });
    }
    user_result resolve() {
        return call(send_, calimatic::build_resolve_user_request(given_.platform, given_.email), [&](calimatic::http_response const& response) {
            return calimatic::parse_resolve_user_response(response, given_.platform, given_.email);
        });
    }

    live_settings given_;
    curl_transport send_;
    std::optional<organization_result> organization_;
    std::optional<user_result> user_;
    calimatic::server_metadata server_;
};

} // namespace example
