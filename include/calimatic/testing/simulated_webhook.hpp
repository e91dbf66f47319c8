#pragma once
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/webhook_event.hpp>
#include <calimatic/platform/webhook_signature_profile.hpp>
#include <string>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::testing {

/// One attempt at a delivery, as the log has it.
struct simulated_delivery {
    std::string id;    ///< of the event, the same for every attempt
    std::string event; ///< "user.created"
    int attempt = 1;
    int status = 0;  ///< of the receiver's answer; 0: there was none
    time_point at{}; ///< when that was known, by the platform's clock
};

/// A webhook of the simulated platform.
struct simulated_webhook {
    std::string id = "webhook-1";
    std::string url = "http://127.0.0.1:3000/webhook";
    std::vector<std::string> events{};
    secret_string secret{}; ///< "": nothing is signed
    std::string description{};
    bool is_active = true;
    int failures = 0; ///< deliveries that failed one after the other
    std::vector<simulated_delivery> log{};
};

/// How the simulated platform signs and writes what it delivers, and what it does where the documentation is silent.
struct simulated_webhook_options {
    webhook_signature_profile signature = standard_webhooks_profile(); ///< `signed_content` "": the body alone is signed
    webhook_payload_profile payload{.event = "/type",
        .user_id = "/data/userId",
        .email = "/data/email",
        .organization_id = "/data/organizationId",
        .application = "/data/application"};
    int attempts = 3;                 ///< at one delivery, the first included
    seconds retry_after{60};          ///< between two of them
    int failures_until_disabled = 10; ///< deliveries, each with all of its attempts
};

} // namespace calimatic::inline CALIMATIC_ABI::testing

#endif
