#pragma once
#include <calimatic/flow/bulk_event.hpp>
#include <calimatic/flow/bulk_provisioning.hpp>
#include <calimatic/flow/user_source.hpp>

#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/impl/platform/provision_batch.ipp>
#include <cstddef>
#include <cstring>
#include <string>
#include <unordered_set>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Some users of the input, and where they are in it.
struct user_group {
    std::vector<std::uint64_t> indices{};
    std::vector<batch_user> users{};

    bool empty() const noexcept { return indices.empty(); }
    std::size_t size() const noexcept { return indices.size(); }
    void add(std::uint64_t index, batch_user user) {
        indices.push_back(index);
        users.push_back(std::move(user));
    }
    /// Takes the first one out.
    std::pair<std::uint64_t, batch_user> take_first() {
        std::pair<std::uint64_t, batch_user> first(indices.front(), std::move(users.front()));
        indices.erase(indices.begin());
        users.erase(users.begin());
        return first;
    }
};

/// One user as read: fit to be sent, or with the outcome that it has without that.
struct read_user {
    std::uint64_t index = 0;
    batch_user user{};
    std::optional<provision_result> outcome{};
};

/// The users of a run, in order, each once. Knows what was read by its fingerprint, and every address that is to be sent by a hash.
class bulk_input {
public:
    bulk_input(std::vector<batch_user> range, std::unique_ptr<user_source> source, check_options const& check)
        : range_(std::move(range)), source_(std::move(source)), check_(check) {}

    bool is_range() const noexcept { return source_ == nullptr; }
    /// How many users a range has.
    std::uint64_t size() const noexcept { return range_.size(); }
    /// How many were read.
    std::uint64_t position() const noexcept { return position_; }
    /// 32 bytes that tell what was read, and what it is for.
    std::string const& fingerprint() const noexcept { return fingerprint_; }

    /// What, apart from the users, makes a run this one. Errors: `crypto_unavailable`.
    result<void> begin(platform_client const& platform, bulk_options const& options) {
        std::string text;
        append(text, is_range() ? "range" : "source");
        append(text, platform.base_url);
        append(text, options.default_organization_id);
        append(text, options.send_invite_emails ? *options.send_invite_emails ? "true" : "false" : "");
        return add_to_fingerprint(text);
    }

    /// The next user; nothing at the end. Errors: those of the source, `crypto_unavailable`.
    result<std::optional<read_user>> next() {
        read_user read;
        if (is_range()) {
            if (position_ >= range_.size()) return std::optional<read_user>();
            read.user = range_[static_cast<std::size_t>(position_)];
        } else {
            auto given = source_->next();
            if (!given) return std::move(given).error();
            if (!*given) return std::optional<read_user>();
            read.user = std::move(**given);
        }
        if (auto added = add_to_fingerprint(text_of(read.user)); !added) return std::move(added).error();
        read.index = position_++;
        read.user.email = trim(read.user.email);
        auto e = fault_of(read.user);
        auto outcome = provision_outcome::refused;
        if (!e) {
            auto is_new = remember(read.user.email);
            if (!is_new) return std::move(is_new).error();
            e = rule_check{check_}(*is_new, error_code::user_repeated);
            outcome = provision_outcome::duplicate;
        }
        if (e) read.outcome = provision_result{read.index, read.user.email, outcome, {}, {}, std::move(e)};
        return std::optional<read_user>(std::move(read));
    }

    /// A user of a range that was read before.
    batch_user user_at(std::uint64_t index) const {
        auto user = range_[static_cast<std::size_t>(index)];
        user.email = trim(user.email);
        return user;
    }

private:
    /// 128 bits of the SHA-256 of an address: enough to know it again, and too many to be met by chance.
    struct address_key {
        std::uint64_t first;
        std::uint64_t second;
        friend bool operator==(address_key const&, address_key const&) = default;
    };
    struct address_hash {
        std::size_t operator()(address_key const& key) const noexcept { return static_cast<std::size_t>(key.first); }
    };

    static void append(std::string& text, std::string_view field) { text.append(std::to_string(field.size())).append(":").append(field); }

    /// Every member with its length in front, so that no two users have the same text.
    static std::string text_of(batch_user const& user) {
        std::string text;
        for (auto const* field : {&user.email, &user.first_name, &user.last_name, &user.organization_id, &user.role}) append(text, *field);
        if (!user.applications) return text;
        append(text, std::to_string(user.applications->size()));
        for (auto const& application : *user.applications) append(text, application);
        return text;
    }

    std::optional<error> fault_of(batch_user const& user) const {
        constexpr std::size_t largest = 64 * 1024; // bytes of JSON: a batch of one has to fit into a request
        if (auto const valid = validate_batch_user(user, check_); !valid) return valid.error();
        return rule_check{check_}(write_batch_user(user).size() <= largest, error_code::platform_member_invalid, "applications", "64 KiB at most");
    }

    result<void> add_to_fingerprint(std::string_view text) {
        auto hash = compute_hash(hash_algorithm::sha256, fingerprint_ + std::string(text));
        if (!hash) return std::move(hash).error();
        fingerprint_ = std::move(*hash);
        return {};
    }

    result<bool> remember(std::string_view email) {
        auto const hash = compute_hash(hash_algorithm::sha256, comparable_address(email));
        if (!hash) return hash.error();
        address_key key{};
        std::memcpy(&key, hash->data(), sizeof key);
        return addresses_.insert(key).second;
    }

    std::vector<batch_user> range_;
    std::unique_ptr<user_source> source_;
    check_options check_;
    std::uint64_t position_ = 0;
    std::string fingerprint_;
    std::unordered_set<address_key, address_hash> addresses_;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
