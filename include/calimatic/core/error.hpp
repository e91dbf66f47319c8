#pragma once
#include <calimatic/core/error_code.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// What broke, where that rule is written, and all that a person needs to mend it. Two words, cheap to copy, immutable once returned, and
/// free of secrets: tokens, codes, verifiers, client secrets, `state` and `nonce` are never put into one.
class [[nodiscard]] error {
public:
    error(error_code code) noexcept : code_(code), condition_(detail::condition_of(code)) {}
    CALIMATIC_DECL error(error const& other) noexcept;
    error(error&& other) noexcept
        : code_(other.code_), http_status_(other.http_status_), condition_(other.condition_), details_(std::exchange(other.details_, nullptr)) {}
    error& operator=(error other) noexcept {
        std::swap(code_, other.code_);
        std::swap(http_status_, other.http_status_);
        std::swap(condition_, other.condition_);
        std::swap(details_, other.details_);
        return *this;
    }
    CALIMATIC_DECL ~error();

    /// The rule that broke.
    error_code code() const noexcept { return code_; }
    /// What to do about it.
    calimatic::condition condition() const noexcept { return condition_; }
    /// The rule's name ("state_mismatch") and where it is written ("RFC 6749 10.12").
    std::string_view name() const noexcept { return rule_of(code_).name; }
    std::string_view section() const noexcept { return rule_of(code_).section; }
    /// What the rule wanted and what was there, where it may be told: printable ASCII, at most 256 bytes, possibly empty.
    CALIMATIC_DECL std::string_view expected() const noexcept;
    CALIMATIC_DECL std::string_view got() const noexcept;
    /// The status of the answer that broke the rule, or 0.
    int http_status() const noexcept { return http_status_; }
    /// The server's own `error` ("invalid_grant") and `error_description`, as sent but for the length (256 and 1024 bytes, whole UTF-8 sequences):
    /// untrusted text, not to be rendered as markup. Empty where the server sent none.
    CALIMATIC_DECL std::string_view server_error() const noexcept;
    CALIMATIC_DECL std::string_view server_text() const noexcept;
    /// How long the server asked to wait (RFC 9110 10.2.3).
    CALIMATIC_DECL std::optional<seconds> retry_after() const noexcept;
    /// All of the above in one line of printable ASCII, for a log or a support form.
    CALIMATIC_DECL std::string message() const;

    /// For those who make errors. Each returns the error, so that they chain. `expected` and `got` are made printable and cut.
    CALIMATIC_DECL error with_expected(std::string_view text) &&;
    CALIMATIC_DECL error with_got(std::string_view text) &&;
    CALIMATIC_DECL error with_server(std::string_view server_error, std::string_view server_text) &&;
    CALIMATIC_DECL error with_retry_after(std::optional<seconds> time) &&;
    CALIMATIC_DECL error with_http_status(int status) &&;
    CALIMATIC_DECL error with_condition(calimatic::condition condition) &&;
    /// Replaces every occurrence of a secret by "[secret]", for servers that repeat what they were sent: as it is, as a form or JSON spells it, or cut
    /// off at the end. Secrets of fewer than 8 bytes are left alone.
    CALIMATIC_DECL error without(std::string_view secret) &&;

    /// Two errors are equal if they name the same rule.
    friend bool operator==(error const& a, error_code b) noexcept { return a.code_ == b; }

private:
    struct details;
    CALIMATIC_DECL details& edit();

    error_code code_;
    std::uint16_t http_status_ = 0;
    calimatic::condition condition_;
    details* details_ = nullptr; // counted, shared between copies, null where there is nothing to tell
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/error.ipp>
#endif
