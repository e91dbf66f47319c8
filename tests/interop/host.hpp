#pragma once
#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/curl_transport.hpp"

/// \file
/// What the tests share: the provider that run.mjs has started, and the person in front of the browser, whom it plays.

namespace interop {

namespace cal = calimatic;

/// Set by run.mjs.
inline std::string setting(char const* name) {
    char const* value = std::getenv(name);
    return value ? value : "";
}
inline std::string issuer() { return setting("CALIMATIC_INTEROP_ISSUER"); }

/// Asks run.mjs for something; what it answers, or "" and why not on stderr.
inline std::string ask(std::string const& what) {
    cal::http_request request;
    request.url = setting("CALIMATIC_INTEROP_CONTROL") + what;
    auto const response = example::curl_transport()(request);
    if (response && response->status == 200) return response->body;
    std::fprintf(stderr, "run.mjs did not do %s: %s\n", what.c_str(), response ? response->body.c_str() : "no answer");
    return {};
}

/// The person signs in and allows what is asked for, or refuses it; the URL that the browser is redirected to.
inline std::string redirected(std::string_view authorization_url, bool allow = true, std::string const& login = "alice") {
    return ask("/browser?login=" + login + (allow ? "&allow=yes" : "") + "&url=" + cal::detail::form_encode(authorization_url));
}
inline void rotate_keys() { ask("/rotate-keys"); }

/// Sends, and remembers what was sent where.
class recording_transport {
public:
    std::function<void(cal::http_request const&)> before = [](cal::http_request const&) {};

    cal::result<cal::http_response, cal::transport_failure> operator()(cal::http_request const& request) {
        before(request);
        urls_.push_back(request.url);
        return curl_(request);
    }
    auto count(std::string_view url) const { return std::count(urls_.begin(), urls_.end(), url); }

private:
    example::curl_transport curl_;
    std::vector<std::string> urls_;
};

inline cal::crypto_answer answer(cal::crypto_question const& question) { return cal::answer_inside(question); }

// The clients that run.mjs registers.
inline cal::client_information public_client() { return {.client_id = "demonstration"}; }
inline cal::client_information confidential_client(std::string method) {
    return {.client_id = method + " client:id+%", .client_secret = "&=+% \"~:;?<>#/\\", .token_endpoint_auth_method = std::move(method)};
}
inline cal::client_information client_with_algorithm(std::string alg) {
    return {.client_id = "demonstration-" + alg, .id_token_signed_response_alg = std::move(alg)};
}

} // namespace interop
