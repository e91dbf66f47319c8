#pragma once

/// \file
/// Compile-time switches.
///  - `CALIMATIC_SEPARATE_COMPILATION`: declarations only; compile `<calimatic/src.hpp>` in exactly one file. Without it everything is inline.
///  - `CALIMATIC_PUBLIC_CLIENTS_ONLY`, with `CALIMATIC_CRYPTO_NONE`: for a program that everybody can read, as a page is, and that so holds no secret.
///    Sessions are those of users who sign in by redirect: what refreshes by a secret (`client_credentials`, `headless_refresh`) is left out.
///  - `CALIMATIC_CRYPTO_BOTAN` (the default) or `CALIMATIC_CRYPTO_NONE`: who does the cryptography. With `NONE` the host answers every question.

#if !defined(CALIMATIC_CRYPTO_BOTAN) && !defined(CALIMATIC_CRYPTO_NONE)
#define CALIMATIC_CRYPTO_BOTAN
#endif
#if defined(CALIMATIC_CRYPTO_BOTAN) && defined(CALIMATIC_CRYPTO_NONE)
#error "choose one of CALIMATIC_CRYPTO_BOTAN and CALIMATIC_CRYPTO_NONE"
#endif

#if defined(CALIMATIC_PUBLIC_CLIENTS_ONLY) && !defined(CALIMATIC_CRYPTO_NONE)
#error "CALIMATIC_PUBLIC_CLIENTS_ONLY is for programs whose host does the cryptography: define CALIMATIC_CRYPTO_NONE, too"
#endif

#if defined(CALIMATIC_SEPARATE_COMPILATION)
#define CALIMATIC_DECL
#else
#define CALIMATIC_DECL inline
#endif

// The inline namespace tells version, cryptographic back end and what is left out, so that two plugins of one process cannot collide.
#if defined(CALIMATIC_CRYPTO_BOTAN)
#define CALIMATIC_ABI v0_1_botan
#elif defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
#define CALIMATIC_ABI v0_1_none_public
#else
#define CALIMATIC_ABI v0_1_none
#endif

namespace calimatic::inline CALIMATIC_ABI {}
