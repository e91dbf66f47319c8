// A sign-in that is begun in one process and finished in another. What it needs to remember goes through a file, as run.mjs tells it:
//     begin FILE CRYPTO    writes pending() and prints the authorization URL
//     finish FILE CRYPTO   reads pending(), and the redirect from the standard input; prints the user
#include "host.hpp"
#include <fstream>
#include <iostream>
#include <iterator>

using namespace interop;

int main(int count, char** words) {
    if (count != 4) return 2;
    std::string const step = words[1];
    auto const crypto = words[3] == std::string("by_host") ? cal::crypto_answers::by_host : cal::crypto_answers::inside;
    auto const failed = [&](cal::error const& e) {
        std::cerr << step << ": " << e.message() << '\n';
        return 1;
    };
    cal::os_random random;
    example::curl_transport const send;
    auto server = cal::drive(cal::discover(issuer()), send);
    if (!server) return failed(server.error());

    if (step == "begin") {
        auto flow = cal::authorization_code_flow::start(
            std::move(*server), public_client(), {.redirect_uri = "http://127.0.0.1:4711/callback"}, random, cal::system_now(), {.crypto = crypto});
        if (!flow) return failed(flow.error());
        if (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, answer(*question));
        std::ofstream(words[2], std::ios::binary) << cal::serialize(*flow->pending()).expose();
        std::cout << *flow->authorization_url() << '\n';
        return 0;
    }
    std::ifstream file(words[2], std::ios::binary);
    auto pending = cal::parse_pending_sign_in(std::string(std::istreambuf_iterator<char>(file), {}));
    if (!pending) return failed(pending.error());
    std::string redirect;
    std::getline(std::cin, redirect);
    auto flow =
        cal::authorization_code_flow::resume(std::move(*server), public_client(), std::move(*pending), random, cal::system_now(), {.crypto = crypto});
    if (!flow) return failed(flow.error());
    if (auto taken = flow->handle_redirect(redirect, cal::system_now()); !taken) return failed(taken.error());
    auto const user = cal::drive(*flow, send, answer);
    if (!user) return failed(user.error());
    std::cout << user->claims.sub() << '\n';
}
