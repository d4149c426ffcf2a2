// The kernel's files under /proc and /sys, or a folder made to look like them.
//
//   const HostFiles host;                                     // This machine.
//   const HostFiles fake("/tmp/machine");                     // A test's.
//   std::optional<int64_t> limit = host.ReadNumber("/proc/sys/net/core/rmem_max");
//
// Main thread; each call opens, reads and closes one file. Nothing is kept.
#ifndef FEEDHANDLER_RIO_HOST_HOST_FILES_H_
#define FEEDHANDLER_RIO_HOST_HOST_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fh::rio {

class HostFiles {
 public:
  // Paths are taken below `root`; empty: they are those of this machine.
  explicit HostFiles(std::string root = "") : root_(std::move(root)) {}

  // The whole file without blanks at its end, at most 1 MiB; nothing when it cannot be read.
  std::optional<std::string> Read(const std::string& path) const;

  // The number that the file begins with.
  std::optional<int64_t> ReadNumber(const std::string& path) const;

  // Names in a folder, sorted; empty when there is none.
  std::vector<std::string> List(const std::string& folder) const;

  bool Exists(const std::string& path) const;

 private:
  std::string root_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_HOST_HOST_FILES_H_
