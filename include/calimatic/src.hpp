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
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <boost/json/src.hpp>
#pragma GCC diagnostic pop
#endif

#include <calimatic/impl/core/clock_offset.ipp>
#include <calimatic/impl/core/error.ipp>
#include <calimatic/impl/core/error_code.ipp>
#include <calimatic/impl/core/http.ipp>
#include <calimatic/impl/core/json.ipp>
#include <calimatic/impl/core/secret.ipp>
#include <calimatic/impl/detail/base64url.ipp>
#if !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/impl/detail/crypto_botan.ipp>
#endif
#include <calimatic/impl/detail/form.ipp>
#include <calimatic/impl/detail/json_writer.ipp>
#include <calimatic/impl/detail/printable.ipp>
#include <calimatic/impl/detail/uri.ipp>
#include <calimatic/impl/jose/algorithm.ipp>
#include <calimatic/impl/jose/claims.ipp>
#include <calimatic/impl/jose/jwk.ipp>
#include <calimatic/impl/jose/jws.ipp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/impl/jose/signer.ipp>
