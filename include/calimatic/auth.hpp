#pragma once

/// \file
/// The whole library but for `drive/coroutine.hpp` and `testing/`.

#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/error.hpp>
#include <calimatic/core/error_code.hpp>
#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/limits.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/jose/signer.hpp>
