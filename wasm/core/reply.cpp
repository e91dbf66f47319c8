#include "reply.hpp"
#include <calimatic/detail/printable.hpp>
#include <string>
#include <utility>

namespace bridge {

namespace {

constexpr std::string_view condition_names[]{
    "", "retry_later", "authorize_again", "correct_input", "access_refused", "fix_configuration", "distrust_server"};

reply wrapped(std::string_view before, std::string_view json) {
    std::string out;
    out.reserve(before.size() + json.size() + 1);
    out.append(before).append(json).append("}");
    return out;
}

reply misuse(std::string_view code, cal::condition condition, std::string_view section, std::string sentence, std::string_view member) {
    cal::detail::json_writer writer;
    writer.string("code", code).string("condition", condition_names[static_cast<std::size_t>(condition)]).string("section", section);
    auto const got = cal::detail::printable(member);
    writer.string("message", got.empty() ? sentence : sentence + ": " + got).optional_string("got", got);
    return wrapped("{\"error\":", json_text(writer.finish()));
}

} // namespace

reply value(std::string_view json) { return wrapped("{\"value\":", json); }

reply text_value(std::string_view text) {
    cal::detail::json_writer writer;
    writer.string("value", text);
    return writer.finish();
}

reply number_value(std::int64_t number) { return value(std::to_string(number)); }

reply flag_value(bool flag) { return flag ? "{\"value\":true}" : "{\"value\":false}"; }

reply done() { return "{\"value\":null}"; }

reply time_value(std::optional<cal::time_point> time) { return time ? number_value(time->time_since_epoch().count()) : done(); }

json_text to_json(cal::error const& error) {
    cal::detail::json_writer writer;
    writer.string("code", error.name()).string("condition", condition_names[static_cast<std::size_t>(error.condition())]);
    writer.string("section", error.section()).string("message", error.message());
    writer.optional_string("expected", error.expected()).optional_string("got", error.got());
    if (error.http_status() != 0) writer.number("http_status", error.http_status());
    writer.optional_string("server_error", error.server_error()).optional_string("server_text", error.server_text());
    if (auto const wait = error.retry_after()) writer.number("retry_after", wait->count());
    return writer.finish();
}

reply failure(cal::error const& error) { return wrapped("{\"error\":", to_json(error)); }

reply error_value(std::optional<cal::error> const& error) { return error ? value(to_json(*error)) : done(); }

reply argument_malformed(std::string_view member) {
    return misuse("argument_malformed", cal::condition::correct_input, "package", "an argument is missing, of the wrong type, or not known", member);
}

reply secret_in_page(std::string_view member) {
    return misuse("secret_in_page", cal::condition::fix_configuration, "RFC 6749 2.1",
        "everybody who opens the page can read a secret in it: leave it to your back end, and register the page as a public client", member);
}

reply handles_exhausted() {
    return misuse("handles_exhausted", cal::condition::fix_configuration, "package", "65536 objects are alive: dispose of those that have ended", {});
}

} // namespace bridge
