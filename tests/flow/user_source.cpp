#include <calimatic/flow/user_source.hpp>

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>

namespace {

struct one_user : calimatic::user_source {
    bool was_read = false;
    calimatic::result<std::optional<calimatic::batch_user>> next() override {
        if (was_read) return std::optional<calimatic::batch_user>();
        was_read = true;
        return std::optional(calimatic::batch_user{.email = "a@x.example", .first_name = "Ada", .last_name = "Lovelace"});
    }
};

} // namespace

TEST_CASE("a source gives its users one at a time, and then nothing") {
    std::unique_ptr<calimatic::user_source> const source = std::make_unique<one_user>();
    CHECK(source->next().value()->email == "a@x.example");
    CHECK_FALSE(source->next().value());
    CHECK_FALSE(source->next().value());
}
