#pragma once

// clang-format off
/// The part of the table of rules that the Calimatic platform's APIs give: name, condition, section, and the sentence that says what broke.
#define CALIMATIC_PLATFORM_RULES(X) \
    /* the platform's APIs */ \
    X(api_key_missing,               correct_input,     "platform API",             "there is no API key") \
    X(credential_not_sendable,       correct_input,     "RFC 9110 5.5",             "a credential has a character that must not be in a header field") \
    X(platform_path_invalid,         correct_input,     "platform API",             "the path is not one that stays below the platform's address") \
    X(platform_response_malformed,   distrust_server,   "platform API",             "the reply is not the JSON object that the platform answers with") \
    X(platform_error,                fix_configuration, "platform API",             "the platform refused the request") \
    X(platform_fact_missing,         fix_configuration, "platform API",             "a name that the platform's documentation leaves open is not in the profile") \
    X(platform_client_refused,       fix_configuration, "platform API",             "the platform does not accept the client's credentials") \
    X(platform_input_refused,        correct_input,     "platform API",             "the platform calls the input invalid") \
    X(user_not_found,                correct_input,     "platform API",             "the platform knows no such user") \
    X(app_not_licensed,              access_refused,    "platform API",             "the user has no licence for this application") \
    /* claims, organizations, users */ \
    X(platform_member_invalid,       correct_input,     "platform API",             "a member of a request has not the length or the characters that the platform documents") \
    X(platform_id_invalid,           correct_input,     "platform API",             "an id that is part of a path is empty, is dots alone, or is not UTF-8") \
    X(organization_id_missing,       distrust_server,   "platform API",             "the organization exists already, and the reply does not say its id: look it up by its slug") \
    X(organization_missing,          access_refused,    "platform API",             "the user signed in without an organization") \
    X(organization_scope_missing,    fix_configuration, "platform API",             "the tokens say nothing of an organization: the scope organization was not granted") \
    X(license_unknown,               fix_configuration, "platform API",             "the platform did not say whether the user has a licence: it says so to an app client alone") \
    /* provisioning */ \
    X(batch_size_invalid,            correct_input,     "platform API",             "a batch has 1 to 500 users, each address once") \
    X(user_refused,                  correct_input,     "platform API",             "the platform refused this user") \
    X(user_unconfirmed,              retry_later,       "bulk provisioning",        "the platform's reply does not say what became of this user, or contradicts itself") \
    X(user_outcome_unknown,          retry_later,       "bulk provisioning",        "the user was sent, and what came of it could not be found out") \
    X(user_repeated,                 correct_input,     "bulk provisioning",        "the address came earlier in the input") \
    X(bulk_input_changed,            correct_input,     "bulk provisioning",        "the run was begun with other users, another organization or another platform") \
    /* webhooks */ \
    X(webhook_profile_invalid,       fix_configuration, "webhook contract",         "the webhook profile contradicts itself, or would let something pass that was not signed") \
    X(webhook_key_missing,           fix_configuration, "webhook contract",         "there is no key to verify webhooks with") \
    X(webhook_key_invalid,           fix_configuration, "webhook contract",         "a key for webhooks is too short, too long, not written as the profile says, or one too many") \
    X(webhook_too_large,             distrust_server,   "limits",                   "what was delivered is larger than allowed") \
    X(webhook_header_missing,        distrust_server,   "webhook contract",         "a header field that the profile names is missing or empty") \
    X(webhook_header_repeated,       distrust_server,   "webhook contract",         "a header field that the profile names, or the time in it, is there more than once") \
    X(webhook_signature_missing,     distrust_server,   "webhook contract",         "there is no signature of the profile's version") \
    X(webhook_too_many_signatures,   distrust_server,   "limits",                   "there are more signatures than are tried") \
    X(webhook_signature_invalid,     distrust_server,   "webhook contract",         "no signature fits the bytes that were delivered") \
    X(webhook_time_malformed,        distrust_server,   "webhook contract",         "the time of the delivery is not written as the profile says") \
    X(webhook_too_old,               distrust_server,   "webhook contract",         "this was sent too long ago, or this device's clock is wrong") \
    X(webhook_too_early,             distrust_server,   "webhook contract",         "this was sent in the future, or this device's clock is wrong") \
    X(webhook_id_invalid,            distrust_server,   "webhook contract",         "the id of the event is missing, too long, or has a character that must not be in it") \
    X(webhook_event_malformed,       distrust_server,   "webhook contract",         "the payload is not an event as the profile says where its members are") \
    /* headless sign-in */ \
    X(credentials_wrong,             correct_input,     "headless API",             "the platform knows no such user with that password") \
    X(account_locked,                retry_later,       "headless API",             "the account is locked after too many attempts") \
    X(mfa_code_wrong,                correct_input,     "headless API",             "the code of the second factor is wrong") \
    X(mfa_challenge_expired,         authorize_again,   "headless API",             "the second factor was asked for too long ago") \
    X(headless_login_ambiguous,      distrust_server,   "headless API",             "the reply has both tokens and a challenge for a second factor") \
    X(timestamp_malformed,           distrust_server,   "RFC 3339 5.6",             "a time is not written as ISO 8601 and RFC 3339 have it")
// clang-format on
