#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// Who signed in, as the headless API says it. What is "" was not said.
struct headless_user {
    std::string user_id{};
    std::string email{};
    std::string first_name{};
    std::string last_name{};
    std::string organization_id{};
    std::string org_name{};
    std::optional<std::vector<std::string>> licenses{}; ///< ids of applications; nothing: not said, as in the reply to /mfa/verify
};

/// What a headless sign-in gives. The ID Token's claims are to be trusted only once it was validated.
struct headless_tokens {
    secret_string access_token{};
    secret_string refresh_token{};
    secret_string id_token{};               ///< empty: none, which only a refresh may give
    std::optional<time_point> expires_at{}; ///< of the access token, by the platform's clock; nothing: not said, as only a refresh may
    headless_user user{};                   ///< after a refresh only what that reply said
    json_document document{};               ///< the whole reply, tokens included: secret
};

} // namespace calimatic::inline CALIMATIC_ABI
