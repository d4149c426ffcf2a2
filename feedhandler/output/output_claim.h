// Files that this process reads and writes, so that no output harms an input, another output, or
// anything that is not a regular file of its own.
//
//   absl::StatusOr<FileHold> capture = HoldInput("day.pcap", "the capture day.pcap");
//   ...                                       // Every other input, in any order with the claims.
//   absl::StatusOr<OutputClaim> claim = OutputClaim::Make("updates.csv", "output=updates.csv");
//   if (!claim.ok()) return claim.status();   // Nothing was touched.
//   ...                                       // Everything else that start-up needs.
//   claim->Begin();                           // Now what the file held is gone.
//   ... write to claim->descriptor() ...
//
// Two paths are the same file when the system says so, whatever they are called: other spellings,
// symbolic and hard links, /dev/fd/N, names that differ in case where case does not count. Files
// that do not exist yet are made by the claim, so that this holds for them too, and go again when
// the claim is given up before Begin.
//
// What an output may be:
//   a new path, or an existing regular file    emptied by Begin, not before; through a symbolic
//   link
//                                              too, which stays what it is
//   a device that takes bytes, a pipe          written to as it comes; the null device by as many
//                                              outputs as like to
//   "-", or any name of standard output        written through the descriptor that is open: what
//   the
//                                              shell opened for appending is appended to
//   a folder, a disk, a socket                 refused
//   what this run reads, or writes already     refused, naming both
//   a regular file that is standard error      refused: messages go there
//
// Any thread; start and stop, not the hot path: a lock, system calls, allocations.
#ifndef FEEDHANDLER_FEEDHANDLER_OUTPUT_OUTPUT_CLAIM_H_
#define FEEDHANDLER_FEEDHANDLER_OUTPUT_OUTPUT_CLAIM_H_

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/output/system_file.h"

namespace fh {

// As long as it lives, its file is known to be in use. Moves, does not copy.
class FileHold {
 public:
  FileHold() = default;
  FileHold(FileHold&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  FileHold& operator=(FileHold&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~FileHold();

 private:
  friend absl::StatusOr<FileHold> HoldInput(const std::string& path, absl::string_view name);
  friend class OutputClaim;
  explicit FileHold(uint64_t id) : id_(id) {}

  uint64_t id_ = 0;  // 0: none.
};

// Says that this run reads `path` ("-": standard input). `name`: as in messages, "the capture
// day.pcap". InvalidArgument when an output, standard output included, is the same file. A path
// that does not exist is held by nobody, and is no error here.
absl::StatusOr<FileHold> HoldInput(const std::string& path, absl::string_view name);

// The same for captures: all of them, or the first error.
absl::StatusOr<std::vector<FileHold>> HoldCaptures(const std::vector<std::string>& paths);

class OutputClaim {
 public:
  enum class Use : uint8_t {
    kWritten,   // From its start on, through descriptor().
    kAppended,  // The same, each write at the end; refused while another program claims it so.
    kReplaced,  // Regular files are not opened but replaced as wholes (replaced_file.h).
  };

  // `name`: as in messages, with the path: "--metrics=day.prom". Errors (InvalidArgument) say what
  // is in the way and what to do. Waits for the reader of a pipe that has none (kWritten).
  static absl::StatusOr<OutputClaim> Make(const std::string& path, const std::string& name,
                                          Use use = Use::kWritten);
  OutputClaim(OutputClaim&& other) noexcept;
  OutputClaim& operator=(OutputClaim&&) = delete;
  ~OutputClaim();  // Closes what it opened, and removes what it made unless Begin was called.

  // Empties a regular file, the first time it is called. 0, or errno.
  int Begin();

  // To write to after Begin. -1 for regular files that are replaced, pipes and devices with
  // kReplaced (unless they are standard output or error), and after Close and TakeStream.
  int descriptor() const { return descriptor_; }

  // Closes the descriptor, unless it is standard output or error. 0, or errno.
  int Close();

  // Begins, and hands the descriptor over as a stream, which the caller closes unless it is
  // `stdout`. The claim has to live as long as it is written to.
  absl::StatusOr<std::FILE*> TakeStream();

  system_file::Kind kind() const { return facts_.kind; }
  bool is_standard() const { return standard_ >= 0; }  // Standard output or error.
  // "standard output" for "-".
  const std::string& path() const { return path_; }
  // Of a regular file: where it really is.
  const std::string& resolved_path() const { return resolved_path_; }

  // For kReplaced: the file is another one now, made by us.
  void SetFacts(const system_file::Facts& facts);
  const system_file::Facts& facts() const { return facts_; }

 private:
  OutputClaim(const std::string& path, const std::string& name);
  absl::Status Find(const std::string& path);
  absl::Status Open(const std::string& path, Use use);
  absl::Status Enter();  // Into the registry of files in use.
  void GiveUp();

  std::string path_;
  std::string name_;
  std::string resolved_path_;
  system_file::Facts facts_;
  FileHold hold_;
  int descriptor_ = -1;
  int standard_ = -1;
  bool created_ = false;
  bool begun_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_OUTPUT_OUTPUT_CLAIM_H_
