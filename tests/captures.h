// Where tests find the real captures, which are never part of this repository.
//
//   const std::optional<std::filesystem::path> file =
//   CaptureFile("iex/tops16_20170710_head6500.pcap"); if (!file) GTEST_SKIP() << kNoCaptures;
//
// FEEDHANDLER_CAPTURES names the folder; without it, `../shared/captures` beside the checkout is
// tried.
#ifndef FEEDHANDLER_TESTS_CAPTURES_H_
#define FEEDHANDLER_TESTS_CAPTURES_H_

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace fh::test {

inline constexpr char kNoCaptures[] =
    "skipped: no captures (set FEEDHANDLER_CAPTURES to the folder that holds them)";

inline std::filesystem::path CapturesFolder() {
  const char* folder = std::getenv("FEEDHANDLER_CAPTURES");
  return folder != nullptr ? folder : FEEDHANDLER_DEFAULT_CAPTURES;
}

// The file's path, or nothing when it is not on this machine.
inline std::optional<std::filesystem::path> CaptureFile(const std::string& name) {
  std::error_code error;
  std::filesystem::path path = CapturesFolder() / name;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  return path;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CAPTURES_H_
