#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/printable.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/oauth/token.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "fuzz.hpp"

/// \file
/// The rooms core and detail: JSON, forms, URLs, encodings, dates, texts of errors.

namespace fuzz {

namespace {

void require_same(cal::json a, cal::json b) {
    require(a.kind() == b.kind(), "a value keeps its kind");
    require(a.size() == b.size(), "a value keeps its size");
    require(a.as_bool() == b.as_bool() && a.as_string() == b.as_string(), "a value stays the same");
    require(a.as_int64() == b.as_int64() && a.as_double() == b.as_double(), "a number stays the same");
    for (std::size_t i = 0; i < a.size(); ++i) {
        require(a.member_name(i) == b.member_name(i), "members keep their names and their order");
        if (a.kind() == cal::json_kind::array) require_same(a[i], b[i]);
        else require_same(a.member_value(i), b.member_value(i));
    }
}

void require_within(cal::json value, cal::limits const& limits, std::size_t depth) {
    if (value.kind() == cal::json_kind::array || value.kind() == cal::json_kind::object)
        require(++depth <= limits.json_depth, "nesting is within its limit");
    if (auto const text = value.as_string()) {
        require(text->size() <= limits.json_string, "a string is within its limit");
        require(cal::detail::is_utf8(*text), "a string is UTF-8");
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value.kind() == cal::json_kind::array) {
            require_within(value[i], limits, depth);
            continue;
        }
        auto const name = value.member_name(i);
        require(name.size() <= limits.json_string, "a name is within its limit");
        for (std::size_t other = 0; other < i; ++other) require(value.member_name(other) != name, "no member is there twice");
        require_same(value[name], value.member_value(i));
        require_within(value.member_value(i), limits, depth);
    }
}

void json(std::string_view input) {
    auto const document = cal::parse_json(input, 64 * 1024);
    if (!document) require_fit(document.error());
    else {
        require_within(document->root(), {}, 0);
        auto const text = document->root().to_string();
        auto const again = cal::parse_json(text, text.size());
        require(again.has_value(), "what was accepted is accepted again");
        require_same(document->root(), again->root());
        require(again->root().to_string() == text, "the text stays the same");
    }
    cal::check_options tight;
    tight.limits.json_depth = 3;
    tight.limits.json_string = 8;
    auto const small = cal::parse_json(input, 64, tight);
    if (!small) return;
    require(document.has_value(), "tighter limits accept nothing more");
    require(input.size() <= 64, "a text is within its limit");
    require_within(small->root(), tight.limits, 0);
    require_same(document->root(), small->root());
}

void form(std::string_view input) {
    auto const parsed = cal::detail::parse_form(input, {});
    if (!parsed) return require_fit(parsed.error());
    require(parsed->size() <= cal::limits{}.parameters, "parameters are within their limit");
    std::string text;
    for (auto const& [name, value] : *parsed) {
        for (auto const& part : {name, value})
            require(cal::detail::is_utf8(part) && part.find('\0') == std::string::npos, "a parameter is UTF-8 without NUL");
        cal::detail::append_form(text, name, value);
    }
    auto const again = cal::detail::parse_form(text, {});
    require(again.has_value(), "what was accepted is accepted again");
    auto const same = [](auto const& a, auto const& b) { return a.name == b.name && a.value == b.value; };
    require(std::equal(parsed->begin(), parsed->end(), again->begin(), again->end(), same), "parameters stay the same");
}

void uri(std::string_view input) {
    auto const url = cal::detail::parse_uri(input, {});
    auto const endpoint = cal::detail::check_endpoint(input, {});
    if (!url) {
        require_fit(url.error());
        require(!endpoint, "an endpoint is a URL");
        require(!tells(url.error(), planted), "no part of a URL is told");
        return;
    }
    require(input.size() <= cal::limits{}.url, "a URL is within its limit");
    std::string text = url->scheme + ':';
    if (url->has_authority) text += "//";
    if (url->has_userinfo) text += url->userinfo + '@';
    text += url->host;
    auto const with_port = text + ':' + url->port;
    auto const rest = url->path + (url->query ? '?' + *url->query : "") + (url->fragment ? '#' + *url->fragment : "");
    auto const is_input = [input](std::string const& made, std::string const& end) {
        if (input.size() != made.size() + end.size() || !input.ends_with(end)) return false;
        auto const same = [](char a, char b) { return a == b || (a | 0x20) == (b | 0x20); };
        return std::equal(made.begin(), made.end(), input.begin(), same);
    };
    require((url->port.empty() && is_input(text, rest)) || is_input(with_port, rest), "the parts make the URL");
    require(cal::detail::same_origin(*url, *url), "a URL has its own origin");
    if (!endpoint) return require_fit(endpoint.error());
    require(endpoint->scheme == "https" || (endpoint->scheme == "http" && endpoint->is_loopback()), "an endpoint is https or on loopback");
    require(!endpoint->has_userinfo && !endpoint->fragment && !endpoint->host.empty(), "an endpoint has no user name and no fragment");
    auto const longer = cal::detail::parse_uri(cal::detail::append_query(input, "a=b"), {});
    require(longer && longer->query && longer->query->ends_with("a=b"), "a query can be added");
    require(longer->host == endpoint->host && longer->path == endpoint->path, "a query changes nothing else");
}

void base64url(std::string_view input) {
    if (auto const bytes = cal::detail::base64url_decode(input))
        require(cal::detail::base64url_encode(*bytes) == input, "there is one text for some bytes");
    require(cal::detail::base64url_decode(cal::detail::base64url_encode(input)) == input, "bytes stay the same");
    require(cal::detail::base64_encode(input).size() == (input.size() + 2) / 3 * 4, "base64 is padded");
}

void http_date(std::string_view input) {
    auto const time = cal::parse_http_date(input);
    if (!time) return;
    using namespace std::chrono;
    auto const day = floor<days>(*time);
    year_month_day const date(day);
    require(date.year() >= year(0) && date.year() <= year(9999), "a date has a year of four digits");
    hh_mm_ss const clock(floor<seconds>(*time - day));
    static constexpr char const* names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr char const* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", names[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
        months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    require(cal::parse_http_date(text) == time, "a date written anew is the same");
}

void response(std::string_view input) {
    auto const answer = response_of(input);
    if (auto const wait = cal::retry_after(answer)) require(wait->count() >= 0 && wait->count() <= 24 * 3600, "a wait is at most a day");
    if (auto const e = cal::detail::check_response(answer, 512, {})) {
        require_fit(*e);
    } else {
        require(answer.body.size() <= 512 && answer.headers.size() <= cal::limits{}.headers, "an answer is within its limits");
        require((answer.status < 300 || answer.status > 399) && answer.status != 429 && (answer.status < 500 || answer.status > 599),
            "no such status is let through");
    }
    require_fit(cal::detail::unexpected_status(answer));
    auto const type = cal::detail::media_type(answer);
    require(std::none_of(type.begin(), type.end(), [](char c) { return c <= 0x20 || c >= 0x7f || (c >= 'A' && c <= 'Z'); }),
        "a media type is a token in lower case");
    if (auto const said = cal::detail::parse_server_error(answer.body, {})) {
        require(!said->error.empty() && said->description.size() <= cal::limits{}.server_text, "what a server said is within its limit");
        require(cal::detail::is_utf8(said->description), "a text is not cut within a character");
    }
}

void printable(std::string_view input) {
    for (std::size_t const size : {std::size_t{0}, std::size_t{7}, std::size_t{256}}) {
        auto const text = cal::detail::printable(input, size);
        require(text.size() <= size, "a text is within its limit");
        require(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }), "a text is printable ASCII");
    }
}

void scope(std::string_view input) {
    auto const scope = cal::detail::normalize_scope(input);
    if (!scope) return;
    require(cal::detail::normalize_scope(*scope) == scope, "a scope is normalized once");
    require(cal::scope_covers(input, *scope) && cal::scope_covers(*scope, input), "no scope is lost and none added");
    require(!scope->starts_with(' ') && !scope->ends_with(' ') && scope->find("  ") == std::string::npos, "one space is between two scopes");
}

void clock(std::string_view input) {
    reader in(input);
    cal::clock_offset offset;
    for (int round = 0; round < 3; ++round) {
        auto const sent_at = in.time();
        auto const received_at = in.flag() ? in.time() : sent_at;
        cal::http_response answer{200, {{"Date", in.text()}}, {}};
        if (in.flag()) answer.headers.push_back({"Age", "0"});
        auto const before = offset.learned();
        bool const changed = offset.learn(answer, sent_at, received_at);
        require(changed == (before.value_or(cal::milliseconds(0)) != offset.learned().value_or(cal::milliseconds(0))), "a change is told");
        auto const now = in.flag() ? in.time() : received_at;
        auto const corrected = offset.correct(now);
        if (now >= cal::time_point(std::chrono::sys_days(std::chrono::year(2027) / 1 / 1)) &&
            now < cal::time_point(std::chrono::sys_days(std::chrono::year(9990) / 1 / 1))) {
            require(std::chrono::abs(corrected - now) <= cal::clock_offset::max_clock_offset, "a plausible clock is moved by a day at most");
        }
        auto const words = offset.describe();
        require(words.empty() == (offset.learned().value_or(cal::milliseconds(0)) == cal::milliseconds(0)), "what was learned is described");
    }
    offset.reset();
    require(!offset.learned() && offset.describe().empty(), "what was learned is forgotten");
}

void error_text(std::string_view input) {
    reader in(input);
    auto const what = in.choose(4);
    auto const secret = in.text(), first = in.text(), second = in.text();
    cal::error e(cal::error_code::token_error);
    if (what == 0) e = std::move(e).with_server(first, second);
    else if (what == 1) e = std::move(e).with_got(first).with_expected(second);
    else if (what == 2) e = std::move(e).with_server(first + secret, "secret=" + cal::detail::form_encode(secret) + "&" + second).with_got(secret);
    else e = std::move(e).with_server("", std::string(1024 - (std::min)(first.size(), std::size_t{64}), 'x') + secret + second);
    require_fit(e);
    auto const copy = e;
    auto const without = std::move(e).without(secret);
    require_fit(without);
    require_fit(copy);
    // What stands in a secret's place has brackets: with one in the secret it could come about anew.
    if (secret.size() < 8 || secret.find_first_of("[]") != std::string::npos) return;
    for (auto const& spelled : {secret, cal::detail::form_encode(secret)})
        for (auto const text : {without.expected(), without.got(), without.server_error(), without.server_text()})
            require(text.find(spelled) == std::string_view::npos, "a secret that was taken out is not there");
}

void blob(std::string_view input) {
    auto const document = cal::detail::parse_blob(input, "token_set", 1, {});
    if (!document) {
        require_fit(document.error());
        require_secret_kept(document.error(), input, input, {"access_token"});
        return;
    }
    require(input.size() <= cal::limits{}.blob, "a saved value is within its limit");
    require(document->root()["calimatic"].as_string() == "token_set" && document->root()["version"].as_int64() == 1, "a saved value is of its kind");
}

} // namespace

std::span<target const> core_targets() {
    static constexpr target targets[] = {
        {"json", json},
        {"form", form},
        {"uri", uri},
        {"base64url", base64url},
        {"http_date", http_date},
        {"response", response},
        {"printable", printable},
        {"scope", scope},
        {"clock_offset", clock},
        {"error_text", error_text},
        {"blob", blob},
    };
    return targets;
}

} // namespace fuzz
