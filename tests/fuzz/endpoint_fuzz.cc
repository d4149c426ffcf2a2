// Addresses and endpoints from text: never a crash, and what is accepted prints as text that means
// the same.
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "rio/endpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = fh::rio::IpAddress::Parse(text); address.ok()) {
    const auto again = fh::rio::IpAddress::Parse(address->ToString());
    if (!again.ok() || *again != *address) std::abort();
  }
  if (const auto endpoint = fh::rio::ParseEndpoint(text); endpoint.ok()) {
    const auto again = fh::rio::ParseEndpoint(endpoint->ToString());
    if (!again.ok() || *again != *endpoint) std::abort();
  }
  // Uniform noise is hardly ever an address: the same bytes again, as the characters of one.
  static constexpr char kAlphabet[] = "0123456789abcdef::::....[]";
  char spelled[48];
  const size_t length = size < sizeof spelled ? size : sizeof spelled;
  for (size_t i = 0; i < length; ++i) spelled[i] = kAlphabet[data[i] % (sizeof kAlphabet - 1)];
  const auto address = fh::rio::IpAddress::Parse(absl::string_view(spelled, length));
  if (!address.ok()) return 0;
  const auto again = fh::rio::IpAddress::Parse(address->ToString());
  if (!again.ok() || *again != *address) std::abort();
  return 0;
}
