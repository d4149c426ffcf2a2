// Any bytes as datagrams of a few streams: guesses, framing, numbers and reports. Each datagram is
// [length][choices][payload]; the choices pick the stream, a cut, and whether the payload begins
// with the header of a framing, so that more than the guesses is reached.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "codecs/json_writer.h"
#include "feedhandler/inspect/channels.h"
#include "feedhandler/inspect/stream_report.h"
#include "feedhandler/inspect/stream_table.h"
#include "rio/packet.h"

namespace {

using fh::Stream;
using fh::StreamTable;

std::vector<uint8_t> PayloadOf(uint8_t choices, const uint8_t* data, size_t size) {
  std::vector<uint8_t> payload;
  if ((choices & 0x30) == 0x10) payload = {'S', 'E', 'S', 'S', 'I', 'O', 'N', ' ', ' ', ' '};
  if ((choices & 0x30) == 0x20) payload = {1, 0, 4, 0x80, 1, 0, 0, 0};
  payload.insert(payload.end(), data, data + size);
  return payload;
}

void Check(const Stream& stream, uint64_t datagrams) {
  if (stream.traffic.packets > datagrams) std::abort();
  uint64_t packets = stream.rejected + stream.more_sessions + stream.before_guess;
  for (const fh::SessionTrack& session : stream.sessions) {
    packets += session.packets();
    if (session.first() > session.end()) std::abort();
  }
  if (stream.reader != nullptr && packets != stream.traffic.packets) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  StreamTable table;
  uint64_t datagrams = 0;
  while (size >= 2) {
    const uint8_t choices = data[1];
    const size_t length = std::min<size_t>(data[0], size - 2);
    std::vector<uint8_t> payload = PayloadOf(choices, data + 2, length);
    const size_t bytes = payload.size();
    payload.resize(bytes + fh::rio::kReadablePastEnd);
    const uint8_t group[4] = {239, 1, 1, static_cast<uint8_t>(choices & 3)};
    table.Add({.destination = {fh::rio::IpAddress::V4(group), 1000},
               .source = {},
               .payload = {payload.data(), bytes},
               .length = static_cast<uint32_t>(bytes + (choices >> 7)),
               .stamp_ns = static_cast<int64_t>(choices) << 50,
               .vlan = std::nullopt});
    ++datagrams;
    data += 2 + length;
    size -= 2 + length;
  }
  for (const auto& stream : table.streams()) Check(*stream, datagrams);
  size_t lines = 0;
  for (const fh::DiscoveredChannel& channel : fh::DiscoverChannels(table)) {
    lines += channel.lines.size();
  }
  if (lines > table.streams().size()) std::abort();
  fh::JsonWriter json;
  fh::StreamsJson(table, {}, json);
  if (fh::StreamsText(table).empty() || json.text().empty()) std::abort();
  return 0;
}
