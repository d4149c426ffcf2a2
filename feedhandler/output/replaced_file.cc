#include "feedhandler/output/replaced_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace fh {
namespace {

using system_file::Facts;
using system_file::Kind;

// Whether the file holds what we would write, or nothing.
bool IsOurs(const std::string& path, absl::string_view first_bytes) {
  std::ifstream file(path, std::ios::binary);
  std::string start(first_bytes.size(), '\0');
  if (!file.is_open()) return false;
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<size_t>(file.gcount()));
  return start.empty() || start == first_bytes;
}

// A new file in the folder of `resolved_path`; its name in `beside`. -1 with errno.
int CreateBeside(const std::string& resolved_path, uint32_t mode, std::string& beside) {
  constexpr int kTries = 8;
  std::random_device random;
  int file = -1;
  for (int i = 0; i < kTries; ++i) {
    const uint64_t number = uint64_t{random()} << 32 | random();
    beside = absl::StrCat(system_file::FolderOf(resolved_path), ".feedhandler-",
                          absl::Hex(number, absl::kZeroPad16));
    file = system_file::CreateNew(beside.c_str(), mode);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return file;
}

}  // namespace

absl::StatusOr<ReplacedFile> ReplacedFile::Claim(const std::string& path, const std::string& name,
                                                 absl::string_view first_bytes) {
  absl::StatusOr<OutputClaim> claim = OutputClaim::Make(path, name, OutputClaim::Use::kReplaced);
  if (!claim.ok()) return claim.status();
  ReplacedFile file(*std::move(claim), first_bytes);
  if (!file.is_file()) return file;
  const std::string& resolved = file.claim_.resolved_path();
  if (resolved.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot replace ", path, ": it has no name any more; name another file"));
  }
  if (!IsOurs(resolved, first_bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "will not replace ", path,
        ": it is not from an earlier run (it does not begin "
        "with \"",
        first_bytes.substr(0, first_bytes.find('\n')), "\"); name another file, or remove it"));
  }
  std::string beside;
  const int probe = CreateBeside(resolved, 0, beside);
  if (probe < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write ", path, ": its folder: ", std::strerror(errno),
                     "; name a file in a folder that you may write to"));
  }
  system_file::Close(probe);
  system_file::Remove(beside.c_str());
  if (absl::Status locked = file.LockOutOthers(); !locked.ok()) return locked;
  return file;
}

absl::Status ReplacedFile::LockOutOthers() {
  constexpr int kTries = 8;
  const char* const path = claim_.resolved_path().c_str();
  for (int i = 0; i < kTries; ++i) {
    const int file = system_file::LockForReplacing(path);
    if (file < 0 && errno != EWOULDBLOCK) return absl::OkStatus();
    if (file < 0) break;
    Lock lock(file);
    // Another program may have replaced it between being opened and being locked.
    if (!system_file::LookAtLink(path).IsSameFile(system_file::LookAtDescriptor(file))) continue;
    lock_ = std::move(lock);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("cannot write ", claim_.path(),
                   ": another program writes it; stop that one or name another file"));
}

absl::Status ReplacedFile::Write(absl::string_view text, Keep keep) {
  if (!is_file()) return WriteStream(text);
  if (absl::Status ours = CheckTarget(); !ours.ok()) return ours;
  std::string beside;
  if (absl::Status written = WriteBeside(text, keep, beside); !written.ok()) {
    return written;
  }
  const Facts facts = system_file::LookAtLink(beside.c_str());
  Lock lock(system_file::LockForReplacing(beside.c_str()));
  if (system_file::Replace(beside.c_str(), claim_.resolved_path().c_str()) != 0) {
    const int error = errno;
    system_file::Remove(beside.c_str());
    return Failed("replacing", error);
  }
  claim_.SetFacts(facts);
  lock_ = std::move(lock);
  if (keep == Keep::kOnDisk) system_file::SyncFolder(system_file::FolderOf(claim_.resolved_path()));
  return absl::OkStatus();
}

// That nobody put something else there since. A look into it is needed: the system gives the number
// of a file that is gone to the next one.
absl::Status ReplacedFile::CheckTarget() const {
  const Facts now = system_file::LookAtLink(claim_.resolved_path().c_str());
  if (now.kind == Kind::kMissing) return absl::OkStatus();
  if (now.kind == Kind::kRegular && IsOurs(claim_.resolved_path(), first_bytes_)) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(
      claim_.path(), " is not replaced: something else was put in its place meanwhile"));
}

absl::Status ReplacedFile::WriteBeside(absl::string_view text, Keep keep, std::string& beside) {
  const int file = CreateBeside(claim_.resolved_path(), claim_.facts().mode, beside);
  if (file < 0) return Failed("writing", errno);
  int error = system_file::WriteAll(file, text.data(), text.size()) == text.size() ? 0 : errno;
  if (error == 0 && keep == Keep::kOnDisk && system_file::Sync(file) != 0) error = errno;
  if (system_file::Close(file) != 0 && error == 0) error = errno;
  if (error == 0) return absl::OkStatus();
  system_file::Remove(beside.c_str());
  return Failed("writing", error);
}

absl::Status ReplacedFile::WriteStream(absl::string_view text) {
  const bool open = claim_.descriptor() >= 0;
  const int file =
      open ? claim_.descriptor() : system_file::OpenWithoutWaiting(claim_.path().c_str());
  if (file < 0) {
    if (errno == ENXIO) return absl::DataLossError(absl::StrCat("nobody reads ", claim_.path()));
    return Failed("writing", errno);
  }
  const size_t written = system_file::WriteAllWithin(file, text.data(), text.size(), kMostWaitMs);
  int error = written == text.size() ? 0 : errno;
  if (!open && system_file::Close(file) != 0 && error == 0) error = errno;
  return error == 0 ? absl::OkStatus() : Failed("writing", error);
}

absl::Status ReplacedFile::Failed(absl::string_view what, int error) const {
  return absl::DataLossError(
      absl::StrCat(what, " ", claim_.path(), " failed: ", std::strerror(error)));
}

}  // namespace fh
