// SoupBinTCP streams are what a server sends: cutting them into packets never reads outside of what was
// received, and gives the same packets however the bytes arrive.
//
//   [where the parts end, 8 bytes][the stream]
//
// The stream is parsed at once, by a plain loop over all of it, and in parts; and a client's session
// takes the packets, whose numbers count up without a hole.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "codecs/soupbin/soupbin.h"

namespace {

using namespace fh::codecs::soupbin;  // NOLINT: a program, not a library.

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

struct Seen {
  char type;
  std::string payload;
  bool operator==(const Seen&) const = default;
};

// Packets by the book, and whether the stream is a good one as far as it goes.
bool ByTheBook(const std::string& stream, std::vector<Seen>& seen) {
  size_t at = 0;
  while (stream.size() - at >= 2) {
    const size_t length =
        size_t{static_cast<uint8_t>(stream[at])} << 8 | static_cast<uint8_t>(stream[at + 1]);
    if (length == 0) return false;
    if (stream.size() - at - 2 < length) return true;
    seen.push_back({stream[at + 2], stream.substr(at + 3, length - 1)});
    at += 2 + length;
  }
  return true;
}

void CheckSession(const std::vector<Seen>& packets) {
  ClientSession session;
  uint64_t next = 0;
  for (const Seen& packet : packets) {
    const Event event = session.Take(
        {packet.type,
         {reinterpret_cast<const uint8_t*>(packet.payload.data()), packet.payload.size()}});
    if (event.kind == EventKind::kAccepted) next = event.number;
    if (event.kind != EventKind::kMessage) continue;
    Demand(session.is_logged_in(), "messages come behind a login");
    Demand(event.number == next++, "messages are numbered through");
    ParseSnapshotEnd(event.message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kParts = 8;
  if (size < kParts) return 0;
  const std::string stream(reinterpret_cast<const char*>(data) + kParts, size - kParts);
  std::vector<Seen> expected;
  const bool is_good = ByTheBook(stream, expected);
  StreamParser parser;
  std::vector<Seen> seen;
  bool still_good = true;
  for (size_t at = 0, part = 0; at < stream.size(); ++part) {
    const size_t length = std::min(stream.size() - at, size_t{1} + data[part % kParts]);
    // On the heap, exactly as long: a sanitizer sees every byte beyond.
    const std::vector<uint8_t> bytes(stream.begin() + static_cast<ptrdiff_t>(at),
                                     stream.begin() + static_cast<ptrdiff_t>(at + length));
    still_good = parser.Take(bytes, [&](const Packet& packet) {
      seen.push_back({packet.type, {packet.payload.begin(), packet.payload.end()}});
    });
    at += length;
  }
  Demand(seen == expected, "the same packets however they arrive");
  Demand(still_good == is_good, "broken streams are told");
  CheckSession(seen);
  return 0;
}
