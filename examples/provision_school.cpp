// Creates an organization and provisions its users from a CSV file, with a progress bar; stopped at any moment, it goes on where it was
//
//     export CALIMATIC_CLIENT_ID=cca_... CALIMATIC_CLIENT_SECRET=ccas_...
//     ./examples/run provision_school --organization my-school --name "My School" --users users.csv --report report.csv
//
// The file has a header line that names email, first_name, last_name and, if wanted, role. The report has a line for each user. Beside it,
// REPORT.progress says how far the run is; where that file is, the run is taken up, and where the users are not the same any more, it refuses to.

#include "support/csv_reader.hpp"
#include "support/curl_transport.hpp"
#include "support/private_file.hpp"
#include <algorithm>
#include <cerrno>
#include <calimatic/auth.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cal = calimatic;

namespace {

constexpr char const usage[] = "provision_school --organization SLUG --name NAME --users FILE --report FILE [options]\n"
                               "  --base-url URL       where the platform is (https://auth.calimatic.com)\n"
                               "  --batch N            users for one request, 1 to 500 (500)\n"
                               "  --invite             let the platform send each user a mail\n"
                               "CALIMATIC_CLIENT_ID and CALIMATIC_CLIENT_SECRET tell who calls.\n";

struct settings {
    cal::platform_client platform;
    cal::new_organization organization;
    std::string users, report;
    cal::bulk_options options;
};

std::optional<settings> read_arguments(int count, char** words) {
    settings out;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        if (word == "--invite") {
            out.options.send_invite_emails = true;
            continue;
        }
        if (i + 1 == count) return std::nullopt;
        std::string const value = words[++i];
        if (word == "--organization") out.organization.slug = value;
        else if (word == "--name") out.organization.name = value;
        else if (word == "--users") out.users = value;
        else if (word == "--report") out.report = value;
        else if (word == "--base-url") out.platform.base_url = value;
        else if (word == "--batch") out.options.batch_size = std::strtoul(value.c_str(), nullptr, 10);
        else return std::nullopt;
    }
    // Other users of this machine can read a program's arguments, and shells remember them: a secret is not taken from there.
    char const* const id = std::getenv("CALIMATIC_CLIENT_ID");
    char const* const secret = std::getenv("CALIMATIC_CLIENT_SECRET");
    if (!id || !secret || out.organization.slug.empty() || out.users.empty() || out.report.empty()) return std::nullopt;
    out.platform.credentials = cal::app_client{id, secret};
    ::unsetenv("CALIMATIC_CLIENT_SECRET");
    return out;
}

int failed(std::string_view step, std::string_view why) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(step.size()), step.data(), static_cast<int>(why.size()), why.data());
    return 1;
}

struct school {
    std::vector<cal::batch_user> users;
    std::vector<std::size_t> lines; // where each of them stands in the file
    std::size_t bad_lines = 0;
};

/// Nothing: there is no such file, or its header does not say what is in it.
std::optional<school> read_school(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    example::csv_reader reader(std::string(std::istreambuf_iterator<char>(file), {}));
    std::vector<std::string> header, fields;
    bool whole = false;
    if (!reader.next(header, whole) || !whole) return std::nullopt;
    auto const column = [&](std::string_view name) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    };
    auto const email = column("email"), first_name = column("first_name"), last_name = column("last_name"), role = column("role");
    if ((std::max)({email, first_name, last_name}) == header.size()) return std::nullopt;

    school out;
    while (reader.next(fields, whole)) {
        if (!whole || fields.size() != header.size()) {
            failed(path + ", line " + std::to_string(reader.line()), whole ? "not as many fields as the header" : "a quote is not closed");
            ++out.bad_lines;
            continue;
        }
        out.users.push_back({.email = fields[email], .first_name = fields[first_name], .last_name = fields[last_name]});
        if (role < fields.size()) out.users.back().role = fields[role];
        out.lines.push_back(reader.line());
    }
    return out;
}

/// One line for each user, of whom nobody is reported twice: what became of users that were reported when the program was stopped may be told again.
class report_file {
public:
    /// What fails is told in words.
    std::string open(std::string const& path, bool take_up) {
        if (take_up) {
            std::ifstream file(path, std::ios::binary);
            std::string text(std::istreambuf_iterator<char>(file), {});
            text.resize(text.rfind('\n') + 1); // the last line may be half a line; where there is none, npos + 1 is 0
            example::csv_reader reader(text);
            bool whole = false;
            for (std::vector<std::string> fields; reader.next(fields, whole);) reported_.insert(fields[0]);
            if (::truncate(path.c_str(), static_cast<off_t>(text.size())) != 0 && errno != ENOENT) return std::strerror(errno);
        }
        file_ = std::fopen(path.c_str(), take_up ? "ab" : "wb");
        if (!file_) return std::strerror(errno);
        if (!take_up || reported_.empty()) std::fputs("line,email,outcome,user_id,why\n", file_);
        return {};
    }
    ~report_file() {
        if (file_) std::fclose(file_);
    }
    void add(std::size_t line, cal::provision_result const& result) {
        if (!reported_.insert(std::to_string(line)).second) return;
        std::string text =
            std::to_string(line) + ',' + field(result.email) + ',' + std::string(to_string(result.outcome)) + ',' + field(result.user_id);
        text += ',' + field(result.error ? result.error->message() : "") + '\n';
        std::fputs(text.c_str(), file_);
    }
    /// Whether it is on the disk.
    bool save() { return std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0; }

private:
    static std::string field(std::string_view text) {
        if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
        std::string quoted = "\"";
        for (char const c : text) quoted.append(c == '"' ? 2 : 1, c);
        return quoted + '"';
    }
    std::FILE* file_ = nullptr;
    std::set<std::string, std::less<>> reported_; // lines
};

/// A bar that is drawn over itself on a terminal; elsewhere a line for each tenth.
class progress_bar {
public:
    void show(std::uint64_t done, std::uint64_t total) {
        auto const part = total == 0 ? 100 : done * 100 / total;
        if (is_terminal_) {
            std::string const bar(static_cast<std::size_t>(part / 2), '#');
            std::printf("\r[%-50s] %llu of %llu", bar.c_str(), static_cast<unsigned long long>(done), static_cast<unsigned long long>(total));
            is_open_ = true;
        } else if (part / 10 != shown_) {
            shown_ = part / 10;
            std::printf("%3llu %%  %llu of %llu\n", static_cast<unsigned long long>(part), static_cast<unsigned long long>(done),
                static_cast<unsigned long long>(total));
        }
        std::fflush(stdout);
    }
    void end_line() {
        if (std::exchange(is_open_, false)) std::printf("\n");
    }

private:
    bool const is_terminal_ = ::isatty(STDOUT_FILENO) == 1;
    bool is_open_ = false;
    std::uint64_t shown_ = ~std::uint64_t{0};
};

volatile std::sig_atomic_t interrupted = 0;

/// Works until the run has ended, or somebody presses Ctrl-C. Nothing: the latter, or what is to be saved cannot be.
std::optional<cal::result<cal::bulk_counts>> work(cal::bulk_provisioning& bulk, school const& school, report_file& report,
    example::private_file const& progress, example::curl_transport const& send, progress_bar& bar) {
    while (interrupted == 0) {
        auto request = bulk.poll_request(cal::system_now());
        bool idle = !request;
        for (; auto event = bulk.poll_event(); idle = false) {
            switch (event->what) {
            case cal::bulk_event::kind::user: report.add(school.lines[event->result->index], *event->result); break;
            case cal::bulk_event::kind::progress: bar.show(event->done, school.users.size()); break;
            case cal::bulk_event::kind::checkpoint: {
                // The report first: what the run takes for told is then in it.
                auto const problem = report.save() ? progress.write(serialize(bulk)) : std::string("the report cannot be written");
                if (!problem.empty()) return bar.end_line(), failed(progress.path(), problem), std::nullopt;
                bulk.handle_saved(event->generation);
                break;
            }
            case cal::bulk_event::kind::waiting:
                bar.end_line();
                failed("waiting", event->error->message());
                break;
            }
        }
        if (request) {
            if (auto response = send(*request)) bulk.handle_response(request->id, std::move(*response), cal::system_now());
            else bulk.handle_failure(request->id, response.error(), cal::system_now());
        } else if (idle) {
            if (auto ended = bulk.poll_result()) return ended;
            auto const deadline = bulk.next_deadline();
            if (deadline)
                std::this_thread::sleep_for((std::min)(*deadline - cal::system_now(), cal::milliseconds(200))); // short: Ctrl-C is looked for
        }
    }
    return std::nullopt;
}

} // namespace

int main(int count, char** words) {
    auto given = read_arguments(count, words);
    if (!given) return std::fputs(usage, stderr), 2;
    auto school = read_school(given->users);
    if (!school) return failed(given->users, "no file whose first line names email, first_name and last_name");
    std::signal(SIGINT, [](int) { interrupted = 1; });

    example::curl_transport send;
    auto created = cal::drive(cal::single_request(cal::build_create_organization_request(given->platform, given->organization),
                                  [&](cal::http_response const& response) {
                                      return cal::parse_create_organization_response(response, given->platform, given->organization.slug);
                                  }),
        send);
    if (!created) return failed("The organization could not be created", created.error().message());
    std::printf("%s  %s, %s\n", created->created ? "created  " : "there    ", given->organization.slug.c_str(), created->id.c_str());
    given->options.default_organization_id = created->id;

    cal::os_random random;
    example::private_file const progress(given->report + ".progress");
    std::optional<std::string> saved;
    if (auto const problem = progress.read(saved); !problem.empty()) return failed(progress.path(), problem);
    auto bulk = saved
        ? cal::bulk_provisioning::resume(given->platform.clone(), school->users, *saved, random, cal::system_now(), std::move(given->options))
        : cal::bulk_provisioning::start(given->platform.clone(), school->users, random, cal::system_now(), std::move(given->options));
    if (!bulk) return failed(saved ? progress.path() : "The run cannot begin", bulk.error().message());
    report_file report;
    if (auto const problem = report.open(given->report, saved.has_value()); !problem.empty()) return failed(given->report, problem);
    if (saved) std::printf("taken up  after %llu of %zu users\n", static_cast<unsigned long long>(bulk->counts().total()), school->users.size());
    std::fflush(stdout);

    progress_bar bar;
    auto const ended = work(*bulk, *school, report, progress, send, bar);
    bar.end_line();
    if (!ended || !*ended) {
        if (ended) failed("The run ended", ended->error().message());
        std::fprintf(stderr, "Start it again in the same way, and it goes on from there.\n");
        return 1;
    }
    if (!report.save()) return failed(given->report, "it cannot be written");
    progress.remove();
    auto const& counts = **ended;
    auto const number = [](std::uint64_t value) { return std::to_string(value); };
    std::printf(
        "%s users: %s created, %s existing, %s provisioned, %s refused, %s unconfirmed, %s unknown, %s twice in the file, %zu unreadable lines\n",
        number(counts.total()).c_str(), number(counts.created).c_str(), number(counts.existing).c_str(), number(counts.provisioned).c_str(),
        number(counts.refused).c_str(), number(counts.unconfirmed).c_str(), number(counts.unknown).c_str(), number(counts.duplicate).c_str(),
        school->bad_lines);
    return counts.refused + counts.unconfirmed + counts.unknown + school->bad_lines == 0 ? 0 : 1;
}
