#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/single_request.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// The flow that fetches an issuer's metadata (OIDC Discovery 4, RFC 8414 3), one request, for `drive` and the other drivers. `signed_metadata`
/// (RFC 8414 2.1) is ignored, so it asks no cryptographic question today; it has the seam because a host treats all flows of a sign-in alike.
class discovery {
    struct parse {
        std::string issuer;
        check_options options;
        result<server_metadata> operator()(http_response const& response) const { return parse_server_metadata_response(response, issuer, options); }
    };

public:
    using value_type = server_metadata;

    /// `options.trace` is borrowed for the flow's life. Nothing fails here: errors are the flow's result.
    explicit discovery(std::string issuer, metadata_location location = metadata_location::openid_configuration, check_options const& options = {})
        : request_(build_server_metadata_request(issuer, location, options), parse{issuer, options}) {}

    std::optional<http_request> poll_request(time_point now) { return request_.poll_request(now); }
    bool handle_response(request_id id, http_response response, time_point now) { return request_.handle_response(id, std::move(response), now); }
    bool handle_failure(request_id id, transport_failure failure, time_point now) { return request_.handle_failure(id, failure, now); }
    std::optional<time_point> next_deadline() const { return request_.next_deadline(); }
    void abort() { request_.abort(); }
    std::optional<result<server_metadata>> poll_result() { return request_.poll_result(); }
    std::optional<crypto_question> poll_crypto_question() { return std::nullopt; }
    bool handle_crypto_answer(std::uint64_t, crypto_answer const&) { return false; }

private:
    single_request<parse> request_;
};

/// Fetches the metadata of an issuer: `drive(discover("https://auth.calimatic.com"), send)`.
inline discovery discover(
    std::string issuer, metadata_location location = metadata_location::openid_configuration, check_options const& options = {}) {
    return discovery(std::move(issuer), location, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
