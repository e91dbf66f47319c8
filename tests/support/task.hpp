#pragma once
#include <coroutine>
#include <cstdlib>
#include <optional>
#include <utility>

/// \file
/// The least that a coroutine's type can be.

namespace support {

/// A coroutine that begins when it is awaited or started, and ends with its owner.
template <class T>
class task {
public:
    struct promise_type {
        std::optional<T> value{};
        std::coroutine_handle<> awaiting = std::noop_coroutine();

        task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept {
            struct resume_awaiting {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept { return ended.promise().awaiting; }
                void await_resume() noexcept {}
            };
            return resume_awaiting{};
        }
        void return_value(T v) { value.emplace(std::move(v)); }
        void unhandled_exception() { std::abort(); }
    };

    task(task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (handle_) handle_.destroy();
    }

    void start() { handle_.resume(); }
    bool done() const { return handle_.done(); }
    T& value() { return handle_.promise().value.value(); }

    bool await_ready() { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) {
        handle_.promise().awaiting = awaiting;
        return handle_;
    }
    T await_resume() { return std::move(value()); }

private:
    explicit task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

} // namespace support
