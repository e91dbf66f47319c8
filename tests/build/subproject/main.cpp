#include <calimatic/auth.hpp>
#include <calimatic/drive/os_random.hpp>

namespace cal = calimatic;

int main() {
    cal::os_random random;
    auto const pair = cal::make_pkce(random);
    auto const request = cal::build_server_metadata_request("https://auth.calimatic.com");
    return pair && request && cal::compute_code_challenge(pair->code_verifier.expose()).value() == pair->code_challenge ? 0 : 1;
}
