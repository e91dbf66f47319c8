#pragma once
#include <calimatic/platform/provision_batch.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/core/error.ipp>
#include <calimatic/impl/platform/credentials.ipp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_reply.ipp>
#include <calimatic/impl/platform/user.ipp>
#include <calimatic/platform/platform_request.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// A user as JSON.
CALIMATIC_DECL std::string write_batch_user(batch_user const& user) {
    json_writer writer;
    writer.string("email", user.email).optional_string("firstName", user.first_name).optional_string("lastName", user.last_name);
    writer.optional_string("organizationId", user.organization_id).optional_string("role", user.role);
    if (user.applications) writer.strings("applications", *user.applications);
    return writer.finish();
}

/// The id of a user, short enough to be kept for many: one that is too long, or that would end a line, is none.
inline std::string_view id_to_keep(std::string_view id) noexcept {
    constexpr std::size_t most = 255;
    bool const fits = id.size() <= most && std::none_of(id.begin(), id.end(), [](char c) { return c >= 0 && c < 0x20; });
    return fits ? id : std::string_view();
}

/// What the rows of a reply say of one user.
struct row_evidence {
    bool was_reported = false;
    bool is_there = false;
    bool is_refused = false;
    bool is_new = false;
    bool is_old = false;
    platform_words words{};
    std::string user_id{};
    std::string keycloak_user_id{};
};

/// Finds the rows of a reply.
class row_search {
public:
    explicit row_search(std::vector<batch_user> const& sent) : evidence(sent.size()) {
        for (std::size_t i = 0; i < sent.size(); ++i) places_.emplace(comparable_address(sent[i].email), i);
    }

    /// `name` is the member that leads here. The nesting is bounded: the document was parsed.
    void look_at(json node, std::string_view name) {
        if (node.kind() == json_kind::array) {
            bool const of_refused = is_name_of_refused(name);
            for (std::size_t i = 0; i < node.size(); ++i) {
                if (auto const place = place_of(node[i])) read_row(node[i], *place, of_refused);
                look_at(node[i], name);
            }
        } else if (node.kind() == json_kind::object) {
            for (std::size_t i = 0; i < node.size(); ++i) {
                auto const value = node.member_value(i);
                auto const place = value.kind() == json_kind::object ? find(node.member_name(i)) : std::nullopt;
                if (place) read_row(value, *place, is_name_of_refused(name));
                look_at(value, place ? name : node.member_name(i));
            }
        }
    }

    bool found_any() const noexcept {
        return std::any_of(evidence.begin(), evidence.end(), [](row_evidence const& one) { return one.was_reported; });
    }

    std::vector<row_evidence> evidence;

private:
    static bool is_name_of_refused(std::string_view name) {
        static constexpr std::string_view parts[] = {"fail", "error", "reject", "refus", "invalid"};
        auto const lower = ascii_lower(name);
        return std::any_of(std::begin(parts), std::end(parts), [&lower](std::string_view part) { return lower.find(part) != std::string::npos; });
    }

    std::optional<std::size_t> find(std::string_view email) const {
        auto const found = places_.find(comparable_address(email));
        return found == places_.end() ? std::nullopt : std::optional(found->second);
    }

    /// Which user a row is about: by its own `email`, or by the only one of the objects in it.
    std::optional<std::size_t> place_of(json row) const {
        if (row.kind() != json_kind::object) return std::nullopt;
        if (auto const email = row["email"].as_string()) return find(*email);
        std::optional<std::size_t> place;
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const email = row.member_value(i)["email"].as_string();
            if (!email) continue;
            auto const found = find(*email);
            if (!found || (place && place != found)) return std::nullopt;
            place = found;
        }
        return place;
    }

    void read_row(json row, std::size_t place, bool of_refused) {
        auto& one = evidence[place];
        one.was_reported = true;
        one.is_refused = one.is_refused || of_refused;
        read_members(row, one);
        for (std::size_t i = 0; i < row.size(); ++i) {
            auto const member = row.member_value(i);
            auto const email = member["email"].as_string();
            bool const is_about_another = email && find(*email) != place;
            if (row.member_name(i) != "error" && !is_about_another) read_members(member, one);
        }
    }

    static void read_members(json object, row_evidence& one) {
        if (object.kind() != json_kind::object) return;
        auto const success = object["success"].as_bool();
        auto const is_new = object["isNewUser"].as_bool();
        read_id(object["userId"], one.user_id);
        read_id(object["keycloakUserId"], one.keycloak_user_id);
        one.is_new = one.is_new || is_new == true;
        one.is_old = one.is_old || is_new == false;
        one.is_there = one.is_there || success == true || is_new || !one.user_id.empty();
        bool const is_refused =
            success == false || says_something(object["error"]) || says_something(object["errors"]) || says_something(object["failed"]);
        one.is_refused = one.is_refused || is_refused;
        if (!one.words.code.empty() || !one.words.text.empty()) return;
        auto words = words_in(object);
        if (is_refused || !words.code.empty()) one.words = std::move(words);
        if (auto const first = object["errors"][0].as_string(); first && one.words.text.empty()) one.words.text = *first;
    }

    static bool says_something(json value) noexcept {
        if (value.kind() == json_kind::array || value.kind() == json_kind::object) return value.size() > 0;
        if (auto const text = value.as_string()) return !text->empty();
        return value.has_value() && value.as_bool() != false;
    }

    static void read_id(json value, std::string& id) {
        if (id.empty()) id = id_to_keep(value.as_string().value_or(""));
    }

    std::unordered_map<std::string, std::size_t> places_;
};

/// The error of an outcome, with the platform's words about one user, short enough to be kept for many.
CALIMATIC_DECL error error_of(provision_outcome outcome, std::string_view server_error, std::string_view server_text, int status) {
    constexpr std::size_t longest_code = 64, longest_text = 200;
    auto const code = outcome == provision_outcome::refused ? error_code::user_refused
        : outcome == provision_outcome::unconfirmed         ? error_code::user_unconfirmed
                                                            : error_code::user_outcome_unknown;
    return error(code).with_server(cut_utf8(server_error, longest_code), cut_utf8(server_text, longest_text)).with_http_status(status);
}

inline provision_row row_of(row_evidence&& said, int status, platform_credentials const& credentials) {
    using enum provision_outcome;
    provision_row row;
    row.was_reported = said.was_reported;
    row.user_id = std::move(said.user_id);
    row.keycloak_user_id = std::move(said.keycloak_user_id);
    if (said.is_there && !said.is_refused) {
        row.outcome = said.is_new == said.is_old ? provisioned : said.is_new ? created : existing;
    } else {
        row.outcome = said.is_refused && !said.is_there ? refused : unconfirmed;
        row.error = without_credentials(error_of(row.outcome, said.words.code, said.words.text, status), credentials);
    }
    return row;
}

} // namespace detail

CALIMATIC_DECL result<void> validate_batch_user(batch_user const& user, check_options const& options) {
    struct member {
        std::string_view name;
        std::string_view value;
        detail::member_length length;
    };
    member const members[] = {{"email", user.email, {1, 255}}, {"firstName", user.first_name, {0, 100}}, {"lastName", user.last_name, {0, 100}},
        {"organizationId", user.organization_id, {0, 255}}, {"role", user.role, {0, 50}}};
    detail::rule_check const rule{options};
    for (auto const& [name, value, length] : members)
        if (auto e = detail::check_member(rule, name, value, length)) return *std::move(e);
    if (auto e = detail::check_applications(rule, user.applications)) return *std::move(e);
    return {};
}

CALIMATIC_DECL result<http_request> build_provision_batch_request(
    platform_client const& platform, user_batch const& batch, check_options const& options) {
    detail::rule_check const rule{options};
    auto const size = batch.users.size();
    bool const fits = size >= 1 && size <= user_batch::most_users;
    if (auto e = rule(fits, error_code::batch_size_invalid, std::to_string(size))) return *std::move(e);
    std::unordered_map<std::string, std::size_t> addresses;
    std::string users;
    for (auto const& user : batch.users) {
        if (auto const valid = validate_batch_user(user, options); !valid) return valid.error();
        bool const is_first = addresses.emplace(detail::comparable_address(user.email), 0).second;
        if (auto e = rule(is_first, error_code::batch_size_invalid, "an address twice")) return *std::move(e);
        users.append(users.empty() ? "[" : ",").append(detail::write_batch_user(user));
    }
    detail::json_writer writer;
    writer.raw("users", users + ']').optional_string("defaultOrganizationId", batch.default_organization_id);
    if (batch.send_invite_emails) writer.boolean("sendInviteEmails", *batch.send_invite_emails);
    return build_platform_request(platform, http_method::post, "/api/v1/users/provision/bulk", writer.finish(), options);
}

CALIMATIC_DECL std::string_view to_string(provision_outcome outcome) noexcept {
    switch (outcome) {
    case provision_outcome::created: return "created";
    case provision_outcome::existing: return "existing";
    case provision_outcome::provisioned: return "provisioned";
    case provision_outcome::refused: return "refused";
    case provision_outcome::unconfirmed: return "unconfirmed";
    case provision_outcome::unknown: return "unknown";
    case provision_outcome::duplicate: break;
    }
    return "duplicate";
}

CALIMATIC_DECL result<provision_batch_response> parse_provision_batch_response(
    http_response const& response, platform_client const& platform, std::vector<batch_user> const& sent, check_options const& options) {
    provision_batch_response reply;
    reply.status = response.status;
    detail::row_search search(sent);
    auto envelope = parse_platform_response(response, platform, options);
    if (envelope) {
        search.look_at(envelope->document.root(), {});
        reply.document = std::move(envelope->document);
    } else {
        auto const status = response.status;
        bool const may_tell = ((status >= 200 && status <= 299) || status == 400 || status == 409 || status == 422) &&
            !(envelope.error() == error_code::headers_too_large);
        result<json_document> document = json_document();
        if (may_tell) document = parse_json(response.body, options.limits.platform_body, {options.limits, nullptr}); // looking is no decision
        bool const is_refusal = may_tell && document && (status >= 400 || document->root()["success"].as_bool() == false);
        if (is_refusal) search.look_at(document->root(), {});
        if (!search.found_any()) return std::move(envelope).error();
        reply.refusal = std::move(envelope).error();
        reply.document = std::move(*document);
    }
    for (auto& said : search.evidence) reply.rows.push_back(detail::row_of(std::move(said), response.status, platform.credentials));
    return reply;
}

} // namespace calimatic::inline CALIMATIC_ABI
