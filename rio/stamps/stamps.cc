#include "rio/stamps/stamps.h"

namespace fh::rio {

StampSource SourceOf(ReceiveStamps granted) {
  switch (granted) {
    case ReceiveStamps::kNone:
      break;
    case ReceiveStamps::kSoftware:
      return StampSource::kSoftware;
    case ReceiveStamps::kHardware:
      return StampSource::kHardware;
  }
  return StampSource::kNone;
}

const char* ReceiveStampsName(ReceiveStamps stamps) {
  switch (stamps) {
    case ReceiveStamps::kNone:
      return "none";
    case ReceiveStamps::kSoftware:
      return "software";
    case ReceiveStamps::kHardware:
      return "hardware";
  }
  return "?";
}

std::optional<ReceiveStamps> ParseReceiveStamps(absl::string_view name) {
  for (const ReceiveStamps stamps :
       {ReceiveStamps::kNone, ReceiveStamps::kSoftware, ReceiveStamps::kHardware}) {
    if (name == ReceiveStampsName(stamps)) return stamps;
  }
  return std::nullopt;
}

const char* StampSourceName(StampSource source) {
  switch (source) {
    case StampSource::kNone:
      return "none";
    case StampSource::kCapture:
      return "capture";
    case StampSource::kSoftware:
      return "software";
    case StampSource::kHardware:
      return "hardware";
    case StampSource::kTrailer:
      return "trailer";
  }
  return "?";
}

}  // namespace fh::rio
