#pragma once
#include "object.hpp"
#include "values.hpp"
#include <utility>

namespace bridge {

/// An object that is a machine of the library.
template <class M>
class machine_object : public object {
public:
    explicit machine_object(M machine) : machine_(std::move(machine)) {}

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
    std::optional<cal::crypto_question> poll_crypto_question() override {
        if constexpr (cal::asks_crypto<M>) return machine_.poll_crypto_question();
        else return std::nullopt;
    }
    bool handle_crypto_answer(std::uint64_t id, cal::crypto_answer const& answer) override {
        if constexpr (cal::asks_crypto<M>) return machine_.handle_crypto_answer(id, answer);
        else return false;
    }

protected:
    M machine_;
};

/// A flow whose result is told as JSON by `Write`.
template <class M, auto Write>
class flow_object final : public machine_object<M> {
public:
    using machine_object<M>::machine_object;
    reply poll_result() override {
        auto const result = this->machine_.poll_result();
        return result ? reply_of(*result, Write) : reply();
    }
};

} // namespace bridge
