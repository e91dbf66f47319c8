#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Some text as a JSON string.
inline std::string json_string(std::string_view text) {
    auto object = json_writer().string("", text).finish(); // {"":"..."}
    return object.substr(4, object.size() - 5);
}

/// A JSON object that can still be changed, and that can hold what no JSON writer would write.
class json_members {
public:
    json_members() = default;
    /// Those of an object; none where the text is not one.
    explicit json_members(std::string_view object) {
        auto const document = parse_json(object, object.size());
        if (!document) return;
        for (std::size_t i = 0; i < document->root().size(); ++i)
            members_.emplace_back(document->root().member_name(i), document->root().member_value(i).to_string());
    }

    /// `json` is JSON text. A new member is put last.
    json_members& set(std::string_view name, std::string json) {
        for (auto& member : members_) {
            if (member.first != name) continue;
            member.second = std::move(json);
            return *this;
        }
        return repeat(name, std::move(json));
    }
    json_members& set_string(std::string_view name, std::string_view value) { return set(name, json_string(value)); }
    json_members& set_number(std::string_view name, std::int64_t value) { return set(name, std::to_string(value)); }
    /// Put last, even if the name is there already.
    json_members& repeat(std::string_view name, std::string json) {
        members_.emplace_back(name, std::move(json));
        return *this;
    }
    /// Put first, even if the name is there already.
    json_members& repeat_first(std::string_view name, std::string json) {
        members_.emplace(members_.begin(), name, std::move(json));
        return *this;
    }
    json_members& remove(std::string_view name) {
        std::erase_if(members_, [name](auto const& member) { return member.first == name; });
        return *this;
    }
    /// The value as JSON text; "" where there is none.
    std::string value(std::string_view name) const {
        for (auto const& member : members_)
            if (member.first == name) return member.second;
        return {};
    }
    /// The value of a string; "" where there is none.
    std::string string(std::string_view name) const {
        auto const text = "[" + value(name) + "]";
        auto const document = parse_json(text, text.size());
        return std::string(document ? document->root()[0].as_string().value_or("") : "");
    }
    /// The value of an integer; 0 where there is none.
    std::int64_t number(std::string_view name) const {
        auto const text = "[" + value(name) + "]";
        auto const document = parse_json(text, text.size());
        return document ? document->root()[0].as_int64().value_or(0) : 0;
    }
    std::string text() const {
        std::string text;
        for (auto const& [name, json] : members_) text.append(text.empty() ? "" : ",").append(json_string(name)).append(":").append(json);
        return "{" + text + "}";
    }
    friend bool operator==(json_members const&, json_members const&) = default;

private:
    std::vector<std::pair<std::string, std::string>> members_;
};

/// A JWT that is being made.
struct token_draft {
    json_members header{};
    json_members claims{};
    std::optional<std::string> payload{}; ///< instead of the claims
    std::string key{};                    ///< the private JWK that signs
    std::string alg{};                    ///< with which algorithm, whatever the header says
    std::string text{};                   ///< once it was signed

    friend bool operator==(token_draft const&, token_draft const&) = default;
};

/// An answer that is being made: what a fault gets to change, at its stage, and what it may look at.
struct simulated_answer {
    token_draft id_token{};
    json_members body{};
    std::vector<json_members> keys{};
    std::vector<std::pair<std::string, std::string>> redirect{};
    http_response response{};
    std::optional<transport_failure> failure{};
    milliseconds duration{0};

    std::string issuer{};
    std::string access_token{}; ///< that comes with the ID Token
    std::int64_t now{};         ///< seconds, by the platform's clock
    milliseconds timeout{0};    ///< of the request
    milliseconds delay{0};      ///< of the fault
    seconds retry_after{0};     ///< likewise
    testing::seeded_random* random{};

    void header(std::string_view name, std::string_view value) {
        std::erase_if(response.headers, [name](auto const& header) { return header.name == name; });
        response.headers.push_back({std::string(name), std::string(value)});
    }
    /// An answer in place of the one that the server would give.
    void answer(int status, std::string_view type, std::string_view text) {
        response.status = status;
        header("Content-Type", type);
        response.body = text;
    }
    /// Whether all is the same that a fault can change.
    friend bool operator==(simulated_answer const& a, simulated_answer const& b) {
        auto const same_header = [](auto const& one, auto const& other) { return one.name == other.name && one.value == other.value; };
        return a.id_token == b.id_token && a.body == b.body && a.keys == b.keys && a.redirect == b.redirect && a.failure == b.failure &&
            a.duration == b.duration && a.response.status == b.response.status && a.response.body == b.response.body &&
            std::equal(a.response.headers.begin(), a.response.headers.end(), b.response.headers.begin(), b.response.headers.end(), same_header);
    }
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
