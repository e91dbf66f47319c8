#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace example {

/// A new folder that nobody else can enter, deleted with all that is in it at the end. For POSIX systems.
class temporary_folder {
public:
    temporary_folder() : path_((std::filesystem::temp_directory_path() / "calimatic-XXXXXX").string()) {
        if (!::mkdtemp(path_.data())) path_.clear();
    }
    temporary_folder(temporary_folder const&) = delete;
    temporary_folder& operator=(temporary_folder const&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    /// "": there is none.
    std::string const& path() const { return path_; }

private:
    std::string path_;
};

} // namespace example
