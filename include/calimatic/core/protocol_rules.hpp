#pragma once

// clang-format off
/// The part of the table of rules that the specifications give: name, condition, section, and the sentence that says what broke.
#define CALIMATIC_PROTOCOL_RULES(X) \
    /* transport */ \
    X(transport_not_sent,            retry_later,       "transport contract",       "the request could not be sent") \
    X(transport_no_answer,           retry_later,       "transport contract",       "no complete answer came; whether the server acted is unknown") \
    X(transport_too_large,           distrust_server,   "transport contract",       "the answer is larger than the request allowed") \
    X(transport_cancelled,           retry_later,       "transport contract",       "the request was cancelled by the host") \
    X(aborted,                       retry_later,       "machine contract",         "the flow was aborted by the host") \
    X(flow_in_wrong_state,           correct_input,     "machine contract",         "the flow does not expect this call now") \
    X(redirect_not_followed,         distrust_server,   "RFC 9700 4.12",            "the server answered with a redirect, which is never followed") \
    X(status_unexpected,             distrust_server,   "RFC 9110 15",              "the HTTP status is not one that this answer may have") \
    X(server_unavailable,            retry_later,       "RFC 9110 15.6",            "the server says that it cannot answer now") \
    X(too_many_requests,             retry_later,       "RFC 6585 4",               "the server asks for fewer requests") \
    X(headers_too_large,             distrust_server,   "limits",                   "the answer has more header fields than allowed") \
    /* what the caller supplies */ \
    X(random_source_failed,          fix_configuration, "RFC 7636 7.1",             "the random source failed") \
    X(crypto_unavailable,            fix_configuration, "crypto_question",          "the cryptographic question could not be answered") \
    X(url_malformed,                 correct_input,     "RFC 3986 3",               "the URL cannot be read") \
    X(url_not_https,                 fix_configuration, "OIDC Discovery 3",         "the URL is neither https nor http on loopback") \
    X(url_has_fragment,              correct_input,     "RFC 6749 3.1",             "the URL has a fragment") \
    X(url_has_query,                 correct_input,     "OIDC Discovery 4",         "the URL has a query") \
    X(url_has_userinfo,              correct_input,     "RFC 9110 4.2.4",           "the URL has a user name or a password") \
    X(url_too_long,                  correct_input,     "limits",                   "the URL is longer than allowed") \
    X(form_malformed,                correct_input,     "WHATWG URL 5.1",           "a parameter is not correctly percent-encoded UTF-8 without NUL") \
    X(parameter_repeated,            distrust_server,   "RFC 6749 3.1",             "a parameter is there more than once") \
    X(parameter_reserved,            correct_input,     "RFC 6749 3.1",             "an extra parameter would replace one that the library sets") \
    X(too_many_parameters,           correct_input,     "limits",                   "there are more parameters than allowed") \
    X(scope_malformed,               correct_input,     "RFC 6749 3.3",             "a scope has a character that must not be in one") \
    X(scope_exceeds_grant,           correct_input,     "RFC 6749 6",               "a refresh must not ask for more scope than was granted") \
    X(prompt_contradictory,          correct_input,     "OIDC Core 3.1.2.1",        "prompt=none cannot be combined with another prompt or with max_age=0") \
    X(max_age_negative,              correct_input,     "OIDC Core 3.1.2.1",        "max_age is a number of seconds, and not negative") \
    X(binding_missing,               correct_input,     "RFC 9700 2.1.1",           "an authorization request needs a fresh state, nonce and code_challenge") \
    X(acr_values_missing,            correct_input,     "OIDC Core 5.5.1.1",        "an acr is required, and acr_values does not say which") \
    X(redirect_uri_invalid,          correct_input,     "RFC 6749 3.1.2",           "the redirect_uri cannot be registered: not absolute, with a fragment, or plain http away from loopback") \
    X(client_id_missing,             fix_configuration, "RFC 6749 2.2",             "there is no client_id") \
    X(client_secret_missing,         fix_configuration, "RFC 6749 2.3.1",           "the client authentication method needs a client_secret") \
    X(client_secret_expired,         fix_configuration, "RFC 7591 3.2.1",           "the client_secret has expired") \
    X(client_auth_method_unsupported, fix_configuration, "RFC 7591 2",              "the token_endpoint_auth_method is not one that client and server share") \
    X(endpoint_missing,              fix_configuration, "RFC 8414 2",               "the server's metadata does not name the endpoint") \
    X(refresh_token_missing,         authorize_again,   "RFC 6749 6",               "there is no refresh token") \
    X(fault_unknown,                 correct_input,     "testing",                  "the simulated platform knows no fault of that name") \
    X(code_verifier_invalid,         correct_input,     "RFC 7636 4.1",             "a code_verifier has 43 to 128 unreserved characters") \
    X(token_not_sendable,            distrust_server,   "RFC 6750 2.1",             "the token has a character that must not be in a header") \
    X(token_too_large,               correct_input,     "limits",                   "the token is larger than allowed") \
    /* JSON and saved values */ \
    X(json_syntax,                   distrust_server,   "RFC 8259 2",               "the text is not JSON") \
    X(json_duplicate_member,         distrust_server,   "RFC 7515 4",               "an object has a member twice") \
    X(json_too_deep,                 distrust_server,   "limits",                   "arrays and objects are nested too deeply") \
    X(json_too_large,                distrust_server,   "limits",                   "the text is larger than allowed") \
    X(json_string_too_long,          distrust_server,   "limits",                   "a string is longer than allowed") \
    X(json_number_not_finite,        distrust_server,   "RFC 8259 6",               "a number is too large to be represented") \
    X(json_not_an_object,            distrust_server,   "RFC 8259 4",               "the text is JSON, but not an object") \
    X(json_member_type_wrong,        distrust_server,   "RFC 8259 3",               "a member has the wrong type") \
    X(blob_malformed,                correct_input,     "serialize",                "the saved value is damaged or of another kind") \
    X(blob_version_unknown,          correct_input,     "serialize",                "the saved value was written by a version that this one does not know") \
    /* discovery */ \
    X(issuer_malformed,              correct_input,     "OIDC Discovery 4",         "this is the address of metadata, not an issuer") \
    X(metadata_issuer_mismatch,      distrust_server,   "OIDC Discovery 4.3",       "the metadata are of another issuer, or this one is spelled in another way") \
    X(metadata_member_missing,       distrust_server,   "OIDC Discovery 3",         "a required member of the metadata is missing") \
    X(metadata_member_type_wrong,    distrust_server,   "OIDC Discovery 3",         "a member of the metadata has the wrong type") \
    X(metadata_url_refused,          distrust_server,   "OIDC Discovery 7.1",       "an endpoint of the metadata is not an https URL") \
    /* keys */ \
    X(jwk_set_malformed,             distrust_server,   "RFC 7517 5",               "the key set has no array of keys") \
    X(jwk_set_empty,                 distrust_server,   "RFC 7517 5",               "the key set has no key that can be used") \
    X(jwk_set_too_many_keys,         distrust_server,   "limits",                   "the key set has more keys than allowed") \
    X(jwk_malformed,                 distrust_server,   "RFC 7517 4",               "the key is malformed") \
    X(jwk_kty_unsupported,           distrust_server,   "RFC 7517 4.1",             "the key's type or curve is not supported") \
    X(jwk_not_public,                distrust_server,   "RFC 7517 9.2",             "the key is symmetric or has private members") \
    X(jwk_not_private,               fix_configuration, "RFC 7517 9.2",             "a key that signs needs its private members") \
    X(jwk_not_for_signatures,        distrust_server,   "RFC 7517 4.2",             "the key's use or key_ops exclude verifying signatures") \
    X(jwk_rsa_size,                  distrust_server,   "RFC 7518 3.3",             "an RSA key has 2048 to 8192 bits") \
    X(jwk_rsa_exponent,              distrust_server,   "RFC 8017 3.1",             "an RSA public exponent is odd and from 3 to 2^32-1") \
    X(jwk_rsa_modulus,               distrust_server,   "RFC 8017 3.1",             "an RSA modulus is odd") \
    X(jwk_coordinate_length,         distrust_server,   "RFC 7518 6.2.1.2",         "a coordinate of the key has the wrong length") \
    X(jwk_refused_by_crypto,         distrust_server,   "RFC 7518 6.2.1",           "the cryptographic back end refuses the key") \
    X(hmac_key_too_short,            fix_configuration, "RFC 7518 3.2",             "a secret that is shorter than the hash of its algorithm must not be an HMAC key") \
    X(hmac_of_public_client,         fix_configuration, "OIDC Core 10.1",           "HS256, HS384 and HS512 are not for a client without a secret") \
    X(jwk_alg_mismatch,              fix_configuration, "RFC 7517 4.4",             "the key is for another algorithm") \
    X(jwk_not_found,                 distrust_server,   "OIDC Core 10.1.1",         "no key of the issuer fits the token") \
    X(jwk_kid_repeated,              distrust_server,   "RFC 7517 4.5",             "several keys that fit the token have the same kid") \
    X(jwk_too_many_candidates,       distrust_server,   "limits",                   "more keys fit the token than are tried") \
    /* JOSE */ \
    X(base64url_invalid,             distrust_server,   "RFC 7515 2",               "the text is not strict base64url") \
    X(jws_not_compact,               distrust_server,   "RFC 7515 7.1",             "a token has exactly three parts") \
    X(jws_encrypted,                 distrust_server,   "OIDC Core 3.1.3.7 (1)",    "the token is encrypted, and encryption was not registered") \
    X(jws_header_malformed,          distrust_server,   "RFC 7515 4",               "the JOSE header is malformed") \
    X(jws_alg_missing,               distrust_server,   "RFC 7515 4.1.1",           "the JOSE header has no alg") \
    X(jws_alg_none,                  distrust_server,   "RFC 8725 3.2",             "the token is not signed") \
    X(jws_alg_not_allowed,           distrust_server,   "RFC 8725 3.1",             "the token is signed with an algorithm that is not allowed here") \
    X(jws_alg_unknown,               fix_configuration, "RFC 7518 3.1",             "the algorithm is not supported by this library") \
    X(jws_kid_invalid,               distrust_server,   "RFC 7515 4.1.4",           "the kid is not a string of acceptable length") \
    X(jws_crit_malformed,            distrust_server,   "RFC 7515 4.1.11",          "crit is not a list of distinct extension names that are in the header") \
    X(jws_crit_not_understood,       distrust_server,   "RFC 7515 4.1.11",          "crit names an extension that is not understood") \
    X(jws_b64,                       distrust_server,   "RFC 7797 7",               "b64 must not be used in a JWT") \
    X(jws_signature_missing,         distrust_server,   "RFC 7515 5.2",             "the signature is empty") \
    X(jws_signature_invalid,         distrust_server,   "RFC 7515 5.2",             "the signature does not fit") \
    X(jwt_nested,                    distrust_server,   "RFC 7519 5.2",             "the token contains another token (cty)") \
    X(jwt_claims_malformed,          distrust_server,   "RFC 7519 7.2",             "the claims are not a JSON object") \
    X(claim_type_wrong,              distrust_server,   "RFC 7519 4.1",             "a registered claim has the wrong type") \
    X(claim_out_of_range,            distrust_server,   "RFC 7519 2",               "a NumericDate is out of range") \
    /* authorization response */ \
    X(redirect_not_ours,             correct_input,     "RFC 6749 3.1.2",           "the URL is not the redirect_uri of this sign-in") \
    X(redirect_already_used,         correct_input,     "RFC 9700 4.7.1",           "this sign-in has already taken its redirect") \
    X(sign_in_expired,               authorize_again,   "RFC 9700 4.7.1",           "the sign-in was begun too long ago") \
    X(pending_of_another_server,     correct_input,     "RFC 9700 4.4",             "the sign-in was begun with another issuer") \
    X(pending_of_another_client,     correct_input,     "RFC 9700 4.4",             "the sign-in was begun with another client_id") \
    X(state_missing,                 correct_input,     "RFC 6749 4.1.2",           "the redirect has no state") \
    X(state_mismatch,                correct_input,     "RFC 6749 10.12",           "the redirect belongs to another sign-in") \
    X(authorization_iss_missing,     distrust_server,   "RFC 9207 2.4",             "the server promised iss in its answer, and it is missing") \
    X(authorization_iss_mismatch,    distrust_server,   "RFC 9207 2.4",             "the answer comes from another issuer") \
    X(authorization_error,           access_refused,    "RFC 6749 4.1.2.1",         "the server refused the authorization") \
    X(code_missing,                  distrust_server,   "RFC 6749 4.1.2",           "the answer has neither a code nor an error") \
    X(code_and_error,                distrust_server,   "RFC 6749 4.1.2",           "the answer has both a code and an error") \
    /* token response */ \
    X(token_error,                   authorize_again,   "RFC 6749 5.2",             "the token endpoint refused the request") \
    X(token_response_malformed,      distrust_server,   "RFC 6749 5.1",             "the token response is not a JSON object") \
    X(access_token_missing,          distrust_server,   "RFC 6749 5.1",             "the token response has no access_token") \
    X(token_type_missing,            distrust_server,   "RFC 6749 5.1",             "the token response has no token_type") \
    X(token_type_unknown,            distrust_server,   "RFC 6749 7.1",             "a token of an unknown type must not be used") \
    X(expires_in_invalid,            distrust_server,   "RFC 6749 5.1",             "expires_in is not a number of seconds") \
    X(id_token_missing,              distrust_server,   "OIDC Core 3.1.3.3",        "the token response has no id_token") \
    /* revocation */ \
    X(token_missing,                 correct_input,     "RFC 7009 2.1",             "there is no token to revoke") \
    X(revocation_error,              fix_configuration, "RFC 7009 2.2.1",           "the revocation endpoint refused the request") \
    /* ID Token */ \
    X(id_token_typ,                  distrust_server,   "RFC 8725 3.11",            "a token of another type is not an ID Token") \
    X(id_token_iss_missing,          distrust_server,   "OIDC Core 2",              "the ID Token has no iss") \
    X(id_token_iss_mismatch,         distrust_server,   "OIDC Core 3.1.3.7 (2)",    "the ID Token is of another issuer") \
    X(id_token_aud_missing,          distrust_server,   "OIDC Core 2",              "the ID Token has no aud") \
    X(id_token_aud_mismatch,         distrust_server,   "OIDC Core 3.1.3.7 (3)",    "the ID Token is for another client") \
    X(id_token_aud_untrusted,        distrust_server,   "OIDC Core 3.1.3.7 (3)",    "the ID Token is also for an audience that is not trusted") \
    X(id_token_azp_mismatch,         distrust_server,   "OIDC Core 3.1.3.7 (5)",    "the ID Token was issued to another client") \
    X(id_token_exp_missing,          distrust_server,   "OIDC Core 2",              "the ID Token has no exp") \
    X(id_token_expired,              distrust_server,   "OIDC Core 3.1.3.7 (9)",    "the ID Token has expired, or this device's clock is wrong") \
    X(id_token_iat_missing,          distrust_server,   "OIDC Core 2",              "the ID Token has no iat") \
    X(id_token_iat_future,           distrust_server,   "OIDC Core 3.1.3.7 (10)",   "the ID Token is from the future, or this device's clock is wrong") \
    X(id_token_iat_old,              distrust_server,   "OIDC Core 3.1.3.7 (10)",   "the ID Token was issued too long ago, or this device's clock is wrong") \
    X(id_token_nbf_future,           distrust_server,   "RFC 7519 4.1.5",           "the ID Token is not valid yet, or this device's clock is wrong") \
    X(id_token_sub_missing,          distrust_server,   "OIDC Core 2",              "the ID Token has no sub") \
    X(id_token_sub_invalid,          distrust_server,   "OIDC Core 2",              "sub does not have 1 to 255 printable ASCII characters") \
    X(id_token_nonce_missing,        distrust_server,   "OIDC Core 3.1.3.7 (11)",   "a nonce was sent, and the ID Token has none") \
    X(id_token_nonce_mismatch,       distrust_server,   "OIDC Core 3.1.3.7 (11)",   "the ID Token belongs to another sign-in") \
    X(id_token_nonce_unexpected,     distrust_server,   "OIDC Core 3.1.3.7 (11)",   "the ID Token has a nonce, and none was sent") \
    X(id_token_acr_mismatch,         access_refused,    "OIDC Core 3.1.3.7 (12)",   "the authentication context is not one of those required") \
    X(id_token_auth_time_missing,    distrust_server,   "OIDC Core 3.1.3.7 (13)",   "max_age was sent, and the ID Token has no auth_time") \
    X(id_token_auth_time_old,        authorize_again,   "OIDC Core 3.1.3.7 (13)",   "the user authenticated too long ago") \
    X(id_token_auth_time_future,     distrust_server,   "OIDC Core 3.1.3.7 (13)",   "auth_time is in the future, or this device's clock is wrong") \
    X(id_token_at_hash_mismatch,     distrust_server,   "OIDC Core 3.1.3.8",        "the access token is not the one that the ID Token was issued with") \
    X(id_token_changed,              distrust_server,   "OIDC Core 12.2",           "the refreshed ID Token differs from the first one where it must not") \
    /* sessions */ \
    X(access_token_unavailable,      retry_later,       "session contract",         "there is no access token now that is valid and saved: a refresh or its saving is due or under way") \
    X(refresh_outcome_unknown,       authorize_again,   "RFC 9700 4.14.2",          "a refresh got no answer, so its token may be spent and is not presented again") \
    X(session_ended,                 authorize_again,   "session contract",         "the session had ended when it was saved") \
    X(signed_out,                    authorize_again,   "RFC 7009 1",               "the user has signed out") \
    X(session_revoked,               authorize_again,   "Back-Channel Logout 2.7",  "the user was signed out elsewhere") \
    X(session_of_another_server,     correct_input,     "RFC 9700 4.4",             "the session is one with another issuer") \
    X(session_of_another_client,     correct_input,     "RFC 9700 4.4",             "the session is one of another client_id") \
    X(session_of_another_user,       correct_input,     "OIDC Core 12.2",           "the session is one of another user") \
    X(session_not_newer,             correct_input,     "session contract",         "the session was not saved later than this one") \
    X(session_unsettled,             retry_later,       "session contract",         "a refresh of the session is under way: wait until its tokens are saved") \
    X(session_missing,               authorize_again,   "shared session",           "no session is stored: nobody is signed in") \
    X(signed_out_elsewhere,          authorize_again,   "shared session",           "the user has signed out in another tab, process or plugin") \
    X(store_failed,                  retry_later,       "shared session",           "the host's store, or its lock, failed") \
    /* UserInfo and protected resources */ \
    X(userinfo_malformed,            distrust_server,   "OIDC Core 5.3.2",          "the UserInfo response is not a JSON object") \
    X(userinfo_content_type,         distrust_server,   "OIDC Core 5.3.2",          "the UserInfo response has an unexpected content type") \
    X(userinfo_typ,                  distrust_server,   "RFC 8725 3.11",            "a token of another kind is not a UserInfo response") \
    X(userinfo_iss_mismatch,         distrust_server,   "OIDC Core 5.3.2",          "the signed UserInfo response is not of this issuer, or does not say so") \
    X(userinfo_aud_mismatch,         distrust_server,   "OIDC Core 5.3.2",          "the signed UserInfo response is not for this client, or does not say so") \
    X(userinfo_expired,              distrust_server,   "RFC 7519 4.1.4",           "the signed UserInfo response has expired, or this device's clock is wrong") \
    X(userinfo_nbf_future,           distrust_server,   "RFC 7519 4.1.5",           "the signed UserInfo response is not valid yet, or this device's clock is wrong") \
    X(userinfo_sub_missing,          distrust_server,   "OIDC Core 5.3.2",          "the UserInfo response has no sub") \
    X(userinfo_sub_mismatch,         distrust_server,   "OIDC Core 5.3.2",          "the UserInfo response is of another user") \
    X(challenge_malformed,           distrust_server,   "RFC 9110 11.6.1",          "the WWW-Authenticate header cannot be read") \
    X(challenge_attribute_invalid,   correct_input,     "RFC 6750 3",               "an attribute of the challenge is missing, too long or has a character that must not be in it") \
    X(invalid_token,                 authorize_again,   "RFC 6750 3.1",             "the access token is not accepted") \
    X(insufficient_scope,            access_refused,    "RFC 6750 3.1",             "the access token does not reach this far") \
    X(invalid_request,               fix_configuration, "RFC 6750 3.1",             "the server calls the request malformed") \
    X(access_refused,                access_refused,    "RFC 9110 15.5.4",          "the server refuses access") \
    /* client registration */ \
    X(redirect_uris_missing,         correct_input,     "RFC 7591 2",               "a client that is to sign users in by redirect needs a redirect_uri") \
    X(client_metadata_invalid,       correct_input,     "RFC 7591 2",               "a member of the registration is not what it can be") \
    X(client_jwks_twice,             correct_input,     "RFC 7591 2",               "a client registers jwks or jwks_uri, and not both") \
    X(client_enc_without_alg,        correct_input,     "OIDC Registration 2",      "a member that ends in _enc needs the one that ends in _alg") \
    X(client_registration_error,     correct_input,     "RFC 7591 3.2.2",           "the server refused what was to be registered") \
    X(registration_access_refused,   fix_configuration, "RFC 7592 2",               "the server does not take the access token for the registration, or the client is gone") \
    X(registration_member_missing,   distrust_server,   "RFC 7591 3.2.1",           "the reply to a registration lacks a member that it must have") \
    X(registration_time_invalid,     distrust_server,   "RFC 7591 3.2.1",           "a time in the reply to a registration is not a number of seconds since 1970") \
    X(registration_of_another_client, distrust_server,  "RFC 7592 3",               "the reply is about another client") \
    X(registration_management_missing, fix_configuration, "RFC 7592 3",             "the server gave no address or no token with which the registration could be managed") \
    X(registration_client_uri_foreign, distrust_server, "RFC 7592 5",               "the address of the registration is not at the server's own origin") \
    /* client assertions and introspection */ \
    X(introspection_token_missing,   correct_input,     "RFC 7662 2.1",             "there is no token to ask about") \
    X(introspection_without_credentials, fix_configuration, "RFC 7662 2.1",         "a client that cannot authenticate must not ask about tokens") \
    X(introspection_error,           fix_configuration, "RFC 7662 2.3",             "the introspection endpoint refused the request") \
    X(introspection_iss_mismatch,    access_refused,    "RFC 7662 4",               "the token is of another issuer, or does not say so") \
    X(introspection_aud_mismatch,    access_refused,    "RFC 7662 4",               "the token is for another audience, or does not say so") \
    X(introspection_client_mismatch, access_refused,    "RFC 7662 4",               "the token was issued to another client, or does not say so") \
    X(client_key_missing,            fix_configuration, "OIDC Core 9",              "private_key_jwt needs the client's private key") \
    X(client_assertion_random_missing, correct_input,   "RFC 7523 3",               "a client that signs its requests needs a random source for each") \
    X(client_assertion_alg_invalid,  fix_configuration, "OIDC Core 9",              "the algorithm is not one of the client's authentication method") \
    X(client_assertion_by_host,      fix_configuration, "crypto_question",          "a client that signs its requests needs the library's own cryptography, and the host is to do it all") \
    /* login pages, logout, replays */ \
    X(login_request_malformed,       correct_input,     "OIDC Core 4",              "a login is initiated by a GET, or a POST of a form") \
    X(login_iss_missing,             correct_input,     "OIDC Core 4",              "nobody says which issuer to sign in with") \
    X(login_iss_untrusted,           distrust_server,   "OIDC Core 4",              "the login is to be with an issuer that the application does not sign in with") \
    X(login_target_refused,          distrust_server,   "RFC 9700 4.11.1",          "the login is to lead to an address that is none of the application's") \
    X(logout_return_not_ours,        correct_input,     "RP-Initiated Logout 3",    "the URL is not the post_logout_redirect_uri of this logout") \
    X(logout_state_missing,          correct_input,     "RP-Initiated Logout 3",    "there is no state to tell this logout from others") \
    X(logout_state_mismatch,         correct_input,     "RP-Initiated Logout 3",    "the browser comes back from another logout") \
    X(logout_request_malformed,      distrust_server,   "Back-Channel Logout 2.5",  "a logout request is a POST of a form with one logout_token") \
    X(logout_token_typ,              distrust_server,   "Back-Channel Logout 2.4",  "a token of another type is not a logout token") \
    X(logout_token_iss_missing,      distrust_server,   "Back-Channel Logout 2.4",  "the logout token has no iss") \
    X(logout_token_iss_mismatch,     distrust_server,   "Back-Channel Logout 2.6 (4)", "the logout token is of another issuer") \
    X(logout_token_aud_missing,      distrust_server,   "Back-Channel Logout 2.4",  "the logout token has no aud") \
    X(logout_token_aud_mismatch,     distrust_server,   "Back-Channel Logout 2.6 (4)", "the logout token is for another client") \
    X(logout_token_aud_untrusted,    distrust_server,   "Back-Channel Logout 2.6 (4)", "the logout token is also for an audience that is not trusted") \
    X(logout_token_exp_missing,      distrust_server,   "Back-Channel Logout 2.4",  "the logout token has no exp") \
    X(logout_token_expired,          distrust_server,   "Back-Channel Logout 2.6 (4)", "the logout token has expired, or this device's clock is wrong") \
    X(logout_token_nbf_future,       distrust_server,   "RFC 7519 4.1.5",           "the logout token is not valid yet, or this device's clock is wrong") \
    X(logout_token_iat_missing,      distrust_server,   "Back-Channel Logout 2.4",  "the logout token has no iat") \
    X(logout_token_iat_future,       distrust_server,   "Back-Channel Logout 2.6 (4)", "the logout token is from the future, or this device's clock is wrong") \
    X(logout_token_iat_old,          distrust_server,   "Back-Channel Logout 2.6 (4)", "the logout token was issued too long ago, or this device's clock is wrong") \
    X(logout_token_subject_missing,  distrust_server,   "Back-Channel Logout 2.6 (5)", "the logout token has neither sub nor sid") \
    X(logout_token_event_missing,    distrust_server,   "Back-Channel Logout 2.6 (6)", "events is not an object with the event of a back-channel logout, an object, in it") \
    X(logout_token_nonce,            distrust_server,   "Back-Channel Logout 2.6 (7)", "a logout token has no nonce") \
    X(logout_token_jti_missing,      distrust_server,   "Back-Channel Logout 2.4",  "the logout token has no jti") \
    X(replayed,                      distrust_server,   "replay_cache",             "this has arrived before") \
    X(replay_cache_full,             retry_later,       "limits",                   "more arrives than can be remembered until it is too old to be accepted again") \
    X(replay_id_invalid,             distrust_server,   "limits",                   "an id has 1 to 1024 bytes")
// clang-format on
