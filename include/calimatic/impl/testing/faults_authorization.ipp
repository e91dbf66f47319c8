#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/impl/testing/simulated_answer.ipp>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The value of a parameter of the redirect, to be changed; one is added where there is none.
inline std::string& redirect_parameter(simulated_answer& a, std::string_view name) {
    for (auto& [known, value] : a.redirect)
        if (known == name) return value;
    return a.redirect.emplace_back(name, "").second;
}
inline void remove_redirect_parameter(simulated_answer& a, std::string_view name) {
    std::erase_if(a.redirect, [name](auto const& parameter) { return parameter.first == name; });
}
inline void repeat_redirect_parameter(simulated_answer& a, std::string_view name) {
    std::string value = redirect_parameter(a, name);
    a.redirect.emplace_back(name, std::move(value));
}

inline bool has_code(simulated_answer const& a) {
    return std::any_of(a.redirect.begin(), a.redirect.end(), [](auto const& parameter) { return parameter.first == "code"; });
}

/// Faults of the authorization response (OIDC Core 3.1.2.5, RFC 9207).
inline std::span<testing::fault const> authorization_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto authorization = testing::simulated_endpoint::authorization;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"az-state-wrong", authorization, refused, redirect, "state with a 1 appended", [](answer& a) { redirect_parameter(a, "state") += '1'; }},
        {"az-state-missing", authorization, refused, redirect, "no state", [](answer& a) { remove_redirect_parameter(a, "state"); }},
        {"az-state-twice", authorization, refused, redirect, "state is there twice", [](answer& a) { repeat_redirect_parameter(a, "state"); }},
        {"az-iss-wrong", authorization, refused, redirect, "iss with a 1 appended", [](answer& a) { redirect_parameter(a, "iss") += '1'; }},
        {"az-iss-missing", authorization, refused, redirect, "no iss, although the metadata promise it", [](answer& a) { remove_redirect_parameter(a, "iss"); }},
        {"az-iss-twice", authorization, refused, redirect, "iss is there twice", [](answer& a) { repeat_redirect_parameter(a, "iss"); }},
        {"az-code-twice", authorization, refused, redirect, "code is there twice", [](answer& a) { if (has_code(a)) repeat_redirect_parameter(a, "code"); }},
        {"az-code-missing", authorization, refused, redirect, "neither code nor error", [](answer& a) { remove_redirect_parameter(a, "code"); }},
        {"az-code-empty", authorization, refused, redirect, "code is empty", [](answer& a) { if (has_code(a)) redirect_parameter(a, "code").clear(); }},
        {"az-code-and-error", authorization, refused, redirect, "an error beside the code", [](answer& a) { if (has_code(a)) redirect_parameter(a, "error") = "access_denied"; }},
        {"az-error", authorization, refused, redirect, "an error whose description has markup and a line break",
            [](answer& a) {
                remove_redirect_parameter(a, "code");
                redirect_parameter(a, "error") = "access_denied";
                redirect_parameter(a, "error_description") = "<script>alert(1)</script>\r\nSet-Cookie: a=b";
            }},
        {"az-token-in-query", authorization, accepted, redirect, "an access token and an ID Token beside the code, which must not be used",
            [](answer& a) {
                if (!has_code(a)) return;
                redirect_parameter(a, "access_token") = "front-channel-token";
                redirect_parameter(a, "id_token") = "eyJhbGciOiJub25lIn0.e30.";
            }},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
