#pragma once
#include <calimatic/flow/bulk_provisioning.hpp>

#include <calimatic/impl/flow/bulk_answers.ipp>
#include <calimatic/impl/flow/bulk_state.ipp>
#include <calimatic/platform/user.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL std::optional<http_request> bulk_provisioning::state::send_resolve() {
    auto request = build_resolve_user_request(platform, batch.users.front().email, options.check);
    if (!request) {
        fail(std::move(request).error());
        return std::nullopt;
    }
    now_at = step::requesting_user;
    return send(std::move(*request));
}

CALIMATIC_DECL void bulk_provisioning::state::handle_resolve(http_response const& response, time_point now) {
    auto found = parse_resolve_user_response(response, platform, batch.users.front().email, options.check);
    if (!found) return handle_resolve_error(std::move(found).error(), response.status, now);

    failures = resolve_failures = 0;
    retry_at = at_once;
    if (auto const wanted = retry_after(response)) retry_at = now + *wanted;
    now_at = step::settling;
    auto [index, user] = batch.take_first();
    if (*found) {
        found_somebody = true;
        finish({index, std::move(user.email), provision_outcome::provisioned, std::string(detail::id_to_keep((*found)->user_id)),
            std::string(detail::id_to_keep((*found)->keycloak_user_id)), {}});
    } else if (batch_size > 1) {
        to_send.add(index, std::move(user));
    } else if (refusal) {
        return refuse(index, std::move(user), *std::exchange(refusal, std::nullopt));
    } else if (++lost_alone < most_times_lost) {
        batch.add(index, std::move(user)); // the next to be sent, so that nobody else is counted
        return_batch();
    } else {
        give_up(index, std::move(user), doubt);
    }
    finish_settling();
}

CALIMATIC_DECL void bulk_provisioning::state::handle_resolve_error(error e, int status, time_point now) {
    // An answer that can mean nothing, a page in place of "there is nobody", may be another one next time.
    auto const what = e == error_code::status_unexpected ? verdict::lost : judge(e, status);
    if (what == verdict::wait) return try_again(std::move(e), step::settling, now);
    if (what == verdict::final) return fail(std::move(e));
    // Once one could not be looked up for so long, each further one has one chance.
    if (what == verdict::lost) ++resolve_failures;
    bool const is_over = what != verdict::lost || resolve_failures >= options.resolve_attempts;
    wait(e, is_over ? 1 : resolve_failures, milliseconds{0}, now);
    now_at = step::settling;
    if (!is_over) return;
    auto [index, user] = batch.take_first();
    give_up(index, std::move(user), std::move(e));
    finish_settling();
}

CALIMATIC_DECL void bulk_provisioning::state::give_up(std::uint64_t index, batch_user user, std::optional<error> const& e) {
    using enum provision_outcome;
    auto why = e ? detail::error_of(unknown, e->server_error(), e->server_text(), e->http_status()) : detail::error_of(unknown, {}, {}, 0);
    finish({index, std::move(user.email), unknown, {}, {}, std::move(why)});
}

CALIMATIC_DECL void bulk_provisioning::state::finish_settling() {
    constexpr std::size_t many = 50; // that a crash should not have to look up again
    if (!batch.empty()) {
        if (fresh.size() >= many) tell_checkpoint();
        return;
    }
    if (!found_somebody && batch_size > 1) most_at_once = (std::min)((batch_size + 1) / 2, options.batch_size);
    auto const paced = retry_at;
    rest();
    retry_at = paced;
}

} // namespace calimatic::inline CALIMATIC_ABI
