#include <calimatic/flow/store_question.hpp>

#include <catch2/catch_test_macros.hpp>
#include <utility>

namespace cal = calimatic;

TEST_CASE("a question that says nothing changes nothing, and an answer that says nothing is a failure") {
    cal::store_question const question;
    CHECK(question.id == 0);
    CHECK(question.what == cal::store_question::kind::read);
    CHECK(question.value.empty());
    cal::store_answer const answer;
    CHECK(answer.what == cal::store_answer::kind::failed);
}

TEST_CASE("what is stored is moved, not copied") {
    static_assert(!std::is_copy_constructible_v<cal::store_question> && !std::is_copy_constructible_v<cal::store_answer>);
    cal::store_answer answer{cal::store_answer::kind::done, "1", "a value"};
    auto const moved = std::move(answer);
    CHECK(moved.value.expose() == "a value");
    CHECK(moved.revision == "1");
}
