#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/machine.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// Makes a flow of any pair of `build_x_request` and `parse_x_response`:
///     single_request userinfo(build_userinfo_request(server, token), [sub](http_response const& r) { return parse_userinfo_response(r, sub); });
/// `parse` lives as long as the flow, so it owns what it needs. It takes the response, and the time where it wants it. A request that could not be built is the flow's result. Nothing is sent twice.
template <class Parse>
class single_request {
    static constexpr auto call(Parse& parse, http_response const& response, time_point now) {
        if constexpr (std::invocable<Parse&, http_response const&, time_point>) return parse(response, now);
        else return parse(response);
    }
    using parsed = decltype(call(std::declval<Parse&>(), std::declval<http_response const&>(), time_point{}));

public:
    using value_type = typename parsed::value_type;

    single_request(result<http_request> request, Parse parse) : parse_(std::move(parse)) {
        if (request) request_ = std::move(*request);
        else finish(std::move(request).error());
    }

    std::optional<http_request> poll_request(time_point) {
        if (step_ != step::ready) return std::nullopt;
        step_ = step::in_flight;
        std::optional<http_request> out(std::move(request_));
        out->id = the_id;
        return out;
    }
    bool handle_response(request_id id, http_response response, time_point now) {
        bool const awaited = step_ == step::in_flight && id == the_id;
        if (awaited) {
            result_.emplace(call(parse_, response, now));
            step_ = step::finished;
        }
        wipe(response.body);
        return awaited;
    }
    bool handle_failure(request_id id, transport_failure failure, time_point) {
        if (step_ != step::in_flight || id != the_id) return false;
        finish(to_error(failure));
        return true;
    }
    std::optional<time_point> next_deadline() const { return step_ == step::ready || result_ ? std::optional(at_once) : std::nullopt; }
    void abort() {
        if (step_ != step::finished) finish(error_code::aborted);
    }
    std::optional<result<value_type>> poll_result() { return std::exchange(result_, std::nullopt); }

private:
    enum class step : std::uint8_t { ready, in_flight, finished };
    static constexpr request_id the_id{1};

    void finish(error error) {
        result_.emplace(unexpected{std::move(error)});
        step_ = step::finished;
    }

    http_request request_;
    Parse parse_;
    std::optional<result<value_type>> result_;
    step step_ = step::ready;
};

} // namespace calimatic::inline CALIMATIC_ABI
