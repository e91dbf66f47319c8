#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/impl/flow/session_state.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL void session::state::sign_out(time_point now) {
    survive_clock(now);
    if (now_at == step::ended || is_signed_out) return;
    is_signed_out = true;
    sign_out_until = now + options.sign_out_wait;
    published = {};
    events.clear();
    last_error.reset();
    final_error = broken(error_code::signed_out);
    tell_end(*final_error);
    if (now_at == step::requesting_token) return; // its answer has the token to revoke
    if (now_at == step::checking) {
        in_flight = {};
        token_check.abort();
        tokens = std::exchange(received, {});
    }
    start_revocation(now);
}

CALIMATIC_DECL bool session::state::revoke(session_subject const& subject, time_point now) {
    survive_clock(now);
    if (now_at == step::ended || is_signed_out || !first_claims || (subject.sub.empty() && subject.sid.empty())) return false;
    auto const sid = latest_claims && latest_claims->sid() ? latest_claims->sid() : first_claims->sid(); // a refresh may leave it out
    bool const may_be_that_sid = sid ? *sid == subject.sid : !subject.sub.empty();                       // of its user, it may be the one
    bool const is_meant =
        first_claims->iss() == subject.iss && (subject.sub.empty() || first_claims->sub() == subject.sub) && (subject.sid.empty() || may_be_that_sid);
    if (is_meant) end_session(broken(error_code::session_revoked));
    return is_meant;
}

CALIMATIC_DECL void session::state::start_revocation(time_point now) {
    now_at = step::revoking;
    sign_out_until = now + options.sign_out_wait;
    failures = 0;
    retry_at = now;
    asked = 0;
    if (!can_revoke()) finish_sign_out();
}

CALIMATIC_DECL std::optional<http_request> session::state::poll_revocation(time_point now) {
    if (now < retry_at) return std::nullopt;
    auto request = build_revocation(clock.correct(now));
    if (request) return send(std::move(*request), now);
    last_error = std::move(request).error();
    finish_sign_out();
    return std::nullopt;
}

CALIMATIC_DECL void session::state::handle_revocation(http_response const& response, time_point now) {
    auto const revoked = parse_revocation(response);
    if (!revoked) return retry_revocation(revoked.error(), now);
    last_error.reset();
    finish_sign_out();
}

CALIMATIC_DECL void session::state::retry_revocation(error e, time_point now) {
    bool const again = e.condition() == condition::retry_later;
    wait(e, now);
    last_error = std::move(e);
    if (!again || retry_at >= sign_out_until) finish_sign_out();
}

CALIMATIC_DECL void session::state::finish_sign_out() {
    auto const kept = last_error;
    forget();
    last_error = kept;
}

} // namespace calimatic::inline CALIMATIC_ABI
