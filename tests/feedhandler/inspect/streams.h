// Small streams for tests: MoldUDP64 packets of ITCH messages, fed to a table or written as a
// capture.
//
//   StreamTable table;
//   Feed(table, "239.1.1.1:26400", MoldPacket("DAY", 1, 3), {.stamp_ns = 5});
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_INSPECT_STREAMS_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_INSPECT_STREAMS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "codecs/message.h"
#include "codecs/moldudp64/moldudp64.h"
#include "feedhandler/inspect/stream_table.h"
#include "rio/endpoint.h"
#include "rio/packet.h"

namespace fh::test {

// An order delete whose reference is made of `content`.
inline std::string ItchMessage(uint64_t content) {
  std::string message(19, '\0');
  message[0] = 'D';
  auto* bytes = reinterpret_cast<uint8_t*>(message.data());
  codecs::BigEndian<uint64_t>{"order_reference_number", 11}.Put(bytes, content);
  return message;
}

// Messages [sequence, sequence + count); `salt` tells the messages of one channel from another's.
// Count 0 is a heartbeat.
inline std::string MoldPacket(const std::string& session, uint64_t sequence, uint16_t count,
                              uint64_t salt = 0) {
  std::string packet(codecs::MoldUdp64::kHeaderBytes, '\0');
  std::string padded = session;
  padded.resize(codecs::MoldUdp64::kSession.length, ' ');
  codecs::MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), padded, sequence, count);
  for (uint16_t i = 0; i < count; ++i) {
    codecs::MoldUdp64::Blocks::Append(packet, ItchMessage(salt + sequence + i));
  }
  return packet;
}

struct How {
  int64_t stamp_ns = 0;
  std::string source = "10.0.0.1";
  std::optional<uint16_t> vlan;
  size_t kept_bytes = SIZE_MAX;  // Fewer than the payload: it is cut.
};

// The payload is copied to where bytes behind it may be read.
inline void Feed(StreamTable& table, const std::string& group, const std::string& payload,
                 const How& how = {}) {
  std::vector<uint8_t> bytes(payload.begin(), payload.end());
  bytes.resize(bytes.size() + rio::kReadablePastEnd);
  table.Add({.destination = *rio::ParseEndpoint(group),
             .source = *rio::IpAddress::Parse(how.source),
             .payload = {bytes.data(), std::min(payload.size(), how.kept_bytes)},
             .length = static_cast<uint32_t>(payload.size()),
             .stamp_ns = how.stamp_ns,
             .vlan = how.vlan});
}

inline const Stream& At(const StreamTable& table, const std::string& group) {
  const Stream* stream = table.Find(*rio::ParseEndpoint(group));
  if (stream == nullptr) {
    ADD_FAILURE() << "no stream " << group;
    std::abort();
  }
  return *stream;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_INSPECT_STREAMS_H_
