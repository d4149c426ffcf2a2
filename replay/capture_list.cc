#include "replay/capture_list.h"

#include <algorithm>
#include <utility>

namespace fh::replay {

absl::StatusOr<CaptureList> OpenCaptures(const std::vector<std::string>& paths) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return absl::InvalidArgumentError("standard input ('-') can be read only once: name it once");
  }
  CaptureList captures;
  for (const std::string& path : paths) {
    absl::StatusOr<std::unique_ptr<CaptureReader>> reader = CaptureReader::Open(path);
    if (!reader.ok()) return reader.status();
    captures.push_back(*std::move(reader));
  }
  return captures;
}

uint64_t StoredBytesRead(const CaptureList& captures) {
  uint64_t bytes = 0;
  for (const auto& reader : captures) bytes += reader->stored_bytes_read();
  return bytes;
}

std::optional<uint64_t> StoredBytesTotal(const CaptureList& captures) {
  uint64_t bytes = 0;
  for (const auto& reader : captures) {
    const std::optional<uint64_t> total = reader->stored_bytes_total();
    if (!total.has_value()) return std::nullopt;
    bytes += *total;
  }
  return bytes;
}

}  // namespace fh::replay
