#pragma once

/// \file
/// The one file to compile in separate compilation: include it in exactly one source file of the program, with
/// `CALIMATIC_SEPARATE_COMPILATION` defined for the whole program. It brings Boost.JSON's sources along, unless `CALIMATIC_LINK_BOOST_JSON`
/// says that the library is linked.

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#error "src.hpp is for separate compilation: define CALIMATIC_SEPARATE_COMPILATION for the whole program, or do not include src.hpp"
#endif

#if !defined(CALIMATIC_LINK_BOOST_JSON)
#include <calimatic/impl/detail/throw_exception.ipp>
// clang-format off
#include <calimatic/impl/detail/boost_begin.ipp>
#include <boost/json/src.hpp>
#include <calimatic/impl/detail/boost_end.ipp>
// clang-format on
#endif

#include <calimatic/impl/core/clock_offset.ipp>
#include <calimatic/impl/core/error.ipp>
#include <calimatic/impl/core/error_code.ipp>
#include <calimatic/impl/core/http.ipp>
#include <calimatic/impl/core/json.ipp>
#include <calimatic/impl/core/replay_cache.ipp>
#include <calimatic/impl/core/secret.ipp>
#include <calimatic/impl/detail/base64url.ipp>
#if !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/impl/detail/crypto_botan.ipp>
#endif
#include <calimatic/impl/detail/form.ipp>
#include <calimatic/impl/detail/iso8601.ipp>
#include <calimatic/impl/detail/json_writer.ipp>
#include <calimatic/impl/detail/printable.ipp>
#include <calimatic/impl/detail/response.ipp>
#include <calimatic/impl/detail/uri.ipp>
#include <calimatic/impl/drive/os_random.ipp>
#include <calimatic/impl/flow/asking_about_token.ipp>
#include <calimatic/impl/flow/authorization_code_flow.ipp>
#include <calimatic/impl/flow/authorization_code_state.ipp>
#if !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/impl/flow/bulk_provisioning.ipp>
#endif
#include <calimatic/impl/flow/crypto_question.ipp>
#include <calimatic/impl/flow/headless_sign_in.ipp>
#include <calimatic/impl/flow/headless_token_set.ipp>
#include <calimatic/impl/flow/id_token_check.ipp>
#include <calimatic/impl/flow/jwk_set_source.ipp>
#include <calimatic/impl/flow/logout_token_validation.ipp>
#include <calimatic/impl/flow/pending_sign_in.ipp>
#include <calimatic/impl/flow/refresh_schedule.ipp>
#include <calimatic/impl/flow/session.ipp>
#include <calimatic/impl/flow/session_blob.ipp>
#include <calimatic/impl/flow/session_method.ipp>
#include <calimatic/impl/flow/session_refresh.ipp>
#include <calimatic/impl/flow/session_sign_out.ipp>
#include <calimatic/impl/flow/session_state.ipp>
#include <calimatic/impl/flow/session_tokens.ipp>
#include <calimatic/impl/flow/shared_session.ipp>
#include <calimatic/impl/flow/shared_session_end.ipp>
#include <calimatic/impl/flow/shared_session_protocol.ipp>
#include <calimatic/impl/flow/shared_session_record.ipp>
#include <calimatic/impl/flow/shared_session_state.ipp>
#include <calimatic/impl/flow/shared_session_store.ipp>
#include <calimatic/impl/flow/token_validation.ipp>
#include <calimatic/impl/jose/algorithm.ipp>
#include <calimatic/impl/jose/claims.ipp>
#include <calimatic/impl/jose/jwk.ipp>
#include <calimatic/impl/jose/jws.ipp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/impl/jose/signer.ipp>
#include <calimatic/impl/oauth/authorization.ipp>
#include <calimatic/impl/oauth/bearer_token.ipp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <calimatic/impl/oauth/client_information.ipp>
#include <calimatic/impl/oauth/client_management.ipp>
#include <calimatic/impl/oauth/client_metadata.ipp>
#include <calimatic/impl/oauth/client_registration.ipp>
#include <calimatic/impl/oauth/introspection.ipp>
#include <calimatic/impl/oauth/pkce.ipp>
#include <calimatic/impl/oauth/revocation.ipp>
#include <calimatic/impl/oauth/server_metadata.ipp>
#include <calimatic/impl/oauth/token.ipp>
#include <calimatic/impl/oidc/id_token.ipp>
#include <calimatic/impl/oidc/id_token_rules.ipp>
#include <calimatic/impl/oidc/issued_token.ipp>
#include <calimatic/impl/oidc/logout.ipp>
#include <calimatic/impl/oidc/logout_request.ipp>
#include <calimatic/impl/oidc/logout_token.ipp>
#include <calimatic/impl/oidc/logout_token_rules.ipp>
#include <calimatic/impl/oidc/third_party_initiated_login.ipp>
#include <calimatic/impl/oidc/userinfo.ipp>
#include <calimatic/impl/oidc/userinfo_rules.ipp>
#include <calimatic/impl/platform/claims.ipp>
#include <calimatic/impl/platform/credentials.ipp>
#include <calimatic/impl/platform/organization.ipp>
#include <calimatic/impl/platform/password.ipp>
#include <calimatic/impl/platform/headless/email_verification.ipp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/headless/headless_login.ipp>
#include <calimatic/impl/platform/headless/headless_login_session.ipp>
#include <calimatic/impl/platform/headless/headless_logout.ipp>
#include <calimatic/impl/platform/headless/headless_refresh.ipp>
#include <calimatic/impl/platform/headless/headless_signup.ipp>
#include <calimatic/impl/platform/headless/lockout_status.ipp>
#include <calimatic/impl/platform/headless/mfa.ipp>
#include <calimatic/impl/platform/headless/password_policy.ipp>
#include <calimatic/impl/platform/headless/password_reset.ipp>
#include <calimatic/impl/platform/platform_reply.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <calimatic/impl/platform/provision_batch.ipp>
#include <calimatic/impl/platform/provision.ipp>
#include <calimatic/impl/platform/user.ipp>
#include <calimatic/impl/platform/user_import.ipp>
#include <calimatic/impl/platform/webhook.ipp>
#if !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/impl/platform/webhook_event.ipp>
#include <calimatic/impl/platform/webhook_signature.ipp>
#endif
#if !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/impl/testing/faults.ipp>
#include <calimatic/impl/testing/simulated_platform.ipp>
#endif
