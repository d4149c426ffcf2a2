// The few things that reading a file needs of the operating system. input_file_posix.cc and
// input_file_windows.cc implement them; CMake picks one. A part of OpenByteSource (byte_source.h).
//
// One thread at a time. Read makes one system call and allocates nothing but error messages.
#ifndef FEEDHANDLER_REPLAY_INPUT_FILE_H_
#define FEEDHANDLER_REPLAY_INPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fh::replay {

// An open file or standard input. Moves, does not copy; closes what it opened itself.
class InputFile {
 public:
  // Opens for reading from front to back. Errors name the path, with the system's reason.
  static absl::StatusOr<InputFile> Open(const std::string& path);
  static InputFile StandardInput();

  InputFile(InputFile&& other) noexcept
      : descriptor_(other.descriptor_),
        owned_(std::exchange(other.owned_, false)),
        size_bytes_(other.size_bytes_) {}
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile() {
    if (owned_) Close();
  }

  // Fills a part of `to` (not empty) and returns how many bytes; 0 at the end. Blocks until there
  // is one. Errors: the system's reason, without the path.
  absl::StatusOr<size_t> Read(std::span<uint8_t> to);

  // As it was on opening. Nothing for pipes and devices.
  std::optional<uint64_t> size_bytes() const { return size_bytes_; }

 private:
  InputFile(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  void Close();

  int descriptor_ = -1;
  bool owned_ = false;
  std::optional<uint64_t> size_bytes_;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_INPUT_FILE_H_
