#include "reply.hpp"
#include <cstdint>
#include <utility>

namespace bridge {

namespace {

constexpr std::string_view condition_names[]{
    "", "retry_later", "authorize_again", "correct_input", "access_refused", "fix_configuration", "distrust_server"};

reply misuse(std::string_view code, cal::condition condition, std::string_view section, std::string_view sentence, std::string_view member) {
    cal::detail::json_writer writer;
    writer.string("code", code).string("condition", condition_names[static_cast<std::size_t>(condition)]).string("section", section);
    writer.string("message", std::string(sentence) + ": " + std::string(member)).string("got", member);
    return "{\"error\":" + writer.finish() + "}";
}

} // namespace

reply value(std::string&& json) {
    reply out = "{\"value\":";
    out.reserve(out.size() + json.size() + 1);
    out += json;
    out += '}';
    cal::wipe(json);
    return out;
}

reply text_value(std::string_view text) {
    cal::detail::json_writer writer;
    writer.string("value", text);
    return writer.finish();
}

reply number_value(double number) { return "{\"value\":" + std::to_string(static_cast<std::int64_t>(number)) + "}"; }

reply flag_value(bool flag) { return flag ? "{\"value\":true}" : "{\"value\":false}"; }

reply done() { return "{\"value\":null}"; }

std::string to_json(cal::error const& error) {
    cal::detail::json_writer writer;
    writer.string("code", error.name()).string("condition", condition_names[static_cast<std::size_t>(error.condition())]);
    writer.string("section", error.section()).string("message", error.message());
    writer.optional_string("expected", error.expected()).optional_string("got", error.got());
    if (error.http_status() != 0) writer.number("http_status", error.http_status());
    writer.optional_string("server_error", error.server_error()).optional_string("server_text", error.server_text());
    if (auto const wait = error.retry_after()) writer.number("retry_after", wait->count());
    return writer.finish();
}

reply failure(cal::error const& error) { return "{\"error\":" + to_json(error) + "}"; }

reply argument_malformed(std::string_view member) {
    return misuse("argument_malformed", cal::condition::correct_input, "package", "an argument is missing, of the wrong type, or not known", member);
}

reply secret_in_page(std::string_view member) {
    return misuse("secret_in_page", cal::condition::fix_configuration, "RFC 6749 2.1",
        "everybody who opens the page can read a secret in it: leave it to your back end, and register the page as a public client", member);
}

} // namespace bridge
