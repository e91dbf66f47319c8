#pragma once
#include "object.hpp"
#include "values.hpp"
#include <calimatic/flow/machine.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace bridge {

/// An object that is a machine of the library, with the tables of what only this kind has.
template <class M>
class machine_object : public object {
public:
    explicit machine_object(M machine, std::span<method const> methods = {}, std::span<method const> more = {})
        : machine_(std::move(machine)), methods_{methods, more} {}

    M& machine() noexcept { return machine_; }

    reply poll_request(cal::time_point now) override {
        auto const request = machine_.poll_request(now);
        return request ? value(to_json(*request)) : reply();
    }
    bool handle_response(cal::request_id id, cal::http_response response, cal::time_point now) override {
        return machine_.handle_response(id, std::move(response), now);
    }
    bool handle_failure(cal::request_id id, cal::transport_failure failure, cal::time_point now) override {
        return machine_.handle_failure(id, failure, now);
    }
    std::optional<cal::time_point> next_deadline() const override { return machine_.next_deadline(); }
    void abort() override { machine_.abort(); }
    reply poll_event() override {
        if constexpr (requires(M & m) { m.poll_event(); }) {
            auto const event = machine_.poll_event();
            return event ? value(to_json(*event)) : reply();
        } else return {};
    }
    std::optional<cal::crypto_question> poll_crypto_question() override {
        if constexpr (cal::asks_crypto<M>) return machine_.poll_crypto_question();
        else return std::nullopt;
    }
    bool handle_crypto_answer(std::uint64_t id, cal::crypto_answer const& answer) override {
        if constexpr (cal::asks_crypto<M>) return machine_.handle_crypto_answer(id, answer);
        else return false;
    }
    method const* find_method(std::string_view name) const override {
        for (auto const methods : methods_)
            for (auto const& method : methods)
                if (method.name == name) return &method;
        return nullptr;
    }

protected:
    M machine_;

private:
    std::span<method const> methods_[2];
};

/// A flow whose result is told as JSON.
template <class M>
class flow_object : public machine_object<M> {
public:
    using machine_object<M>::machine_object;
    reply poll_result() override {
        auto const result = this->machine_.poll_result();
        return result ? reply_of(*result, [](auto const& value) { return to_json(value); }) : reply();
    }
};

/// A method that is `F(machine, arguments, call)`.
template <class M, auto F>
reply on(object& object, arguments& given, call const& call) {
    return F(static_cast<machine_object<M>&>(object).machine(), given, call);
}

} // namespace bridge
