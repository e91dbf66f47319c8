#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/impl/testing/faults_network.ipp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Changes the object that an envelope has as its data.
template <class F>
void change_data(simulated_answer& a, F change) {
    auto const text = a.body.value("data");
    if (!text.starts_with('{')) return;
    json_members data(text);
    change(data);
    a.body.set("data", data.text());
}

/// Faults of the envelopes that the platform's APIs answer with; an answer without one is left alone.
inline std::span<testing::fault const> platform_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto organizations = testing::simulated_endpoint::organizations;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"api-html", {}, refused, response, "the platform acts, and answers with a page and status 200",
            [](answer& a) { if (!a.body.value("success").empty()) gateway_answers(a, 200); }},
        {"api-success-without-data", {}, refused, body, "success without data",
            [](answer& a) { if (a.body.value("success") == "true") a.body.remove("data"); }},
        {"api-success-text", {}, refused, body, "success is the text true",
            [](answer& a) { if (a.body.value("success") == "true") a.body.set_string("success", "true"); }},
        {"api-success-dup", {}, refused, body, "success is there twice",
            [](answer& a) { if (a.body.value("success") == "true") a.body.repeat("success", "false"); }},
        {"api-success-false", {}, refused, body, "status 200 with success false",
            [](answer& a) { if (a.body.value("success") == "true") a.body.set("success", "false").set_string("error", "Something went wrong").remove("data"); }},
        {"api-bare", {}, refused, body, "the data without their envelope",
            [](answer& a) { if (a.body.value("data").starts_with('{')) a.body = json_members(a.body.value("data")); }},
        {"api-data-array", {}, refused, body, "the data are there twice, in an array",
            [](answer& a) { if (auto const data = a.body.value("data"); data.starts_with('{')) a.body.set("data", "[" + data + "," + data + "]"); }},
        {"api-data-text", {}, refused, body, "the data are a text",
            [](answer& a) { if (a.body.value("data").starts_with('{')) a.body.set_string("data", a.body.value("data")); }},
        {"api-wrong-types", {}, refused, body, "ids are numbers, and texts are objects",
            [](answer& a) {
                change_data(a, [](json_members& data) {
                    for (auto const* id : {"id", "userId", "keycloakUserId"}) if (!data.value(id).empty()) data.set_number(id, 1);
                    for (auto const* text : {"email", "name"}) if (!data.value(text).empty()) data.set(text, "{}");
                });
            }},
        {"api-ids-missing", {}, refused, body, "no ids",
            [](answer& a) { change_data(a, [](json_members& data) { data.remove("id").remove("userId").remove("keycloakUserId").remove("email"); }); }},
        {"api-409-without-id", organizations, refused, response, "status 409 for a slug that exists, without the id",
            [](answer& a) { if (a.response.status == 409) a.response.body = R"({"success":false,"error":"An organization with this slug exists"})"; }},
        {"ok-api-extra", {}, accepted, body, "members that nobody knows",
            [](answer& a) {
                if (a.body.value("success").empty()) return;
                a.body.set("requestId", R"("r-1")").set("meta", R"({"a":[null,1.5]})");
                change_data(a, [](json_members& data) { data.set("new", R"([{"a":null}])"); });
            }},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
