// The platform's own claims (platform/claims): of an ID Token, or of UserInfo. They are no more trustworthy than what they were read from.

#include "calls.hpp"
#include "values.hpp"
#include <calimatic/platform/claims.hpp>

namespace bridge {
namespace {

cal::platform_claims read_claims(arguments& given) {
    auto const claims = given["claims"];
    if (claims.kind() != cal::json_kind::object) given.wrong("claims");
    return claims;
}

cal::claims_profile read_profile(arguments& given) {
    cal::claims_profile out;
    given.object("profile", [&](arguments& members) {
        out = {std::string(members.text("permissions")), std::string(members.text("roles")), std::string(members.text("organization_id"))};
    });
    return out;
}

reply write_claim(cal::result<cal::json> const& claim) {
    if (!claim) return failure(claim.error());
    return claim->has_value() ? value(json_text(claim->to_string())) : done();
}

reply write_text(std::optional<std::string_view> text) { return text ? text_value(*text) : done(); }

// clang-format off
constexpr function table[]{
    // {claims: {...}} -> text, or null
    {"platform_claims.organization_id", [](arguments& given, call const&) { return write_text(read_claims(given).organization_id()); }},
    {"platform_claims.user_type", [](arguments& given, call const&) { return write_text(read_claims(given).user_type()); }},
    // {claims: {...}} -> the claim, of whatever shape, or null
    {"platform_claims.organization_memberships", [](arguments& given, call const&) { return write_claim(read_claims(given).organization_memberships()); }},
    {"platform_claims.licenses", [](arguments& given, call const&) { return write_claim(read_claims(given).licenses()); }},
    // {claims: {...}, profile: {permissions?, roles?, organization_id?}} -> the claim, of whatever shape, or null
    {"platform_claims.permissions", [](arguments& given, call const&) {
        auto const claims = read_claims(given);
        return write_claim(claims.permissions(read_profile(given)));
    }},
    {"platform_claims.roles", [](arguments& given, call const&) {
        auto const claims = read_claims(given);
        return write_claim(claims.roles(read_profile(given)));
    }},
    // {claims: {...}, permission, profile} -> boolean
    {"platform_claims.has_permission", [](arguments& given, call const&) -> reply {
        auto const claims = read_claims(given);
        auto const permission = given.required_text("permission");
        auto const has = claims.has_permission(permission, read_profile(given));
        return has ? flag_value(*has) : failure(has.error());
    }},
    // {claims: {...}, organization_id, profile?} -> boolean
    {"platform_claims.member_of", [](arguments& given, call const&) {
        auto const claims = read_claims(given);
        auto const organization_id = given.required_text("organization_id");
        return flag_value(claims.member_of(organization_id, read_profile(given)));
    }},
    // {claims: {...}, granted_scope, options?: {limits?}} -> text
    {"require_organization", [](arguments& given, call const&) {
        auto const claims = read_claims(given);
        auto const granted_scope = given.required_text("granted_scope");
        return reply_of(cal::require_organization(claims, granted_scope, read_options(given)));
    }},
};
// clang-format on

} // namespace

functions claims_functions() { return table; }

} // namespace bridge
