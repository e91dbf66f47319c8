#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_provisioning.ipp>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// What became of one user of a batch.
struct simulated_bulk_row {
    std::string email{};
    std::string user_id{};
    std::string keycloak_user_id{};
    bool is_new = false;
    std::string refusal{}; ///< "": none

    json_members members(bool with_email, bool with_success) const {
        json_members row;
        if (with_email) row.set_string("email", email);
        if (with_success) row.set("success", refusal.empty() ? "true" : "false");
        if (!refusal.empty()) return row.set_string("error", refusal);
        row.set_string("userId", user_id).set_string("keycloakUserId", keycloak_user_id);
        return row.set("isNewUser", is_new ? "true" : "false");
    }
};

/// The data of a reply.
inline std::string bulk_data(testing::bulk_reply_shape shape, std::vector<simulated_bulk_row> const& rows) {
    using enum testing::bulk_reply_shape;
    std::string all, created, existing, failed;
    auto const add = [](std::string& list, std::string const& text) { list.append(list.empty() ? "" : ",").append(text); };
    std::int64_t refused = 0;
    json_members addresses;
    for (auto const& row : rows) {
        refused += row.refusal.empty() ? 0 : 1;
        if (shape == results) add(all, row.members(true, true).text());
        if (shape == users) add(all, row.members(false, true).set("user", json_members().set_string("email", row.email).text()).text());
        if (shape == created_and_failed) add(!row.refusal.empty() ? failed : row.is_new ? created : existing, row.members(true, false).text());
        if (shape == by_address) addresses.set(row.email, row.members(false, true).text());
    }
    json_members data;
    data.set_number("total", static_cast<std::int64_t>(rows.size())).set_number("failedCount", refused);
    switch (shape) {
    case results: return data.set("results", "[" + all + "]").text();
    case users: return "[" + all + "]";
    case created_and_failed:
        return data.set("created", "[" + created + "]").set("existing", "[" + existing + "]").set("failed", "[" + failed + "]").text();
    case by_address: return data.set("results", addresses.text()).text();
    case without_rows: break;
    }
    return data.text();
}

} // namespace detail

namespace testing {

CALIMATIC_DECL void simulated_platform::state::answer_bulk_provisioning(exchange& x) {
    constexpr std::size_t most = 500;
    auto const caller = management_caller(x, "org:users:manage");
    if (!caller) return;
    bool const is_here = detail::simulated_path(options.issuer, x.request->url) == "/api/v1/users/provision/bulk";
    if (!is_here || x.request->method != http_method::post) return give_refusal(x, 404, "There is no such endpoint");
    auto const body = management_body(x);
    if (!body) return;
    auto const sent = body->root()["users"];
    if (sent.kind() != json_kind::array || sent.size() == 0 || sent.size() > most) return give_refusal(x, 400, "users: 1 to 500 are possible");
    auto const organization_id = body->root()["defaultOrganizationId"].as_string().value_or("");
    bool const invites = body->root()["sendInviteEmails"].as_bool().value_or(false);
    auto const& how = options.bulk;
    auto const has = [](std::vector<std::string> const& addresses, std::string_view email) {
        return std::any_of(addresses.begin(), addresses.end(), [&](auto const& one) { return detail::equal_ignoring_case(one, email); });
    };

    std::vector<detail::simulated_provisioning> asked;
    std::vector<detail::simulated_bulk_row> rows;
    bool is_anybody_refused = false;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        auto read = detail::read_provisioning(sent[i], organization_id);
        auto& row = rows.emplace_back();
        row.email = sent[i]["email"].as_string().value_or("");
        if (!read) row.refusal = read.error();
        else if (has(how.refused, row.email)) row.refusal = how.refusal;
        else if (!read->organization_id.empty() && !directory.find_organization(read->organization_id))
            row.refusal = "organizationId: there is no such organization";
        is_anybody_refused = is_anybody_refused || !row.refusal.empty();
        asked.push_back(read ? std::move(*read) : detail::simulated_provisioning{});
        asked.back().send_invite_email = invites;
    }
    if (how.refuses_whole_batch && is_anybody_refused) return give_refusal(x, 400, how.refusal);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].refusal.empty()) continue;
        auto const [account, is_new] = provision(*caller, asked[i]);
        rows[i].user_id = account->user_id;
        rows[i].keycloak_user_id = account->keycloak_user_id;
        rows[i].is_new = is_new;
    }
    std::erase_if(rows, [&](auto const& row) { return has(how.left_out, row.email); });
    x.answer.body.set("success", how.success_is_for_all && is_anybody_refused ? "false" : "true");
    if (how.success_is_for_all && is_anybody_refused) x.answer.body.set_string("error", "Not all users were provisioned");
    x.answer.body.set("data", detail::bulk_data(how.shape, rows));
    apply(x, fault_stage::body);
    x.json(how.status, x.answer.body.text());
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
