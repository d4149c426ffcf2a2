// A folder for files that tests write and look at.
//
//   const Scratch scratch;
//   Write(scratch / "a", "text");
//   EXPECT_EQ(Read(scratch / "a"), "text");
//   EXPECT_THAT(scratch.Names(), ElementsAre("a"));
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_OUTPUT_SCRATCH_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_OUTPUT_SCRATCH_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/platform.h"

namespace fh::test {

class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() /
              ("fh_output_" + std::to_string(ProcessId()) + "_" + std::to_string(counter_++))) {
    std::filesystem::create_directory(path_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path() const { return path_.string(); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  // What is in it, sorted.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  static inline int counter_ = 0;
  std::filesystem::path path_;
};

inline void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_OUTPUT_SCRATCH_H_
