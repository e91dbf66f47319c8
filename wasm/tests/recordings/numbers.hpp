#pragma once
#include "recorded_module.hpp"
#include <calimatic/detail/base64url.hpp>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

namespace recordings {

/// Numbers of JSON that are hard to read or to write, as JavaScript does it for the module of WebAssembly: at the limits of the types, subnormal, with many
/// digits, and next to the middle between two doubles.
class hard_numbers {
public:
    std::string next() {
        switch (random_() % 5) {
        case 0: return written("%.17g", finite(random_()));
        case 1: return digits(1 + random_() % 40) + (random_() % 2 ? "." + digits(1 + random_() % 30) : "") + exponent(300);
        case 2: return written("%.17g", std::bit_cast<double>(random_() & 0x800f'ffff'ffff'ffff));
        case 3: return (random_() % 2 ? "-" : "") + digits(18 + random_() % 4);
        default: return middle(finite(random_()));
        }
    }

private:
    static double finite(std::uint64_t bits) {
        auto const number = std::bit_cast<double>(bits);
        return std::isfinite(number) ? number : 0.1;
    }
    template <class Number>
    static std::string written(char const* format, Number number) {
        std::array<char, 64> text{};
        std::snprintf(text.data(), text.size(), format, number);
        return text.data();
    }
    std::string digits(std::uint64_t count) {
        std::string out(1, static_cast<char>('1' + random_() % 9));
        while (out.size() < count) out += static_cast<char>('0' + random_() % 10);
        return out;
    }
    std::string exponent(int most) {
        return random_() % 3 == 0 ? std::string() : written("e%d", static_cast<int>(random_() % static_cast<unsigned>(2 * most)) - most - 40);
    }
    static std::string middle(double number) {
        auto const above = std::nextafter(number, number < 0 ? -1e308 : 1e308);
        return written("%.24Le", (static_cast<long double>(number) + static_cast<long double>(above)) / 2);
    }

    std::mt19937_64 random_{5};
};

inline void read_claims(recorded_module& module, std::string_view numbers) {
    auto const payload = cal::detail::base64url_encode("{\"iss\":\"https://id.example\",\"numbers\":[" + std::string(numbers) + "]}");
    module.call("parse_claims", "{\"token\":\"eyJhbGciOiJSUzI1NiJ9." + payload + ".AAAA\"}", cal::time_point()); // {"alg":"RS256"}
}

/// Reads and writes `count` numbers, and some that are known to be difficult.
inline void play_numbers(recorded_module& module, int count) {
    read_claims(
        module, "0,-0,-0.0,0e0,0E-7,1E5,1e23,0.1,5e-324,4.9406564584124654e-324,2.4703282292062327e-324,2.4703282292062328e-324,1e-400,-1e-400");
    read_claims(
        module, "2.2250738585072011e-308,2.2250738585072014e-308,1.7976931348623157e308,-1.7976931348623158e308,8.5,9007199254740993,1e15,1e22");
    read_claims(
        module, "9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775809,18446744073709551615,18446744073709551616");
    for (auto const* too_large : {"1e309", "-1e309", "1.7976931348623159e308", "1e99999999999"}) read_claims(module, too_large);
    for (auto const* wrong : {"01", "-", "+1", "1.", ".5", "1e", "1e+", "--1", "0x1", "NaN", "Infinity", "-Infinity"}) read_claims(module, wrong);
    hard_numbers numbers;
    for (int i = 0; i < count; i += 50) {
        auto text = numbers.next();
        for (int more = 1; more < 50; ++more) text += "," + numbers.next();
        read_claims(module, text);
    }
}

} // namespace recordings
