// The few things that reading a file needs of the operating system. input_file_posix.cc and
// input_file_windows.cc implement them; CMake picks one.
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

  // Blocks until there is a byte; returns 0 at the end.
  absl::StatusOr<size_t> Read(std::span<uint8_t> to);

  // Nothing for pipes and devices.
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
