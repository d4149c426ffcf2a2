#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "absl/time/internal/cctz/include/cctz/zone_info_source.h"
#include "codecs/embedded_time_zones.h"
#include "codecs/time_zone.h"

namespace fh::codecs {
namespace {

namespace cctz = absl::time_internal::cctz;
namespace cctz_extension = absl::time_internal::cctz_extension;

// A compiled zone (RFC 8536) that is already in memory.
class EmbeddedZone final : public cctz::ZoneInfoSource {
 public:
  explicit EmbeddedZone(std::span<const uint8_t> bytes) : left_(bytes) {}

  std::size_t Read(void* to, std::size_t bytes) override {
    const size_t count = std::min(bytes, left_.size());
    std::memcpy(to, left_.data(), count);
    left_ = left_.subspan(count);
    return count;
  }

  int Skip(std::size_t bytes) override {
    if (bytes > left_.size()) return -1;
    left_ = left_.subspan(bytes);
    return 0;
  }

 private:
  std::span<const uint8_t> left_;
};

using SourceMaker = std::function<std::unique_ptr<cctz::ZoneInfoSource>(const std::string&)>;

std::unique_ptr<cctz::ZoneInfoSource> FindZone(const std::string& name, const SourceMaker& files) {
  for (const EmbeddedTimeZone& zone : kEmbeddedTimeZones) {
    if (name == zone.name) return std::make_unique<EmbeddedZone>(zone.bytes);
  }
  return files(name);
}

}  // namespace

bool FindTimeZone(absl::string_view name, absl::TimeZone* zone) {
  // With mingw-w64 Abseil defines this variable itself, so it is set rather than defined.
  static const bool extended = [] {
    cctz_extension::zone_info_source_factory = FindZone;
    return true;
  }();
  (void)extended;
  return absl::LoadTimeZone(name, zone);
}

}  // namespace fh::codecs
