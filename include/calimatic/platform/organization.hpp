#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// An organization that is to be created. What is "" is not sent.
struct new_organization {
    std::string name{};          ///< 1 to 255 characters
    std::string slug{};          ///< 1 to 100 lowercase letters, digits and hyphens; creating one that exists gives the one that exists
    std::string type{};          ///< "customer" (the platform's default), "partner" or "internal"
    std::string domain{};        ///< "acme.com"; at most 255 characters
    std::string plan{};          ///< "free" (the platform's default), "starter", ...: not checked, since the documented list is not complete
    std::string extra_members{}; ///< further members of the request: a JSON object, or ""
};

/// An organization as the platform knows one. Texts but the id are "" where the platform did not say.
struct organization {
    std::string id{}; ///< never ""
    std::string name{};
    std::string slug{};
    std::string type{};
    std::string domain{};
    std::string plan{};
    bool created = false;     ///< whether this call created it: not where it existed before, nor where it was looked up
    json_document document{}; ///< the whole reply, for whatever else it has
};

/// Creates an organization, for which the calling application is enabled then. Needs the permission org:manage. Errors: `platform_member_invalid` (which
/// member has not the documented length or characters), `parameter_reserved` (an extra member is one of those above), those of
/// `build_platform_request`.
CALIMATIC_DECL result<http_request> build_create_organization_request(
    platform_client const& platform, new_organization const& wanted, check_options const& options = {});

/// Reads the reply to creating one with that slug. That it exists (409) is a success with `created == false`. Errors: those of
/// `parse_platform_response`, `platform_response_malformed` (a success without an id), `organization_id_missing` (the slug exists, and the reply does not
/// say the id, or says that of another slug: look it up).
CALIMATIC_DECL result<organization> parse_create_organization_response(
    http_response const& response, platform_client const& platform, std::string_view slug, check_options const& options = {});

/// Looks an organization up by its slug. Needs the permission org:manage. Errors: `platform_member_invalid`, those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_find_organization_request(
    platform_client const& platform, std::string_view slug, check_options const& options = {});

/// Reads the reply, which is about that slug. Nothing: the platform says that there is none, by an envelope of failure with status 404 or by data that
/// are null or empty. Errors: those of `parse_platform_response`, of which `platform_response_malformed` also where the reply is about other slugs.
CALIMATIC_DECL result<std::optional<organization>> parse_find_organization_response(
    http_response const& response, platform_client const& platform, std::string_view slug, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/organization.ipp>
#endif
