#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/jws.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A JWT Claims Set (RFC 7519 4): the registered claims typed, every other one by name. A null claim counts as absent. Parsing says nothing
/// about trust: take claims only from a function that validates. Views are valid as long as this object (moving it is fine).
class claims {
public:
    std::optional<std::string_view> iss() const noexcept { return string("iss"); }
    std::optional<std::string_view> sub() const noexcept { return string("sub"); }
    std::optional<std::string_view> jti() const noexcept { return string("jti"); }
    /// The audiences, whether the claim is one string or an array of them; nothing where it is absent.
    CALIMATIC_DECL std::optional<std::vector<std::string_view>> aud() const;
    std::optional<time_point> exp() const noexcept { return date("exp"); }
    std::optional<time_point> nbf() const noexcept { return date("nbf"); }
    std::optional<time_point> iat() const noexcept { return date("iat"); }

    /// Any claim, of any JSON type; a view of kind `absent` where there is none.
    json operator[](std::string_view name) const noexcept { return document_.root()[name]; }
    /// A claim that is a string; nothing where it is absent or something else.
    std::optional<std::string_view> string(std::string_view name) const noexcept { return (*this)[name].as_string(); }
    /// A claim that is a NumericDate in range (RFC 7519 2, fractions allowed); nothing where it is absent or something else.
    CALIMATIC_DECL std::optional<time_point> date(std::string_view name) const noexcept;
    /// The whole set.
    json root() const noexcept { return document_.root(); }
    /// The whole set as a document of its own.
    json_document document() && noexcept { return std::move(document_); }

private:
    friend CALIMATIC_DECL result<claims> parse_claims(std::string_view, check_options const&);
    json_document document_;
};

/// Reads a claims set. Registered claims must have their types if they are there and not null (iss, sub, jti strings; aud a string or an array
/// of strings; exp, nbf, iat numbers between the years 0 and 9999). Errors: those of `parse_json`, `jwt_claims_malformed`, `claim_type_wrong`,
/// `claim_out_of_range`.
CALIMATIC_DECL result<claims> parse_claims(std::string_view payload, check_options const& options = {});

/// Reads the payload of a token as claims. Errors: those above, `jwt_nested` (cty JWT: RFC 8725 3.3).
CALIMATIC_DECL result<claims> parse_claims(compact_jws const& token, check_options const& options = {});

/// A JSON value as a NumericDate (RFC 7519 2), or nothing.
CALIMATIC_DECL std::optional<time_point> as_numeric_date(json value) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/claims.ipp>
#endif
