#include "codecs/time_zone.h"

namespace fh::codecs {

bool FindTimeZone(absl::string_view name, absl::TimeZone* zone) {
  return absl::LoadTimeZone(name, zone);
}

}  // namespace fh::codecs
