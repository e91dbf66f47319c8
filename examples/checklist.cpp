// The integration checklist of the platform, one line an item: played through with the simulated platform, or as far as can be told with the real one
//
//     ./examples/run checklist                 an application that is integrated from the beginning, all 16 items, under virtual time
//     export CALIMATIC_CLIENT_ID=cca_... CALIMATIC_CLIENT_SECRET=ccas_...
//     ./examples/run checklist --organization my-org --email jane@school.edu       yours, at https://auth.calimatic.com
//
// It changes nothing at the platform without --write.

#include "support/live_application.hpp"
#include "support/simulated_application.hpp"
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

constexpr char const usage[] = "checklist [options], with CALIMATIC_CLIENT_ID and CALIMATIC_CLIENT_SECRET, which tell who calls\n"
                               "  --base-url URL       where the platform is (https://auth.calimatic.com)\n"
                               "  --organization SLUG  the organization of the application\n"
                               "  --email ADDRESS      of a user who has a licence, or is to get one\n"
                               "  --first-name TEXT    of that user, where it is to be provisioned\n"
                               "  --last-name TEXT     likewise\n"
                               "  --write              create the organization, if there is none, and provision the user\n"
                               "Without the two it plays with the simulated platform, and takes no options. It fails (1) where an item does.\n";

/// Nothing: these are not the words of the usage.
std::optional<example::live_settings> read_arguments(int count, char** words) {
    example::live_settings out;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        if (word == "--write") {
            out.write = true;
            continue;
        }
        if (i + 1 == count) return std::nullopt;
        std::string const value = words[++i];
        if (word == "--base-url") out.platform.base_url = value;
        else if (word == "--organization") out.organization = value;
        else if (word == "--email") out.email = value;
        else if (word == "--first-name") out.first_name = value;
        else if (word == "--last-name") out.last_name = value;
        else return std::nullopt;
    }
    return out;
}

template <class App>
int print(App& app) {
    example::checklist_report<App> report(app);
    report.print({&App::client_registration, &App::redirect_uris, &App::login_page_url, &App::organization_created, &App::scopes, &App::oidc_config,
        &App::login_flow, &App::organization_context, &App::user_provisioning, &App::auto_licensing, &App::token_refresh, &App::logout,
        &App::webhook_subscriptions, &App::user_lifecycle_sync, &App::error_handling, &App::test_with_real_users});
    return report.any_failed() ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

int main(int count, char** words) {
    // Other users of this machine can read a program's arguments, and shells remember them: a secret is not taken from there.
    char const* const id = std::getenv("CALIMATIC_CLIENT_ID");
    char const* const secret = std::getenv("CALIMATIC_CLIENT_SECRET");
    if (!id && !secret && count == 1) {
        example::simulated_application app;
        return print(app);
    }
    auto given = read_arguments(count, words);
    if (!given || !id || !secret) return std::fputs(usage, stderr), 2;
    given->platform.credentials = calimatic::app_client{id, secret};
    ::unsetenv("CALIMATIC_CLIENT_SECRET");
    example::live_application app(std::move(*given));
    return print(app);
}
