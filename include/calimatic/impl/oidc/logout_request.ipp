#pragma once
#include <calimatic/oidc/logout_request.hpp>

#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<std::string> parse_logout_request(http_request const& request, check_options const& options) {
    detail::rule_check const rule{options};
    constexpr auto malformed = error_code::logout_request_malformed;
    if (auto e = rule(request.method == http_method::post, malformed, to_string(request.method), "POST")) return *std::move(e);
    auto const type = detail::media_type(request.headers);
    if (auto e = rule(type == "application/x-www-form-urlencoded", malformed, type, "application/x-www-form-urlencoded")) return *std::move(e);
    if (auto e = rule(request.body.size() <= options.limits.token, error_code::token_too_large)) return *std::move(e);
    auto parameters = detail::parse_form(request.body, options);
    if (!parameters) return parameters.error();
    std::string* found = nullptr;
    for (auto& [name, value] : *parameters) {
        if (name != "logout_token") continue;
        if (auto e = rule(!found, error_code::parameter_repeated, name)) return *std::move(e);
        found = &value;
    }
    if (auto e = rule(found && !found->empty(), malformed, {}, "a logout_token")) return *std::move(e);
    return std::move(*found);
}

CALIMATIC_DECL http_response build_logout_response(result<void> const& outcome) {
    http_response response{200, {{"Cache-Control", "no-store"}}, {}};
    if (outcome) return response;
    response.status = 400;
    response.headers.push_back({"Content-Type", "application/json"});
    // The rule alone: what was found in the token is nothing for whoever may have sent it.
    response.body = detail::json_writer().string("error", "invalid_request").string("error_description", outcome.error().name()).finish();
    return response;
}

} // namespace calimatic::inline CALIMATIC_ABI
