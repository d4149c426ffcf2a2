#include "rio/xdp_options.h"

namespace fh::rio {

std::optional<XdpMode> ParseXdpMode(absl::string_view name) {
  if (name == "auto") return XdpMode::kProbe;
  if (name == "native") return XdpMode::kNative;
  if (name == "generic") return XdpMode::kGeneric;
  return std::nullopt;
}

std::optional<XdpCopy> ParseXdpCopy(absl::string_view name) {
  if (name == "auto") return XdpCopy::kProbe;
  if (name == "copy") return XdpCopy::kCopy;
  if (name == "zero_copy") return XdpCopy::kZeroCopy;
  return std::nullopt;
}

}  // namespace fh::rio
