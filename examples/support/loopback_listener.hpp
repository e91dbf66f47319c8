#pragma once
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace example {

/// A socket, closed when dropped, that never blocks and is not inherited by the programs that this one starts (the browser).
class socket_handle {
public:
    explicit socket_handle(int fd) : fd_(fd) {
        if (fd_ < 0) return;
        ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
    }
    socket_handle(socket_handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    socket_handle& operator=(socket_handle&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~socket_handle() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

/// Waits on the loopback interface for the browser to come back (RFC 8252 7.3, 8.3), and listens no longer than it lives. Any program and any page
/// that is open on this machine can call it, so it trusts nobody: what is not a GET of its own path at its own host and port is answered with an
/// error, and what is goes to `authorization_code_flow::handle_redirect`, which knows its own. For POSIX systems; one thread.
class loopback_listener {
public:
    using clock = std::chrono::steady_clock;

    /// Listens at `redirect_uri`: http, then 127.0.0.1, [::1] or localhost (both of these addresses), a port, and a path. Without a port it takes one
    /// that is free (RFC 8252 7.3). Nothing: this is another kind of URL, or the port is taken.
    static std::optional<loopback_listener> listen(std::string_view redirect_uri) {
        constexpr std::string_view scheme = "http://";
        auto const slash = redirect_uri.find('/', scheme.size());
        if (!redirect_uri.starts_with(scheme) || slash == redirect_uri.npos) return std::nullopt;
        auto host = redirect_uri.substr(scheme.size(), slash - scheme.size());
        auto const target = redirect_uri.substr(slash);
        std::uint16_t port = 0;
        if (auto const colon = host.rfind(':'); colon != host.npos && !host.ends_with(']')) {
            auto const digits = host.substr(colon + 1);
            auto const [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
            if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
            host = host.substr(0, colon);
        }

        loopback_listener out;
        bool const both = host == "localhost";
        if (both || host == "127.0.0.1") {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (out.bind(address, address.sin_port, port) != 0) return std::nullopt;
        }
        if (both || host == "[::1]") {
            sockaddr_in6 address{};
            address.sin6_family = AF_INET6;
            address.sin6_addr = in6addr_loopback;
            // Nobody can be called at ::1 of a machine without IPv6. But if another program has the port there, the browser may call that one.
            int const failure = out.bind(address, address.sin6_port, port);
            if (failure != 0 && !(both && (failure == EAFNOSUPPORT || failure == EADDRNOTAVAIL))) return std::nullopt;
        }
        if (out.listening_.empty()) return std::nullopt;
        out.host_ = std::string(host) + ":" + std::to_string(port);
        out.path_ = target.substr(0, target.find('?'));
        out.redirect_uri_ = std::string(scheme) + out.host_ + std::string(target);
        return out;
    }

    /// What to put into the authorization request: `redirect_uri` with the port that was chosen.
    std::string const& redirect_uri() const { return redirect_uri_; }

    /// Gives every URL that a browser calls here to `handle`, until that returns true: this was the one. False: `until` has come first.
    template <class Handle>
    bool serve(clock::time_point until, Handle&& handle) {
        std::vector<connection> connections;
        std::vector<pollfd> watched;
        for (;;) {
            auto const now = clock::now();
            std::erase_if(connections, [&](connection const& c) { return c.closed || c.until <= now; });
            if (now >= until) return false;

            auto wake = (std::min)(until, now + std::chrono::seconds(10));
            watched.clear();
            for (auto const& c : connections) {
                watched.push_back({c.socket.get(), POLLIN, 0});
                wake = (std::min)(wake, c.until);
            }
            for (auto const& socket : listening_) watched.push_back({socket.get(), POLLIN, 0});
            auto const wait = std::chrono::ceil<std::chrono::milliseconds>(wake - now);
            if (::poll(watched.data(), static_cast<nfds_t>(watched.size()), static_cast<int>(wait.count())) < 0) {
                if (errno == EINTR) continue;
                return false;
            }

            std::size_t i = 0;
            for (auto& c : connections) {
                if (watched[i++].revents == 0) continue;
                receive(c);
                bool const complete = c.request.find("\r\n\r\n") != c.request.npos;
                if (c.closed || c.answered || !(complete || c.request.size() > largest_request)) continue;
                std::string url;
                auto const refusal = complete ? check(c.request, url) : "431 Request Header Fields Too Large";
                if (!refusal.empty()) {
                    answer(c, refusal, "This is not a page of the sign-in.");
                } else if (handle(std::string_view(url))) {
                    answer(c, "200 OK", "You can close this page now and go back to the program.");
                    return true;
                } else {
                    answer(c, "400 Bad Request", "This does not belong to the sign-in that the program is waiting for.");
                }
            }
            for (auto const& socket : listening_) {
                if (watched[i++].revents == 0) continue;
                socket_handle accepted(::accept(socket.get(), nullptr, nullptr));
                if (accepted.get() < 0) continue;
                if (connections.size() == most_connections) connections.erase(connections.begin());
                connections.push_back({std::move(accepted), clock::now() + patience});
            }
        }
    }

private:
    static constexpr std::size_t most_connections = 16;
    static constexpr std::size_t largest_request = 32 * 1024;
    static constexpr std::chrono::seconds patience{5}; // with one connection

    struct connection {
        socket_handle socket;
        clock::time_point until;
        std::string request{};
        bool answered = false;
        bool closed = false;
    };

    // The port's field is a part of the address. Returns errno, or 0. A port of 0 becomes the one that was chosen.
    template <class Address>
    int bind(Address& address, in_port_t& port_field, std::uint16_t& port) {
        port_field = htons(port);
        auto const family = reinterpret_cast<sockaddr const&>(address).sa_family;
        socket_handle socket(::socket(family, SOCK_STREAM, 0));
        int const on = 1;
        socklen_t size = sizeof(address);
        if (socket.get() < 0) return errno;
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); // a fixed port can be used again at once
        if (family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
        if (::bind(socket.get(), reinterpret_cast<sockaddr const*>(&address), size) != 0) return errno;
        if (::listen(socket.get(), most_connections) != 0) return errno;
        if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return errno;
        port = ntohs(port_field);
        listening_.push_back(std::move(socket));
        return 0;
    }

    static void receive(connection& c) {
        char buffer[4096];
        auto const size = ::recv(c.socket.get(), buffer, sizeof(buffer), 0);
        if (size > 0 && !c.answered) c.request.append(buffer, static_cast<std::size_t>(size));
        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) c.closed = true;
    }

    // Why the request is refused, or "" and the URL that was called (RFC 9112 3). Another Host means a page whose name was made to resolve to this
    // machine (DNS rebinding).
    std::string_view check(std::string_view request, std::string& url) const {
        constexpr std::string_view bad = "400 Bad Request";
        auto const next_line = [&] {
            auto const end = request.find("\r\n");
            auto const line = request.substr(0, end);
            request.remove_prefix(end + 2);
            return line;
        };
        auto const line = next_line();
        auto const first = line.find(' ');
        auto const second = line.find(' ', first + 1);
        if (first == line.npos || second == line.npos || !line.substr(second).starts_with(" HTTP/1.")) return bad;
        auto const target = line.substr(first + 1, second - first - 1);
        int hosts = 0;
        for (auto field = next_line(); !field.empty(); field = next_line()) {
            auto const colon = field.find(':');
            if (colon == field.npos) return bad;
            if (!equal_ignoring_case(field.substr(0, colon), "host")) continue;
            auto value = field.substr(colon + 1);
            value.remove_prefix((std::min)(value.find_first_not_of(" \t"), value.size()));
            value = value.substr(0, value.find_last_not_of(" \t") + 1);
            if (++hosts > 1 || !equal_ignoring_case(value, host_)) return bad;
        }
        if (hosts != 1) return bad;
        if (target.substr(0, target.find('?')) != path_) return "404 Not Found";
        if (line.substr(0, first) != "GET") return "405 Method Not Allowed";
        url = "http://" + host_ + std::string(target);
        return {};
    }

    static bool equal_ignoring_case(std::string_view a, std::string_view b) {
        auto const lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
    }

    static void answer(connection& c, std::string_view status, std::string_view sentence) {
        std::string const page = "<!doctype html><meta charset=utf-8><title>Sign-in</title><p>" + std::string(sentence) + "</p>\n";
        std::string text = "HTTP/1.1 " + std::string(status) + "\r\n";
        if (status.starts_with("405")) text += "Allow: GET\r\n";
        text += "Content-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(page.size()) +
            "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
            "Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n" +
            page;
#if defined(MSG_NOSIGNAL)
        constexpr int no_signal = MSG_NOSIGNAL;
#else
        constexpr int no_signal = 0;
        int const on = 1;
        ::setsockopt(c.socket.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
        // So few bytes fit into the buffer of a new connection. It stays open for reading until the browser has closed it: a reset would take the
        // answer along.
        static_cast<void>(::send(c.socket.get(), text.data(), text.size(), no_signal));
        ::shutdown(c.socket.get(), SHUT_WR);
        c.answered = true;
        c.until = clock::now() + std::chrono::seconds(1);
    }

    std::vector<socket_handle> listening_;
    std::string host_;
    std::string path_;
    std::string redirect_uri_;
};

} // namespace example
