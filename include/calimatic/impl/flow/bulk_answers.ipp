#pragma once
#include <calimatic/flow/bulk_provisioning.hpp>

#include <calimatic/impl/flow/bulk_state.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL bulk_provisioning::state::verdict bulk_provisioning::state::judge(error const& e, int status) noexcept {
    bool const is_about_input = e == error_code::platform_error || e == error_code::platform_input_refused || e == error_code::user_not_found;
    bool const is_later = e.condition() == condition::retry_later;
    if (e == error_code::transport_not_sent) return verdict::wait;
    if (e == error_code::headers_too_large || status < 200) return verdict::lost;
    if (status <= 299) {
        if (is_later) return verdict::wait;
        if (is_about_input) return verdict::refused;
        return e.condition() == condition::distrust_server ? verdict::lost : verdict::final; // which is every way not to be readable
    }
    if (status <= 399) return verdict::final;
    if (status == 429 || status == 503) return verdict::wait;
    if (status >= 500 || status == 408) return verdict::lost;
    if (status == 413) return verdict::refused;
    if (is_later) return verdict::wait;
    if (status == 404) return is_about_input ? verdict::refused : verdict::final;
    bool const may_be_input = status == 400 || status == 409 || status == 422;
    bool const is_input = e.condition() == condition::correct_input || e == error_code::status_unexpected;
    return may_be_input && is_input ? verdict::refused : verdict::final;
}

CALIMATIC_DECL void bulk_provisioning::state::handle_batch(http_response const& response, time_point now) {
    auto reply = parse_provision_batch_response(response, platform, batch.users, options.check);
    if (!reply) return handle_batch_error(std::move(reply).error(), response.status, now);
    take_rows(std::move(*reply), now);
    if (auto const wanted = retry_after(response); wanted && now_at == step::resting) retry_at = now + *wanted;
}

CALIMATIC_DECL void bulk_provisioning::state::take_rows(provision_batch_response reply, time_point now) {
    failures = lost_in_a_row = lost_alone = 0;
    bool const is_somebody_there = std::any_of(reply.rows.begin(), reply.rows.end(), [](auto const& row) { return is_there(row.outcome); });
    auto sent = std::exchange(batch, {});
    for (std::size_t i = 0; i < sent.size(); ++i) {
        auto& row = reply.rows[i];
        if (row.was_reported || !reply.refusal || is_somebody_there)
            finish({sent.indices[i], std::move(sent.users[i].email), row.outcome, std::move(row.user_id), std::move(row.keycloak_user_id),
                std::move(row.error)});
        else batch.add(sent.indices[i], std::move(sent.users[i]));
    }
    most_at_once = (std::min)(2 * most_at_once, options.batch_size);
    if (batch.empty()) return rest();
    if (reply.status < 400) {
        refusal = reply.refusal;
        return begin_settling(*std::move(reply.refusal), now);
    }
    return_batch();
    rest();
}

CALIMATIC_DECL void bulk_provisioning::state::handle_batch_error(error e, int status, time_point now) {
    switch (judge(e, status)) {
    case verdict::wait: return try_again(std::move(e), step::sending, now);
    case verdict::lost:
        if (++lost_in_a_row > options.most_failures) return fail(std::move(e));
        return begin_settling(std::move(e), now);
    case verdict::refused:
        failures = 0;
        if (status >= 400) return handle_refusal(std::move(e));
        refusal = e;
        return begin_settling(std::move(e), now);
    case verdict::final: break;
    }
    if (status >= 400) return_batch();
    fail(std::move(e));
}

/// Nobody of the batch was provisioned.
CALIMATIC_DECL void bulk_provisioning::state::handle_refusal(error e) {
    if (batch_size == 1) {
        auto [index, user] = batch.take_first();
        return refuse(index, std::move(user), std::move(e));
    }
    return_batch();
    most_at_once = (batch_size + 1) / 2;
    rest();
}

/// The end of a user who was refused alone.
CALIMATIC_DECL void bulk_provisioning::state::refuse(std::uint64_t index, batch_user user, error e) {
    constexpr unsigned too_many = 10;
    auto why = detail::error_of(provision_outcome::refused, e.server_error(), e.server_text(), e.http_status());
    finish({index, std::move(user.email), provision_outcome::refused, {}, {}, std::move(why)});
    if (++refused_alone >= too_many && !somebody_is_there) return fail(std::move(e));
    rest();
}

CALIMATIC_DECL void bulk_provisioning::state::begin_settling(error e, time_point now) {
    now_at = step::settling;
    doubt = e;
    found_somebody = false;
    resolve_failures = 0;
    wait(e, lost_in_a_row, options.settle_wait, now);
}

/// Puts the batch before everybody else who waits.
CALIMATIC_DECL void bulk_provisioning::state::return_batch() {
    auto others = std::exchange(to_send, std::exchange(batch, {}));
    for (std::size_t i = 0; i < others.size(); ++i) to_send.add(others.indices[i], std::move(others.users[i]));
}

CALIMATIC_DECL void bulk_provisioning::state::rest() {
    now_at = step::resting;
    retry_at = at_once;
    refusal.reset();
    doubt.reset();
    if (to_send.empty()) most_at_once = options.batch_size;
    tell_progress();
}

} // namespace calimatic::inline CALIMATIC_ABI
