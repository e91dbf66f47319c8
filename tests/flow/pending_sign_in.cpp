#include <calimatic/flow/pending_sign_in.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace cal = calimatic;

namespace {

cal::pending_sign_in a_sign_in() {
    return {.issuer = "https://op.example",
        .client_id = "client",
        .redirect_uri = "http://127.0.0.1:3000/cb",
        .scope = "openid email",
        .state = "the-state",
        .nonce = "the-nonce",
        .code_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        .begun_at = cal::time_point{cal::milliseconds{1'800'000'000'123}},
        .max_age = cal::seconds{60},
        .acr_values = "gold silver"};
}

std::string edited(std::string_view what, std::string_view by) {
    auto const saved = serialize(a_sign_in());
    std::string blob(saved.expose());
    auto const at = blob.find(what);
    REQUIRE(at != std::string::npos);
    return blob.replace(at, what.size(), by);
}

} // namespace

TEST_CASE("a pending sign-in comes back as it was saved") {
    for (bool const with_options : {true, false}) {
        auto saved = a_sign_in();
        if (!with_options) {
            saved.max_age.reset();
            saved.acr_values.clear();
        }
        auto const blob = serialize(saved);
        auto const back = cal::parse_pending_sign_in(blob.expose());
        REQUIRE(back);
        CHECK(back->issuer == saved.issuer);
        CHECK(back->client_id == saved.client_id);
        CHECK(back->redirect_uri == saved.redirect_uri);
        CHECK(back->scope == saved.scope);
        CHECK(back->state.expose() == saved.state.expose());
        CHECK(back->nonce.expose() == saved.nonce.expose());
        CHECK(back->code_verifier.expose() == saved.code_verifier.expose());
        CHECK(back->begun_at == saved.begun_at);
        CHECK(back->max_age == saved.max_age);
        CHECK(back->acr_values == saved.acr_values);
        CHECK(serialize(back->clone()).expose() == blob.expose());
    }
}

TEST_CASE("a damaged blob is refused, and one of another version by name") {
    struct row {
        std::string what;
        std::string blob;
        cal::error_code code;
    };
    auto const whole = std::string(serialize(a_sign_in()).expose());
    for (auto const& bad : {
             row{"empty", "", cal::error_code::blob_malformed},
             row{"not JSON", "hello", cal::error_code::blob_malformed},
             row{"an array", "[]", cal::error_code::blob_malformed},
             row{"cut", whole.substr(0, whole.size() / 2), cal::error_code::blob_malformed},
             row{"something after it", whole + "x", cal::error_code::blob_malformed},
             row{"of another kind", edited("pending_sign_in", "token_set"), cal::error_code::blob_malformed},
             row{"a later version", edited("\"version\":1", "\"version\":2"), cal::error_code::blob_version_unknown},
             row{"no version", edited("\"version\":1,", ""), cal::error_code::blob_malformed},
             row{"a member twice", edited("\"state\":", "\"state\":\"x\",\"state\":"), cal::error_code::blob_malformed},
             row{"no state", edited("\"state\":\"the-state\",", ""), cal::error_code::blob_malformed},
             row{"an empty nonce", edited("the-nonce", ""), cal::error_code::blob_malformed},
             row{"state is a number", edited("\"the-state\"", "1"), cal::error_code::blob_malformed},
             row{"a short code_verifier", edited("dBjftJeZ4CVP", "d"), cal::error_code::blob_malformed},
             row{"begun_at is a text", edited("1800000000123", "\"1800000000123\""), cal::error_code::blob_malformed},
             row{"begun_at beyond all times", edited("1800000000123", "9223372036854775807"), cal::error_code::blob_malformed},
             row{"begun_at before all times", edited("1800000000123", "-9223372036854775808"), cal::error_code::blob_malformed},
             row{"a negative max_age", edited("\"max_age\":60", "\"max_age\":-60"), cal::error_code::blob_malformed},
             row{"an endless max_age", edited("\"max_age\":60", "\"max_age\":9223372036854775807"), cal::error_code::blob_malformed},
             row{"acr_values without a word", edited("gold silver", "  "), cal::error_code::blob_malformed},
             row{"acr_values is a number", edited("\"gold silver\"", "7"), cal::error_code::blob_malformed},
         }) {
        INFO(bad.what);
        auto const parsed = cal::parse_pending_sign_in(bad.blob);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error() == bad.code);
        CHECK(parsed.error().message().find("dBjft") == std::string::npos);
    }
}

TEST_CASE("a blob beyond the limit is refused before it is parsed") {
    cal::check_options options;
    options.limits.blob = 100;
    CHECK(cal::parse_pending_sign_in(serialize(a_sign_in()).expose(), options).error() == cal::error_code::blob_malformed);
}
