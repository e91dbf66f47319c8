#pragma once

/// \file
/// A program without exceptions has to say what Boost does instead of throwing. We call nothing that would throw, so this never runs; it only
/// has to be there. A program that has its own sets CALIMATIC_NO_THROW_EXCEPTION_DEFINITION.

#include <calimatic/impl/detail/boost_begin.ipp>
#include <boost/config.hpp>
#if defined(BOOST_NO_EXCEPTIONS) && !defined(CALIMATIC_NO_THROW_EXCEPTION_DEFINITION)
#include <boost/throw_exception.hpp>
#include <cstdlib>

namespace boost {

inline BOOST_NORETURN __attribute__((used)) void throw_exception(std::exception const&) { std::abort(); }
inline BOOST_NORETURN __attribute__((used)) void throw_exception(std::exception const&, source_location const&) { std::abort(); }

} // namespace boost
#endif
#include <calimatic/impl/detail/boost_end.ipp>
