#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <curl/curl.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace example {

/// Sends the library's requests with libcurl under the transport contract of `calimatic/core/http.hpp`. One thread at a time.
class curl_transport {
public:
    curl_transport() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    ~curl_transport() { curl_global_cleanup(); }
    curl_transport(curl_transport const&) = delete;
    curl_transport& operator=(curl_transport const&) = delete;

    calimatic::result<calimatic::http_response, calimatic::transport_failure> operator()(calimatic::http_request const& request) const {
        // A handle, and so a connection, for each request: where a kept connection has died, libcurl silently sends a request a second time, and an
        // authorization code or a refresh token must not be.
        std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
        std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, &curl_slist_free_all);
        if (!handle) return calimatic::transport_failure::not_sent;
        CURL* const curl = handle.get();

        std::string const method(to_string(request.method));
        if (request.method != calimatic::http_method::get) {
            curl_easy_setopt(curl, CURLOPT_POST, 1L);
            curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
        }
        auto const add_header = [&](std::string const& line) {
            if (curl_slist* longer = curl_slist_append(headers.get(), line.c_str())) {
                static_cast<void>(headers.release());
                headers.reset(longer);
                return true;
            }
            return false;
        };
        // Two that libcurl would add by itself.
        bool complete = add_header("Expect:");
        if (!find_header(request.headers, "content-type")) complete = complete && add_header("Content-Type:");
        for (auto const& [name, value] : request.headers) complete = complete && add_header(value.empty() ? name + ";" : name + ": " + value);
        if (!complete) return calimatic::transport_failure::not_sent;
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());

        curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)); // or newer (BCP 195)
        curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>((std::max)(request.timeout.count(), std::int64_t{1}))); // 0: none at all
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);

        transfer answer{.largest_body = request.max_response_body};
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);

        CURLcode const outcome = curl_easy_perform(curl);
        if (answer.too_large) return calimatic::transport_failure::too_large;
        if (outcome != CURLE_OK) return never_sent(curl, outcome) ? calimatic::transport_failure::not_sent : calimatic::transport_failure::no_answer;
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        answer.response.status = static_cast<int>(status);
        return std::move(answer.response);
    }

private:
    static constexpr std::size_t largest_header = 256 * 1024; // the library's own limits are smaller

    struct transfer {
        std::size_t largest_body;
        calimatic::http_response response{};
        std::size_t header_bytes = 0;
        bool header_complete = false;
        bool too_large = false;
    };

    // Called for every line, of interim answers (1xx) and of trailers, too: only the final answer's header is kept.
    static std::size_t on_header(char const* data, std::size_t, std::size_t size, void* user) {
        auto& out = *static_cast<transfer*>(user);
        if ((out.header_bytes += size) > largest_header) {
            out.too_large = true;
            return 0;
        }
        std::string_view line(data, size);
        while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            out.response.headers.clear();
            out.header_complete = false;
        } else if (line.empty()) {
            out.header_complete = true;
        } else if (auto const colon = line.find(':'); colon != line.npos && colon > 0 && line[0] > ' ' && !out.header_complete) {
            auto value = line.substr(colon + 1);
            while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
            while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
            out.response.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
        }
        return size;
    }

    static std::size_t on_body(char const* data, std::size_t, std::size_t size, void* user) {
        auto& out = *static_cast<transfer*>(user);
        if (size > out.largest_body - out.response.body.size()) {
            out.too_large = true;
            return 0; // ends the transfer
        }
        out.response.body.append(data, size);
        return size;
    }

    // Whether it is certain that no byte of the request left. When in doubt it is not: a token request may then have been acted upon.
    static bool never_sent(CURL* curl, CURLcode outcome) {
        switch (outcome) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION: return true;
        case CURLE_OPERATION_TIMEDOUT: {
            curl_off_t connected = 0;
            return curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected) == CURLE_OK && connected == 0;
        }
        default: return false;
        }
    }
};

} // namespace example
