#pragma once
#include "checklist_report.hpp"
#include "private_file.hpp"
#include "simulated_world.hpp"
#include "temporary_folder.hpp"
#include <calimatic/auth.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// An application that is integrated with the platform, item by item of the checklist; each builds on those before.
class simulated_application : private simulated_world {
public:
    std::string client_registration() {
        server_ = need(cal::drive(cal::discover(platform_.issuer()), host_));
        cal::client_registration_request const wanted{
            .metadata = {.redirect_uris = {"https://myapp.example/auth/callback", "https://staging-myapp.example/auth/callback",
                             "http://localhost:3001/auth/callback"},
                .grant_types = {"authorization_code", "refresh_token"},
                .client_name = "My App",
                .scope = scope_,
                .post_logout_redirect_uris = {"https://myapp.example/signed-out"},
                .extra = R"({"loginUrl":"https://myapp.example/login"})"}};
        auto const given = need(call(host_, cal::build_client_registration_request(server_, wanted),
            [&](cal::http_response const& response) { return cal::parse_client_registration_response(response, wanted); }));

        private_file const file(folder_.path() + "/client");
        std::optional<std::string> content;
        if (auto const problem = file.write(cal::serialize(given).expose()); !problem.empty()) throw not_so{problem};
        if (auto const problem = file.read(content); !problem.empty() || !content) throw not_so{problem}; // it refuses what others may read
        registration_ = need(cal::parse_client_registration(*content));                                   // from here on, it is what was saved
        need(registration_.client_id.starts_with("cca_") && !registration_.client_secret.empty(), "there is no id, or no secret");
        platform_.directory().find_account("alice")->applications = {registration_.client_id};
        return registration_.client_id + ", and a secret, saved where nobody else can read it";
    }

    std::string redirect_uris() {
        auto const& uris = registration_.metadata.redirect_uris;
        for (auto const& uri : uris) sign_in("alice", scope_, uri);
        need(uris.size() == 3, "there should be one each for production, staging and development");
        auto other = start_sign_in(scope_, uris[0] + "/");
        need_refused(platform_.authorize(*other.authorization_url(), host_.now()), cal::error_code::authorization_error);
        auto flow = start_sign_in(scope_, uris[0]);
        auto const elsewhere =
            need(platform_.authorize(*flow.authorization_url(), host_.now(), {.sub = "alice"})).replace(0, uris[0].size(), uris[1]);
        need_refused(flow.handle_redirect(elsewhere, host_.now()), cal::error_code::redirect_not_ours);
        return "a sign-in through each of 3, and none through any other";
    }

    std::string login_page_url() {
        bool is_known = false;
        registration_ = need(call(host_, cal::build_client_read_request(server_, registration_), [&](cal::http_response const& response) {
            auto const told = cal::parse_json(response.body, response.body.size());
            is_known = told && told->root()["loginUrl"].as_string() == "https://myapp.example/login";
            return cal::parse_client_read_response(response, registration_);
        }));
        need(is_known, "the platform does not know it");
        cal::http_request arrival;
        cal::login_initiation_expectations const expected{.issuers = {server_.issuer}, .targets = {"https://myapp.example/"}};
        arrival.url =
            "https://myapp.example/login?iss=https%3A%2F%2Fauth.example.com&login_hint=alice&target_link_uri=https%3A%2F%2Fmyapp.example%2Fhome";
        need(need(cal::validate_third_party_initiated_login(arrival, expected)).login_hint == "alice", "the hint was lost");
        arrival.url = "https://myapp.example/login?iss=https%3A%2F%2Fauth.example.com&target_link_uri=https%3A%2F%2Fother.example%2F";
        need_refused(cal::validate_third_party_initiated_login(arrival, expected), cal::error_code::login_target_refused);
        return "https://myapp.example/login is registered, and leads to pages of the application only";
    }

    std::string organization_created() {
        // What an administrator of the platform does: nothing that an application can ask for.
        platform_.add_client({.client = registration_.client(),
            .redirect_uris = registration_.metadata.redirect_uris,
            .scope = scope_,
            .permissions = {"org:manage", "org:users:manage"},
            .post_logout_redirect_uris = registration_.metadata.post_logout_redirect_uris});
        calling_ = {platform_.issuer(), cal::app_client{registration_.client_id, registration_.client_secret.clone()}};

        auto const create = [&] {
            return need(call(host_, cal::build_create_organization_request(calling_, {.name = "My App", .slug = "my-app", .type = "customer"}),
                [&](cal::http_response const& response) { return cal::parse_create_organization_response(response, calling_); }));
        };
        auto const first = create(), again = create();
        need(first.created && !again.created && first.id == again.id, "once more should find the same");
        auto const found = need(call(host_, cal::build_find_organization_request(calling_, "my-app"),
            [&](cal::http_response const& response) { return cal::parse_find_organization_response(response, calling_, "my-app"); }));
        need(found && found->id == first.id, "it is not found by its slug");
        organization_id_ = first.id;
        platform_.directory().find_account("alice")->organization_id = organization_id_;
        return "my-app is " + organization_id_ + "; once more (409) is the same";
    }

    std::string scopes() {
        auto const user = sign_in("alice", scope_);
        need(!user.scope_reduced && cal::scope_covers(user.tokens.scope, scope_), "less was granted: " + user.tokens.scope);
        need(sign_in("alice", scope_ + " permissions").scope_reduced, "more was granted than is registered");
        return "granted: " + user.tokens.scope;
    }

    std::string oidc_config() {
        need(platform_.inject("disc-issuer-wrong"));
        need_refused(cal::drive(cal::discover(platform_.issuer()), host_), cal::error_code::metadata_issuer_mismatch);
        server_ = need(cal::drive(cal::discover(platform_.issuer()), host_));
        auto const keys = need(call(host_, cal::build_jwk_set_request(server_.jwks_uri),
            [](cal::http_response const& response) { return cal::parse_jwk_set_response(response); }));
        need(!keys.keys.empty(), "there are no keys");
        return server_.issuer + " tells its endpoints and " + std::to_string(keys.keys.size()) + " keys, and nobody else is believed";
    }

    std::string login_flow() {
        auto flow = start_sign_in(scope_, registration_.metadata.redirect_uris[0]);
        auto const forged = registration_.metadata.redirect_uris[0] + "?code=stolen&state=forged";
        need_refused(flow.handle_redirect(forged, host_.now()), cal::error_code::state_mismatch);
        auto session = open_session(finish_sign_in(flow, "alice"));
        need(userinfo(session));
        return std::string(session.claims()->name()) + " is back with a session, which UserInfo accepts; a forged return was refused";
    }

    std::string organization_context() {
        auto const user = sign_in("alice", scope_);
        need(need(cal::require_organization(user.claims, user.tokens.scope)) == organization_id_, "it is another organization");
        auto const without = sign_in("alice", "openid profile");
        need_refused(cal::require_organization(without.claims, without.tokens.scope), cal::error_code::organization_scope_missing);
        return "organization_id is " + organization_id_ + "; a sign-in without it is refused";
    }

    std::string user_provisioning() {
        auto const provision = [&] {
            return need(call(host_,
                cal::build_provision_user_request(calling_,
                    {.email = "jane@school.example",
                        .first_name = "Jane",
                        .last_name = "Smith",
                        .organization_id = organization_id_,
                        .role = "member",
                        .send_invite_email = true}),
                [&](cal::http_response const& response) { return cal::parse_provision_user_response(response, calling_); }));
        };
        auto const first = provision(), again = provision();
        need(first.is_new_user == true && again.is_new_user == false && first.user_id == again.user_id, "once more should find the same user");
        jane_ = first.user_id;
        need(platform_.directory().find_account(jane_)->invitations > 0, "no mail was sent");
        return "jane@school.example is " + jane_ + ", and invited; once more is the same";
    }

    std::string auto_licensing() {
        need(cal::require_license(resolve("jane@school.example")));
        need_refused(cal::require_license(resolve("bob@myapp.example")), cal::error_code::app_not_licensed);
        need_refused(cal::require_license(resolve("nobody@myapp.example")), cal::error_code::user_not_found);
        return "who was provisioned has a licence; bob, who was not, has none";
    }

    std::string token_refresh() {
        auto session = open_session(sign_in("alice", scope_));
        auto const before = platform_.count(cal::testing::simulated_endpoint::token);
        for (int minute = 0; minute < 8 * 60; ++minute) {
            work(session, host_.now() + std::chrono::minutes(1));
            need(session.access_token(host_.now()));
            need(session.expires_at() > host_.now(), "the access token is over");
        }
        need(userinfo(session));
        auto const refreshes = platform_.count(cal::testing::simulated_endpoint::token) - before;
        need(refreshes >= 8, "there were too few");
        return "8 hours with access tokens of 1 hour: " + std::to_string(refreshes) + " refreshes, each before expiry";
    }

    std::string logout() {
        auto session = open_session(sign_in("alice", scope_));
        auto const pending = need(cal::make_pending_logout(registration_.metadata.post_logout_redirect_uris[0], random_));
        auto const url = need(cal::build_end_session_url(server_, registration_.client(), pending, {.id_token_hint = session.id_token()}));
        session.sign_out(host_.now());
        work(session, host_.now() + std::chrono::minutes(1));
        need(session.has_ended() && !session.access_token(host_.now()), "the session goes on");
        need(platform_.count(cal::testing::simulated_endpoint::revocation) == 1, "nothing was revoked");
        need(cal::validate_end_session_response(need(platform_.end_session(url, host_.now())), pending));
        need_refused(
            cal::validate_end_session_response(pending.post_logout_redirect_uri + "?state=forged", pending), cal::error_code::logout_state_mismatch);
        return "the session is cleared, its tokens are revoked, and the end-session endpoint leads back to " + pending.post_logout_redirect_uri;
    }

    std::string webhook_subscriptions() {
        static constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        auto const events = {"user.deleted", "user.suspended", "user.updated", "license.revoked"};
        cal::webhook_registration const wanted{.url = "https://myapp.example/webhooks", .events = {events.begin(), events.end()}, .secret = secret};
        auto const webhook = need(call(host_, cal::build_create_webhook_request(calling_, wanted),
            [&](cal::http_response const& response) { return cal::parse_webhook_response(response, calling_, secret); }));
        cal::webhook_signature_profile const signature =
            cal::standard_webhooks_profile(); // that of the real platform is to be filled in, as is the next
        cal::webhook_payload_profile const payload{.event = "/type", .user_id = "/data/userId", .application = "/data/application"};
        std::vector<cal::secret_string> keys;
        keys.emplace_back(secret);
        cal::replay_cache seen;
        for (auto const* event : events) {
            auto session = open_session(sign_in("alice", scope_));
            platform_.directory().events.push_back({event, "alice", organization_id_, registration_.client_id});
            auto delivery = platform_.poll_webhook_delivery(host_.now());
            need(delivery.has_value(), std::string("nothing was delivered of ") + event);
            need_refused(cal::verify_webhook(delivery->body + " ", delivery->headers, signature, keys, host_.now(), &seen),
                cal::error_code::webhook_signature_invalid);
            auto const verified = need(cal::verify_webhook(delivery->body, delivery->headers, signature, keys, host_.now(), &seen));
            auto const told = need(cal::parse_webhook_event(verified, payload));
            need_refused(cal::verify_webhook(delivery->body, delivery->headers, signature, keys, host_.now(), &seen), cal::error_code::replayed);
            need(told.name == event && told.user_id == "alice", "it tells of something else");
            act_upon(told, session);
            need(session.has_ended() == (told.type != cal::webhook_event_type::user_updated), "the session should have ended: " + told.name);
            platform_.handle_webhook_answer(delivery->id, cal::build_webhook_response(cal::result<void>()).status, host_.now());
        }
        auto const log = need(call(host_, cal::build_webhook_deliveries_request(calling_, webhook.id),
            [&](cal::http_response const& response) { return cal::parse_webhook_deliveries_response(response, calling_); }));
        need(log.deliveries.size() == events.size(), "the log of deliveries has another number");
        return "4 events delivered, verified and acted upon; forged and repeated ones were refused";
    }

    std::string user_lifecycle_sync() {
        auto session = open_session(sign_in("alice", scope_));
        // The documentation does not say where. An id in a path is percent-encoded, unless it is made of letters as this one.
        need(call(host_, cal::build_platform_request(calling_, cal::http_method::delete_, "/api/v1/users/alice"),
            [&](cal::http_response const& response) { return cal::parse_platform_response(response, calling_); }));
        need(!resolve("alice@myapp.example"), "the platform still knows her");
        work(session, host_.now() + std::chrono::hours(1));
        need(session.has_ended(), "her session goes on");
        return "alice was deleted in the application: the platform does not know her any more, and refreshes nothing (path of this play's own)";
    }

    std::string error_handling() {
        auto session = open_session(sign_in(jane_, scope_));
        host_.advance(std::chrono::minutes(1));
        need(platform_.inject("ui-401"));
        std::string const refused(need(session.access_token(host_.now())));
        need_refused(userinfo(session), cal::error_code::invalid_token);
        need(session.handle_unauthorized(refused, host_.now()), "no other token is to be had");
        work(session, host_.now());
        need(session.access_token(host_.now()) && *session.access_token(host_.now()) != refused, "there is no other token");
        need(userinfo(session));

        auto const denied = [&](cal::testing::user_decision const& decision) {
            auto flow = start_sign_in(scope_, registration_.metadata.redirect_uris[0]);
            auto const url = need(platform_.authorize(*flow.authorization_url(), host_.now(), decision));
            auto const answer = flow.handle_redirect(url, host_.now());
            need_refused(answer, cal::error_code::authorization_error);
            return answer.error();
        };
        auto const cancel = denied({.sub = jane_, .allow = false}), unlicensed = denied({.sub = "bob"});
        need(cancel.server_error() == "access_denied" && cancel.condition() == cal::condition::access_refused, cancel.message());
        need(unlicensed.server_error() == "access_denied", unlicensed.message()); // the same words: who may use the application is for resolve to say
        need(cal::require_license(resolve("jane@school.example")));
        need_refused(cal::require_license(resolve("bob@myapp.example")), cal::error_code::app_not_licensed);
        auto const later = denied({.sub = jane_, .allow = false, .error = "temporarily_unavailable"});
        need(later.condition() == cal::condition::authorize_again, later.message());
        return "invalid_token: a fresh token, and on; access_denied: resolve tells who pressed Cancel from who has no licence";
    }

    std::string test_with_real_users() {
        auto user = sign_in(jane_, scope_);
        need(user.claims.email() == "jane@school.example", "it is somebody else");
        need(need(cal::require_organization(user.claims, user.tokens.scope)) == organization_id_, "it is another organization");
        need(cal::require_license(resolve(user.claims.email())));
        auto session = open_session(std::move(user));
        auto const saved = serialize(session);
        auto next = need(cal::session::resume(cal::oauth_refresh{server_, registration_.client()}, saved.expose(), random_, host_.now()));
        work(next, host_.now() + std::chrono::hours(2));
        auto const info = need(userinfo(next));
        return std::string(info.name()) + " signed in, consented, and used the application for 2 hours, over a restart";
    }

private:
    /// What is kept of a user is read anew; who may not use the application any more is signed out of it.
    void act_upon(cal::webhook_event const& event, cal::session& session) {
        if (event.type == cal::webhook_event_type::user_updated) {
            need(resolve("alice@myapp.example").has_value(), "she is not known any more");
            return;
        }
        bool const is_ours = event.type != cal::webhook_event_type::license_revoked || event.application == registration_.client_id;
        if (is_ours) session.revoke({.iss = server_.issuer, .sub = *event.user_id}, host_.now());
    }

    std::string const scope_ = "openid profile email organization";
    temporary_folder folder_;
    std::string organization_id_, jane_;
};

} // namespace example
