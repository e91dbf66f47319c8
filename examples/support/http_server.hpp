#pragma once
#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <calimatic/core/http.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// An HTTP/1.1 server on the loopback interface, with the library's requests and responses; one thread. It answers only those that call it by its own
/// names, so that a page of another site that was led here cannot read from it. Bounded in size and in time.
class http_server {
public:
    /// Gets every request, with the whole URL that was called. Headers that come twice are there twice. A status of 0 is no answer: the connection is closed.
    using handler = std::function<calimatic::http_response(calimatic::http_request const& request)>;

    static constexpr std::size_t largest_body = 1024 * 1024;
    static constexpr std::chrono::seconds longest_wait{30};

    explicit http_server(handler handle) : handle_(std::move(handle)) {}

    /// Listens on 127.0.0.1; port 0 takes one that is free. What fails is told in words; "" means that it worked.
    std::string listen(std::uint16_t port) {
        boost::system::error_code failure;
        tcp::endpoint const wanted(boost::asio::ip::address_v4::loopback(), port);
        acceptor_.open(wanted.protocol(), failure);
        if (!failure) acceptor_.set_option(boost::asio::socket_base::reuse_address(true), failure);
        if (!failure) acceptor_.bind(wanted, failure);
        if (!failure) acceptor_.listen(boost::asio::socket_base::max_listen_connections, failure);
        if (failure) return failure.message();
        port_ = std::to_string(acceptor_.local_endpoint().port());
        boost::asio::co_spawn(context_, accept(), boost::asio::detached);
        return {};
    }
    /// "http://127.0.0.1:PORT"
    std::string origin() const { return "http://127.0.0.1:" + port_; }
    /// Another name of this server, for a browser or a file of hosts that leads it here.
    void add_name(std::string name) { names_.push_back(std::move(name)); }
    /// Lets pages of these origins call these paths and read the answers (Fetch 3.2, CORS), without cookies.
    void allow_pages(std::vector<std::string> origins, std::vector<std::string> paths) {
        page_origins_ = std::move(origins);
        open_paths_ = std::move(paths);
    }

    /// Serves until `stop`, which a handler may call; or for so long.
    void run() { context_.run(); }
    void run_for(std::chrono::milliseconds time) { context_.run_for(time); }
    void stop() { context_.stop(); }
    boost::asio::io_context& context() { return context_; }

private:
    using tcp = boost::asio::ip::tcp;
    template <class T>
    using awaitable = boost::asio::awaitable<T>;

    awaitable<void> accept() {
        for (;;) {
            boost::system::error_code failure;
            tcp::socket socket(context_);
            co_await acceptor_.async_accept(socket, boost::asio::redirect_error(boost::asio::use_awaitable, failure));
            if (failure) co_return;
            boost::asio::co_spawn(context_, serve(boost::beast::tcp_stream(std::move(socket))), boost::asio::detached);
        }
    }

    awaitable<void> serve(boost::beast::tcp_stream stream) {
        namespace http = boost::beast::http;
        boost::system::error_code failure;
        boost::beast::flat_buffer buffer;
        for (bool keep_alive = true; keep_alive && !failure;) {
            stream.expires_after(longest_wait);
            http::request_parser<http::string_body> parser;
            parser.body_limit(largest_body);
            co_await http::async_read(stream, buffer, parser, boost::asio::redirect_error(boost::asio::use_awaitable, failure));
            if (failure && failure != http::error::body_limit) break;
            auto response = failure ? calimatic::http_response{413, {}, {}} : answer(parser.get());
            if (response.status == 0) break;
            keep_alive = parser.get().keep_alive() && !failure;
            failure = {};

            http::response<http::string_body> out;
            out.version(11);
            out.result(static_cast<unsigned>(response.status));
            for (auto const& [name, value] : response.headers) out.insert(name, value);
            out.body() = std::move(response.body);
            out.keep_alive(keep_alive);
            out.prepare_payload();
            co_await http::async_write(stream, out, boost::asio::redirect_error(boost::asio::use_awaitable, failure));
        }
        stream.socket().shutdown(tcp::socket::shutdown_send, failure);
    }

    calimatic::http_response answer(boost::beast::http::request<boost::beast::http::string_body> const& in) {
        using enum calimatic::http_method;
        using field = boost::beast::http::field;
        std::string_view const host = in[field::host], origin = in[field::origin], target = in.target();
        bool const is_own = std::any_of(names_.begin(), names_.end(), [&](auto const& name) { return host == name + ":" + port_; });
        if (!is_own || !target.starts_with("/")) return {421, {}, {}};
        auto const is_one_of = [](auto const& list, std::string_view text) { return std::find(list.begin(), list.end(), text) != list.end(); };
        bool const is_open = is_one_of(open_paths_, target.substr(0, target.find('?')));
        bool const is_allowed = is_open && is_one_of(page_origins_, origin);

        calimatic::http_response response;
        auto const method = in.method_string();
        if (method == "OPTIONS" && is_allowed) {
            response = {204,
                {{"Access-Control-Allow-Methods", "GET, POST"}, {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
                    {"Access-Control-Max-Age", "600"}},
                {}};
        } else {
            calimatic::http_request request;
            if (method == "GET") request.method = get;
            else if (method == "POST") request.method = post;
            else if (method == "PUT") request.method = put;
            else if (method == "PATCH") request.method = patch;
            else if (method == "DELETE") request.method = delete_;
            else return {405, {}, {}};
            request.url = this->origin() + std::string(target);
            for (auto const& one : in) request.headers.push_back({std::string(one.name_string()), std::string(one.value())});
            request.body = in.body();
            response = handle_(request);
        }
        if (is_open) response.headers.push_back({"Vary", "Origin"});
        if (is_allowed) {
            response.headers.push_back({"Access-Control-Allow-Origin", std::string(origin)});
            response.headers.push_back({"Access-Control-Expose-Headers", "Date, Retry-After, WWW-Authenticate"});
        }
        return response;
    }

    handler handle_;
    boost::asio::io_context context_{1};
    tcp::acceptor acceptor_{context_};
    std::vector<std::string> names_{"127.0.0.1"};
    std::string port_;
    std::vector<std::string> page_origins_, open_paths_;
};

} // namespace example
