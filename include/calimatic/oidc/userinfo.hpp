#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// The claims of a UserInfo response whose `sub` is that of the ID Token (OIDC Core 5.3). Aggregated and distributed claims are not followed.
class userinfo {
public:
    std::string_view sub() const noexcept { return *document_.root()["sub"].as_string(); }
    /// What to show; "" where the provider did not say. Not for telling users apart.
    std::string_view name() const noexcept { return document_.root()["name"].as_string().value_or(std::string_view()); }
    std::string_view email() const noexcept { return document_.root()["email"].as_string().value_or(std::string_view()); }
    std::string_view picture() const noexcept { return document_.root()["picture"].as_string().value_or(std::string_view()); }
    /// Any claim, of any JSON type.
    json operator[](std::string_view name) const noexcept { return document_.root()[name]; }
    json root() const noexcept { return document_.root(); }

private:
    friend CALIMATIC_DECL result<userinfo> parse_userinfo_response(http_response const&, std::string_view, check_options const&);
    explicit userinfo(json_document document) noexcept : document_(std::move(document)) {}
    json_document document_;
};

/// Asks for the claims, with the token in the header (OIDC Core 5.3.1). Errors: `endpoint_missing`, those of `put_bearer_token`.
CALIMATIC_DECL result<http_request> build_userinfo_request(
    server_metadata const& server, std::string_view access_token, check_options const& options = {});

/// Reads the answer, which must be about `sub`, the subject of the ID Token (5.3.2). Errors: those of `parse_resource_error`, `transport_too_large`,
/// `userinfo_content_type`, `userinfo_malformed`, those of `parse_json`, `userinfo_sub_missing`, `userinfo_sub_mismatch`.
CALIMATIC_DECL result<userinfo> parse_userinfo_response(http_response const& response, std::string_view sub, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/userinfo.ipp>
#endif
