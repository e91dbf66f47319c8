#pragma once
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace example {

/// A file that nobody but its owner can read (mode 0600), and that is replaced as a whole: whoever is interrupted leaves the old content or the new
/// one. What fails is told in words; "" means that it worked. For POSIX systems; one program at a time.
class private_file {
public:
    explicit private_file(std::string path) : path_(std::move(path)) {}
    std::string const& path() const { return path_; }

    /// Nothing, if there is no such file. A file that others can read or that somebody else has put there is refused, and so is what is no file.
    std::string read(std::optional<std::string>& content) const {
        content.reset();
        descriptor const file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)); // a FIFO would keep it waiting
        if (file.get() < 0) return errno == ENOENT ? "" : errno == ELOOP ? "it is a symbolic link" : std::strerror(errno);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return std::strerror(errno);
        if (!S_ISREG(status.st_mode)) return "it is not a file";
        if (status.st_uid != ::geteuid()) return "it belongs to somebody else";
        if ((status.st_mode & 077) != 0) return "others may read it: make it private (chmod 600) if they did not, or delete it";
        if (status.st_size > largest) return "it is too large";
        content.emplace();
        std::array<char, 4096> buffer;
        for (;;) {
            auto const size = ::read(file.get(), buffer.data(), buffer.size());
            if (size < 0 && errno == EINTR) continue;
            if (size < 0) return std::strerror(errno);
            if (size == 0) return {};
            if (content->size() + static_cast<std::size_t>(size) > std::size_t{largest}) return "it is too large";
            content->append(buffer.data(), static_cast<std::size_t>(size));
        }
    }

    /// Whether `write` would work, as far as can be told without changing anything.
    std::string try_write() const {
        temporary file(path_);
        return file.problem();
    }

    /// Once this worked, the content is on the disk.
    std::string write(std::string_view content) const {
        temporary file(path_);
        if (!file.problem().empty()) return file.problem();
        while (!content.empty()) {
            auto const size = ::write(file.get(), content.data(), content.size());
            if (size < 0 && errno == EINTR) continue;
            if (size < 0) return std::strerror(errno);
            content.remove_prefix(static_cast<std::size_t>(size));
        }
        if (::fsync(file.get()) != 0) return std::strerror(errno);
        return file.rename_to(path_) && sync_folder() ? "" : std::strerror(errno);
    }

    std::string remove() const { return (::unlink(path_.c_str()) == 0 && sync_folder()) || errno == ENOENT ? "" : std::strerror(errno); }

private:
    static constexpr int largest = 1 << 20;

    class descriptor {
    public:
        explicit descriptor(int fd) : fd_(fd) {}
        descriptor(descriptor const&) = delete;
        descriptor& operator=(descriptor const&) = delete;
        ~descriptor() {
            if (fd_ >= 0) ::close(fd_);
        }
        int get() const { return fd_; }

    private:
        int fd_;
    };

    /// A new file beside the other one, with a name that nobody else has; deleted unless it was renamed.
    class temporary {
    public:
        explicit temporary(std::string const& path) : name_(path + ".XXXXXX"), file_(::mkstemp(name_.data())) {
            if (file_.get() < 0) problem_ = std::strerror(errno);
            else if (::fcntl(file_.get(), F_SETFD, FD_CLOEXEC) != 0 || ::fchmod(file_.get(), 0600) != 0) problem_ = std::strerror(errno);
        }
        temporary(temporary const&) = delete;
        temporary& operator=(temporary const&) = delete;
        ~temporary() {
            if (file_.get() >= 0 && !is_renamed_) ::unlink(name_.c_str());
        }
        std::string const& problem() const { return problem_; }
        int get() const { return file_.get(); }
        bool rename_to(std::string const& path) { return is_renamed_ = ::rename(name_.c_str(), path.c_str()) == 0; }

    private:
        std::string name_, problem_;
        descriptor file_;
        bool is_renamed_ = false;
    };

    /// A name is on the disk once its folder is.
    bool sync_folder() const {
        auto const slash = path_.rfind('/');
        descriptor const folder(::open(slash == path_.npos ? "." : path_.substr(0, slash + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return folder.get() >= 0 && (::fsync(folder.get()) == 0 || errno == EINVAL); // some file systems have nothing to sync
    }

    std::string path_;
};

} // namespace example
