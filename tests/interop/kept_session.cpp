// A session that one process after another takes up. What outlives a process is in a file, as run.mjs tells it:
//     begin FILE CRYPTO      signs in
//     refresh FILE CRYPTO    takes the session up and refreshes it
//     die FILE CRYPTO        is ended when it has saved that a refresh is about to leave
//     die-later FILE CRYPTO  is ended when the provider has answered
//     late FILE CRYPTO       takes the session up after the ambiguity window
// The last line says whose session it is, or why it is none.
#include "host.hpp"
#include <fstream>
#include <iostream>
#include <iterator>

using namespace interop;
using kind = cal::session_event::kind;

namespace {

int failed(cal::error const& e) {
    std::cerr << e.message() << '\n';
    return 1;
}

cal::result<cal::sign_in> sign_in(cal::server_metadata const& server, cal::crypto_answers crypto) {
    cal::os_random random;
    auto flow = cal::authorization_code_flow::start(server, public_client(), offline(), random, cal::system_now(), {.crypto = crypto});
    if (!flow) return flow.error();
    if (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, answer(*question));
    if (auto taken = flow->handle_redirect(redirected(*flow->authorization_url()), cal::system_now()); !taken) return taken.error();
    return cal::drive(*flow, example::curl_transport(), answer);
}

} // namespace

int main(int count, char** words) {
    if (count != 4) return 2;
    std::string const step = words[1];
    cal::session_options options{.unauthorized_interval = cal::milliseconds(0)};
    options.crypto = words[3] == std::string("by_host") ? cal::crypto_answers::by_host : cal::crypto_answers::inside;
    if (step == "late") options.ambiguity_window = cal::milliseconds(0);

    auto server = cal::drive(cal::discover(issuer()), example::curl_transport());
    if (!server) return failed(server.error());
    cal::os_random random;
    cal::result<cal::session> session = cal::error_code::session_ended;
    if (step == "begin") {
        auto user = sign_in(*server, options.crypto);
        if (!user) return failed(user.error());
        session = cal::session::start({*server, public_client()}, std::move(*user), random, cal::system_now(), std::move(options));
    } else {
        std::ifstream file(words[2], std::ios::binary);
        std::string const blob(std::istreambuf_iterator<char>(file), {});
        session = cal::session::resume(cal::oauth_refresh{*server, public_client()}, blob, random, cal::system_now(), std::move(options));
    }
    if (!session) return failed(session.error());

    session_keeper keeper;
    keeper.save = [&](std::string const& blob) { std::ofstream(words[2], std::ios::binary) << blob; };
    if (step != "begin" && step != "late") {
        auto const token = session->access_token(cal::system_now());
        if (!token) return failed(token.error());
        session->handle_unauthorized(*token, cal::system_now());
    }
    if (step == "die-later") keeper.send.loses_answers = true;
    auto const wanted = step == "die" ? kind::refresh_started : step == "die-later" || step == "late" ? kind::refresh_failed : kind::tokens_changed;
    auto const happened = keeper.run(*session, wanted);
    if (auto const token = session->access_token(cal::system_now()); !happened || !token)
        return failed(token ? cal::error(cal::error_code::flow_in_wrong_state) : token.error());
    if (happened->error) std::cout << happened->error->name() << '\n';
    std::cout << session->claims()->sub() << '\n' << std::flush;
    if (step == "die" || step == "die-later") std::_Exit(0);
}
