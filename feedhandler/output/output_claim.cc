#include "feedhandler/output/output_claim.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"

namespace fh {
namespace {

using system_file::Facts;
using system_file::Kind;
using system_file::kStandardError;
using system_file::kStandardInput;
using system_file::kStandardOutput;

struct Entry {
  uint64_t id = 0;
  std::string name;
  Facts facts;
  bool is_output = false;
  int standard = -1;
};

// Whether two uses of files get in each other's way.
bool Clash(const Entry& a, const Entry& b) {
  if (!a.is_output && !b.is_output) return false;
  const bool one_standard = a.standard >= 0 && a.standard == b.standard;
  if (!one_standard && !a.facts.IsSameFile(b.facts)) return false;
  if (a.is_output && b.is_output) return one_standard || a.facts.kind != Kind::kNullDevice;
  // A terminal is read and written by everybody.
  return a.facts.kind == Kind::kRegular || a.facts.kind == Kind::kPipe;
}

absl::Status ClashError(const Entry& a, const Entry& b) {
  if (a.is_output && b.is_output) {
    return absl::InvalidArgumentError(absl::StrCat(
        a.name, " and ", b.name,
        a.standard == kStandardOutput ? " are both standard output" : " are the same file",
        ": give each output one of its own"));
  }
  const Entry& output = a.is_output ? a : b;
  const Entry& input = a.is_output ? b : a;
  return absl::InvalidArgumentError(
      absl::StrCat(output.name, " is ", input.name, ", which this run reads: name another file"));
}

// All files in use by this process.
class FileRegistry {
 public:
  static FileRegistry& Instance() {
    static FileRegistry* const instance =
        new FileRegistry();  // Outlives what is destroyed at exit.
    return *instance;
  }

  // The id of the new entry, or what it clashes with.
  absl::StatusOr<uint64_t> Add(Entry entry) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Entry& other : entries_) {
      if (Clash(entry, other)) return ClashError(entry, other);
    }
    entry.id = ++latest_id_;
    entries_.push_back(std::move(entry));
    return latest_id_;
  }

  void Remove(uint64_t id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; });
  }

  void Update(uint64_t id, const Facts& facts) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Entry& entry : entries_) {
      if (entry.id == id) entry.facts = facts;
    }
  }

 private:
  std::mutex mutex_;
  std::vector<Entry> entries_;
  uint64_t latest_id_ = 0;
};

absl::Status CannotWrite(absl::string_view path, int error) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot write ", path, ": ", std::strerror(error),
                   "; name a file in an existing folder that you may write to"));
}

// Why nothing is written to such a thing; empty when it may be.
absl::string_view WhyNot(Kind kind) {
  switch (kind) {
    case Kind::kFolder:
      return "it is a folder";
    case Kind::kDisk:
      return "it is a disk (a block device), and what is on it would be destroyed";
    case Kind::kSocket:
      return "it is a socket";
    default:
      return "";
  }
}

}  // namespace

FileHold::~FileHold() {
  if (id_ != 0) FileRegistry::Instance().Remove(id_);
}

absl::StatusOr<FileHold> HoldInput(const std::string& path, absl::string_view name) {
  Entry entry{.id = 0, .name = std::string(name), .facts = {}};
  entry.facts = path == "-" ? system_file::LookAtDescriptor(kStandardInput)
                            : system_file::LookAt(path.c_str());
  if (entry.facts.kind == Kind::kMissing || entry.facts.kind == Kind::kUnknown) return FileHold();
  const Entry standard_output{.id = 0,
                              .name = "standard output",
                              .facts = system_file::LookAtDescriptor(kStandardOutput),
                              .is_output = true,
                              .standard = kStandardOutput};
  if (Clash(entry, standard_output)) return ClashError(entry, standard_output);
  const absl::StatusOr<uint64_t> id = FileRegistry::Instance().Add(std::move(entry));
  if (!id.ok()) return id.status();
  return FileHold(*id);
}

absl::StatusOr<std::vector<FileHold>> HoldCaptures(const std::vector<std::string>& paths) {
  std::vector<FileHold> holds;
  for (const std::string& path : paths) {
    absl::StatusOr<FileHold> hold =
        HoldInput(path, path == "-" ? "standard input" : absl::StrCat("the capture ", path));
    if (!hold.ok()) return hold.status();
    holds.push_back(*std::move(hold));
  }
  return holds;
}

OutputClaim::OutputClaim(const std::string& path, const std::string& name)
    : path_(path == "-" ? "standard output" : path), name_(name) {}

OutputClaim::OutputClaim(OutputClaim&& other) noexcept
    : path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      resolved_path_(std::move(other.resolved_path_)),
      facts_(other.facts_),
      hold_(std::move(other.hold_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      standard_(other.standard_),
      created_(std::exchange(other.created_, false)),
      begun_(other.begun_) {}

OutputClaim::~OutputClaim() { GiveUp(); }

absl::StatusOr<OutputClaim> OutputClaim::Make(const std::string& path, const std::string& name,
                                              Use use) {
  if (path.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " names no file: give one, or - for standard output"));
  }
  OutputClaim claim(path, name);
  if (absl::Status found = claim.Find(path); !found.ok()) return found;
  // Before it is opened, lest that waits for a reader; one that is not there yet is made first, so
  // that the system says which file it is.
  const bool missing = claim.facts_.kind == Kind::kMissing;
  if (!missing) {
    if (absl::Status free = claim.Enter(); !free.ok()) return free;
  }
  if (absl::Status opened = claim.Open(path, use); !opened.ok()) return opened;
  if (missing) {
    if (absl::Status free = claim.Enter(); !free.ok()) return free;
  }
  return claim;
}

// What the path is, and whether it is standard output or error under another name.
absl::Status OutputClaim::Find(const std::string& path) {
  facts_ = path == "-" ? system_file::LookAtDescriptor(kStandardOutput)
                       : system_file::LookAt(path.c_str());
  if (path == "-") {
    standard_ = kStandardOutput;
    return absl::OkStatus();
  }
  if (facts_.kind == Kind::kUnknown) return CannotWrite(path_, facts_.error);
  if (const absl::string_view why = WhyNot(facts_.kind); !why.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write ", path_, ": ", why, "; name a file"));
  }
  if (facts_.kind == Kind::kNullDevice) return absl::OkStatus();
  if (facts_.IsSameFile(system_file::LookAtDescriptor(kStandardOutput))) {
    standard_ = kStandardOutput;
  } else if (facts_.IsSameFile(system_file::LookAtDescriptor(kStandardError))) {
    if (facts_.kind == Kind::kRegular) {
      return absl::InvalidArgumentError(absl::StrCat(
          name_, " is standard error, where this program's messages go: name another file"));
    }
    standard_ = kStandardError;
  }
  return absl::OkStatus();
}

absl::Status OutputClaim::Open(const std::string& path, Use use) {
  if (standard_ >= 0) {
    descriptor_ = standard_;
    return absl::OkStatus();
  }
  created_ = facts_.kind == Kind::kMissing;
  const bool opened_later = use == Use::kReplaced && !created_;
  if (!opened_later) {
    descriptor_ = use == Use::kAppended ? system_file::OpenForAppending(path.c_str(), created_)
                                        : system_file::OpenForWriting(path.c_str(), created_);
    if (descriptor_ < 0) {
      created_ = false;
      return CannotWrite(path_, errno);
    }
    if (use == Use::kAppended && system_file::LockForWriting(descriptor_) != 0) {
      created_ = false;
      return absl::InvalidArgumentError(
          absl::StrCat("cannot write ", path_,
                       ": another program writes it; stop that one or name another file"));
    }
    // The null device is known by its name alone on Windows.
    if (facts_.kind != Kind::kNullDevice) facts_ = system_file::LookAtDescriptor(descriptor_);
  }
  if (facts_.kind == Kind::kRegular) resolved_path_ = system_file::ResolvedPath(path);
  if (use == Use::kReplaced && descriptor_ >= 0) {
    system_file::Close(std::exchange(descriptor_, -1));
  }
  return absl::OkStatus();
}

absl::Status OutputClaim::Enter() {
  const absl::StatusOr<uint64_t> id = FileRegistry::Instance().Add(
      {.id = 0, .name = name_, .facts = facts_, .is_output = true, .standard = standard_});
  if (!id.ok()) return id.status();
  hold_ = FileHold(*id);
  return absl::OkStatus();
}

void OutputClaim::SetFacts(const Facts& facts) {
  facts_ = facts;
  begun_ = true;
  FileRegistry::Instance().Update(hold_.id_, facts);
}

int OutputClaim::Begin() {
  if (begun_) return 0;
  begun_ = true;
  const bool is_file = standard_ < 0 && facts_.kind == Kind::kRegular && descriptor_ >= 0;
  return is_file && system_file::Truncate(descriptor_) != 0 ? errno : 0;
}

int OutputClaim::Close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor < 0 || standard_ >= 0) return 0;
  return system_file::Close(descriptor) == 0 ? 0 : errno;
}

absl::StatusOr<std::FILE*> OutputClaim::TakeStream() {
  const int error = Begin();
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot empty ", path_));
  if (standard_ == kStandardOutput) return stdout;
  std::FILE* stream = ::fdopen(descriptor_, "wb");
  if (stream == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path_));
  descriptor_ = -1;
  return stream;
}

void OutputClaim::GiveUp() {
  Close();
  if (!created_ || begun_) return;
  // Only what is still the file that was made, and empty: the system gives the number of a file
  // that is gone to the next one.
  std::error_code error;
  if (system_file::LookAtLink(resolved_path_.c_str()).IsSameFile(facts_) &&
      std::filesystem::file_size(resolved_path_, error) == 0) {
    system_file::Remove(resolved_path_.c_str());
  }
}

}  // namespace fh
