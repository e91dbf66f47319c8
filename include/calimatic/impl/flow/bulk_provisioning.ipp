#pragma once
#include <calimatic/flow/bulk_provisioning.hpp>

#include <calimatic/impl/flow/bulk_answers.ipp>
#include <calimatic/impl/flow/bulk_blob.ipp>
#include <calimatic/impl/flow/bulk_input.ipp>
#include <calimatic/impl/flow/bulk_settling.ipp>
#include <calimatic/impl/flow/bulk_state.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// What would otherwise be found out only when the first batch leaves.
CALIMATIC_DECL result<std::unique_ptr<bulk_provisioning::state>> bulk_provisioning::state::make(
    platform_client platform, detail::bulk_input input, random_source& random, time_point now, bulk_options options) {
    auto const size = options.batch_size;
    bool const fits = size >= 1 && size <= user_batch::most_users;
    if (auto e = detail::rule_check{options.check}(fits, error_code::batch_size_invalid, std::to_string(size))) return *std::move(e);
    user_batch const example{{{.email = "a@b", .first_name = "a", .last_name = "b"}}, options.default_organization_id, options.send_invite_emails};
    if (auto const request = build_provision_batch_request(platform, example, options.check); !request) return request.error();
    auto const seed = detail::make_jitter_seed(random);
    if (!seed) return seed.error();
    if (auto begun = input.begin(platform, options); !begun) return std::move(begun).error();
    return std::make_unique<state>(std::move(platform), std::move(input), *seed, now, std::move(options));
}

/// A range is read as a whole before anything of it is sent.
CALIMATIC_DECL result<void> bulk_provisioning::state::read_range() {
    while (input.position() < input.size()) {
        auto read = input.next();
        if (!read) return std::move(read).error();
        auto& outcome = (*read)->outcome;
        is_unsent.push_back(outcome.has_value());
        if (outcome) finish_unsent(std::move(*outcome));
    }
    return {};
}

CALIMATIC_DECL result<bulk_provisioning> bulk_provisioning::begin(
    platform_client platform, detail::bulk_input input, random_source& random, time_point now, bulk_options options) {
    auto made = state::make(std::move(platform), std::move(input), random, now, std::move(options));
    if (!made) return std::move(made).error();
    if (auto read = (*made)->read_range(); !read) return std::move(read).error();
    return bulk_provisioning(std::move(*made));
}

CALIMATIC_DECL result<bulk_provisioning> bulk_provisioning::take_up(
    platform_client platform, detail::bulk_input input, std::string_view blob, random_source& random, time_point now, bulk_options options) {
    auto saved = detail::read_bulk(blob, options.check);
    if (!saved) return std::move(saved).error();
    auto made = state::make(std::move(platform), std::move(input), random, now, std::move(options));
    if (!made) return std::move(made).error();
    if (auto restored = (*made)->restore(std::move(*saved), now); !restored) return std::move(restored).error();
    return bulk_provisioning(std::move(*made));
}

CALIMATIC_DECL result<bulk_provisioning> bulk_provisioning::start(
    platform_client platform, std::vector<batch_user> users, random_source& random, time_point now, bulk_options options) {
    detail::bulk_input input(std::move(users), nullptr, options.check);
    return begin(std::move(platform), std::move(input), random, now, std::move(options));
}
CALIMATIC_DECL result<bulk_provisioning> bulk_provisioning::start(
    platform_client platform, std::unique_ptr<user_source> users, random_source& random, time_point now, bulk_options options) {
    detail::bulk_input input({}, std::move(users), options.check);
    return begin(std::move(platform), std::move(input), random, now, std::move(options));
}
CALIMATIC_DECL result<bulk_provisioning> bulk_provisioning::resume(
    platform_client platform, std::vector<batch_user> users, std::string_view blob, random_source& random, time_point now, bulk_options options) {
    detail::bulk_input input(std::move(users), nullptr, options.check);
    return take_up(std::move(platform), std::move(input), blob, random, now, std::move(options));
}
CALIMATIC_DECL result<bulk_provisioning> bulk_provisioning::resume(platform_client platform, std::unique_ptr<user_source> users,
    std::string_view blob, random_source& random, time_point now, bulk_options options) {
    detail::bulk_input input({}, std::move(users), options.check);
    return take_up(std::move(platform), std::move(input), blob, random, now, std::move(options));
}

CALIMATIC_DECL bulk_provisioning::bulk_provisioning(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
CALIMATIC_DECL bulk_provisioning::bulk_provisioning(bulk_provisioning&&) noexcept = default;
CALIMATIC_DECL bulk_provisioning& bulk_provisioning::operator=(bulk_provisioning&&) noexcept = default;
CALIMATIC_DECL bulk_provisioning::~bulk_provisioning() = default;

CALIMATIC_DECL bulk_counts const& bulk_provisioning::counts() const noexcept { return state_->counts; }
CALIMATIC_DECL std::uint64_t bulk_provisioning::generation() const noexcept { return state_->generation; }
CALIMATIC_DECL bool bulk_provisioning::handle_saved(std::uint64_t generation) { return state_->handle_saved(generation); }
CALIMATIC_DECL std::optional<bulk_event> bulk_provisioning::poll_event() { return state_->poll_event(); }

CALIMATIC_DECL std::optional<http_request> bulk_provisioning::poll_request(time_point now) { return state_->poll(now); }
CALIMATIC_DECL bool bulk_provisioning::handle_response(request_id id, http_response response, time_point now) {
    return state_->handle(id, std::move(response), now);
}
CALIMATIC_DECL bool bulk_provisioning::handle_failure(request_id id, transport_failure failure, time_point now) {
    return state_->handle(id, failure, now);
}
CALIMATIC_DECL std::optional<time_point> bulk_provisioning::next_deadline() const { return state_->next_deadline(); }
CALIMATIC_DECL void bulk_provisioning::abort() { state_->abort(); }
CALIMATIC_DECL std::optional<result<bulk_counts>> bulk_provisioning::poll_result() { return std::exchange(state_->final_result, std::nullopt); }

} // namespace calimatic::inline CALIMATIC_ABI
