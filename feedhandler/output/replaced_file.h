// A file that is written again and again, as a whole, so that a reader never sees half of it:
// counters for a scraper, the report of a run that goes on.
//
//   absl::StatusOr<ReplacedFile> file =
//       ReplacedFile::Claim("day.prom", "--metrics=day.prom", "# HELP feedhandler_");
//   if (!file.ok()) return file.status();               // Nothing was touched.
//   if (file->is_file()) absl::Status written = file->Write(text);        // Now and then,
//   absl::Status written = file->Write(text);                             // and at the end.
//
// Each text is written beside the file, under a name of its own that nobody can guess, and takes
// the file's place at once. Only what is ours is replaced: a new path, an empty file, or one that
// begins as all our texts do; anything else is refused, also when it takes the file's place
// meanwhile, and so is a file that another running program replaces in this way (on Windows nobody
// notices). A symbolic link stays, and what it leads to is replaced. Whatever is no regular file
// (a device, a pipe, standard output) is written to and never replaced: it takes one text, at the
// end. What else it may be is told in output_claim.h.
//
// One thread. Not the hot path: system calls, allocations. Write blocks on the disk; on a pipe that
// is full no longer than kMostWaitMs.
#ifndef FEEDHANDLER_FEEDHANDLER_OUTPUT_REPLACED_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_OUTPUT_REPLACED_FILE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/output/output_claim.h"

namespace fh {

class ReplacedFile {
 public:
  static constexpr int kMostWaitMs = 5000;

  // `name`: as in messages, with the path. `first_bytes`: with which every text begins. Errors
  // (InvalidArgument) say what is in the way and what to do.
  static absl::StatusOr<ReplacedFile> Claim(const std::string& path, const std::string& name,
                                            absl::string_view first_bytes);

  // Whether Write may be called more than once.
  bool is_file() const {
    return claim_.kind() == system_file::Kind::kRegular && !claim_.is_standard();
  }

  // Of a file: what the text that was written may be lost by.
  enum class Keep : uint8_t {
    kUntilPowerCut,  // Then the file may be empty: fast, for what is written anew all the time.
    kOnDisk,         // By nothing: returns once the disk has it.
  };

  // Puts `text` in place. DataLoss with the reason when it is not there then; what was there before
  // still is.
  absl::Status Write(absl::string_view text, Keep keep = Keep::kUntilPowerCut);

 private:
  // An open file that keeps other programs from replacing it; moves.
  class Lock {
   public:
    explicit Lock(int file = -1) : file_(file) {}
    Lock(Lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    Lock& operator=(Lock&& other) noexcept {
      std::swap(file_, other.file_);
      return *this;
    }
    ~Lock() {
      if (file_ >= 0) system_file::Close(file_);
    }

   private:
    int file_;
  };

  ReplacedFile(OutputClaim claim, absl::string_view first_bytes)
      : claim_(std::move(claim)), first_bytes_(first_bytes) {}

  absl::Status LockOutOthers();

  absl::Status CheckTarget() const;
  absl::Status WriteBeside(absl::string_view text, Keep keep, std::string& beside);
  absl::Status WriteStream(absl::string_view text);
  absl::Status Failed(absl::string_view what, int error) const;

  OutputClaim claim_;
  std::string first_bytes_;
  Lock lock_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_OUTPUT_REPLACED_FILE_H_
