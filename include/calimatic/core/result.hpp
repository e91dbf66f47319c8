#pragma once
#include <calimatic/detail/config.hpp>
#include <concepts>
#include <cstdlib>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

class error;

/// Marks a value as the error of a `result`, where the types alone do not tell (as `std::unexpected` does).
template <class E>
struct unexpected {
    E value;
};
template <class E>
unexpected(E) -> unexpected<E>;

/// A value or the error that prevented it, with the interface of `std::expected` and no exceptions. An error converts implicitly, so that
/// a function can simply `return error_code::state_mismatch;`. Reading the wrong side ends the program: it is a defect of the caller.
template <class T, class E = error>
class [[nodiscard]] result {
public:
    using value_type = T;
    using error_type = E;

    template <class U = T>
        requires(!std::same_as<std::remove_cvref_t<U>, result> && std::is_constructible_v<T, U> && std::is_convertible_v<U, T>)
    constexpr result(U&& value) : value_(std::in_place, std::forward<U>(value)) {}
    template <class G>
        requires(std::is_convertible_v<G, E> && !std::is_convertible_v<G, T> && !std::same_as<std::remove_cvref_t<G>, result>)
    constexpr result(G&& error) : error_(std::in_place, std::forward<G>(error)) {}
    template <class G>
    constexpr result(unexpected<G> error) : error_(std::in_place, std::move(error.value)) {}

    constexpr bool has_value() const noexcept { return value_.has_value(); }
    constexpr explicit operator bool() const noexcept { return value_.has_value(); }

    constexpr T& operator*() & noexcept { return value(); }
    constexpr T const& operator*() const& noexcept { return value(); }
    constexpr T&& operator*() && noexcept { return std::move(value()); }
    constexpr T* operator->() noexcept { return &value(); }
    constexpr T const* operator->() const noexcept { return &value(); }

    constexpr T& value() & noexcept { return require(value_); }
    constexpr T const& value() const& noexcept { return require(value_); }
    constexpr T&& value() && noexcept { return std::move(require(value_)); }
    constexpr E& error() & noexcept { return require(error_); }
    constexpr E const& error() const& noexcept { return require(error_); }
    constexpr E&& error() && noexcept { return std::move(require(error_)); }

    template <class U>
    constexpr T value_or(U&& other) const& {
        return value_ ? *value_ : static_cast<T>(std::forward<U>(other));
    }
    template <class U>
    constexpr T value_or(U&& other) && {
        return value_ ? std::move(*value_) : static_cast<T>(std::forward<U>(other));
    }

    /// `f(value)` returns another result with the same error type; an error passes through.
    template <class F>
    constexpr auto and_then(F&& f) && -> std::remove_cvref_t<std::invoke_result_t<F, T&&>> {
        if (!value_) return unexpected{std::move(*error_)};
        return std::invoke(std::forward<F>(f), std::move(*value_));
    }
    /// `f(value)` returns the new value; an error passes through.
    template <class F>
    constexpr auto transform(F&& f) && -> result<std::remove_cvref_t<std::invoke_result_t<F, T&&>>, E> {
        if (!value_) return unexpected{std::move(*error_)};
        return std::invoke(std::forward<F>(f), std::move(*value_));
    }
    /// `f(error)` returns the new error; a value passes through.
    template <class F>
    constexpr auto transform_error(F&& f) && -> result<T, std::remove_cvref_t<std::invoke_result_t<F, E&&>>> {
        if (value_) return std::move(*value_);
        return unexpected{std::invoke(std::forward<F>(f), std::move(*error_))};
    }
    /// `f(error)` returns a result that may still have a value; a value passes through.
    template <class F>
    constexpr result or_else(F&& f) && {
        if (value_) return std::move(*value_);
        return std::invoke(std::forward<F>(f), std::move(*error_));
    }

private:
    template <class O>
    static constexpr auto& require(O& side) noexcept {
        if (!side) std::abort();
        return *side;
    }
    std::optional<T> value_;
    std::optional<E> error_;
};

/// Success without a value, or an error.
template <class E>
class [[nodiscard]] result<void, E> {
public:
    using value_type = void;
    using error_type = E;

    constexpr result() noexcept = default;
    template <class G>
        requires(std::is_convertible_v<G, E> && !std::same_as<std::remove_cvref_t<G>, result>)
    constexpr result(G&& error) : error_(std::in_place, std::forward<G>(error)) {}
    template <class G>
    constexpr result(unexpected<G> error) : error_(std::in_place, std::move(error.value)) {}

    constexpr bool has_value() const noexcept { return !error_; }
    constexpr explicit operator bool() const noexcept { return !error_; }
    constexpr E& error() & noexcept { return require(error_); }
    constexpr E const& error() const& noexcept { return require(error_); }
    constexpr E&& error() && noexcept { return std::move(require(error_)); }

private:
    template <class O>
    static constexpr auto& require(O& side) noexcept {
        if (!side) std::abort();
        return *side;
    }
    std::optional<E> error_;
};

} // namespace calimatic::inline CALIMATIC_ABI
