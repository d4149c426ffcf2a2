// Writes packets of CME MDP 3.0, and valid samples from a seed: for CodecInfo::sample, tests and
// benchmarks.
//
//   namespace book = md_incremental_refresh_book46;
//   PacketWriter packet(/*number=*/7, /*sending_time_ns=*/now);
//   packet.Begin(book::kMessage, /*version=*/9);
//   book::kTransactTime.Put(packet.message(), now);
//   packet.Group(book::no_md_entries::kGroup, /*block_length=*/32, /*count=*/1);
//   book::no_md_entries::kMdEntryPx.Put(packet.Entry(), 100'000'000'000);
//   Send(packet.Bytes());
//
// Not for the hot path: allocates.
#ifndef FEEDHANDLER_CODECS_CME_CME_SAMPLE_H_
#define FEEDHANDLER_CODECS_CME_CME_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/cme/cme_messages.h"
#include "codecs/message.h"

namespace fh::codecs::cme {

class PacketWriter {
 public:
  PacketWriter(uint32_t number, int64_t sending_time_ns);

  // Appends a message with a root block as long as it is in that version (of incremental ones 11
  // bytes, as sent), all 0 but the header.
  void Begin(const MessageInfo& info, uint16_t version);

  // The message that was begun last, from its header on. Valid until more is appended.
  uint8_t* message() { return At(message_); }

  // Appends a group's announcement; its entries follow by Entry, all 0.
  void Group(const GroupInfo& group, uint16_t block_length, uint8_t count);
  uint8_t* Entry();

  const std::string& Bytes() const { return bytes_; }

 private:
  uint8_t* At(size_t offset) { return reinterpret_cast<uint8_t*>(bytes_.data()) + offset; }
  void Grow(size_t size);

  std::string bytes_;
  size_t message_ = 0;
  uint16_t block_length_ = 0;
};

// A packet with every sixth message type of kMessages, always below 1,500 bytes: six seeds in a row
// have all of them. An event with a trade ends in it. Times, prices and numbers are plausible.
std::string SamplePacket(uint64_t seed);

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_CME_SAMPLE_H_
