#pragma once
#include <string>

/// \file
/// What lies outside of a program that is built without a back end: the cryptography of its host, and a provider. Nothing of the library is part of
/// it, so that the two units may be built differently.

namespace outside {

struct exchange {
    std::string url, authorization, body; // sent
    int status = 0;                       // received
    std::string content;
};

/// What the provider does: all is well, its signatures are wrong, its at_hash is.
enum class provider_mode { honest, wrong_signature, wrong_at_hash };

std::string issuer();
void begin(provider_mode mode);
std::string follow(std::string const& authorization_url); ///< user and browser: the redirect
void send(exchange& exchange);
std::string logout_token(); ///< of the provider for the client

/// The host's cryptography. Keys as the bytes of their numbers; `kty` is "RSA", "EC" or "OKP".
bool verifies(std::string const& alg, std::string const& kty, std::string const& crv, std::string const& a, std::string const& b,
    std::string const& data, std::string const& signature);
std::string sha256(std::string const& data);

} // namespace outside
