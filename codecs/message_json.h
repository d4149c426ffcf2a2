// A described message as one line of JSON, for people and their tools.
//
//   std::string out;
//   MessageJson json(out);
//   json.SetPrefix("\"frame\":17,\"group\":\"239.1.2.3\",\"port\":26400,");
//   codec.Describe(packet, frame, json);          // Appends a line for each message.
//
//   {"frame":17,"group":"239.1.2.3","port":26400,"sequence":5,"type":"D","name":"order_delete_message",
//    "length":19,"fields":{"stock_locate":{"raw":2737,"value":2737},
//    "timestamp":{"raw":34200007495351,"value":"09:30:00.007495351"},...}}
//
// Every field is there in wire order, twice: `raw`, the number or text as it stands in the message,
// and `value`, the same in people's terms: exact decimals as text ("255.5200"), UNIX times in RFC
// 3339 with nanoseconds, times of day, flags as bits ("0b10000000"), text without its padding.
// Enumerated values and bits that have names come by these ("Bid", "LastQuoteMsg|EndOfEvent"). A
// null value has "value":null and its raw one; a field that the message's version has not got yet
// has null for both. A repeating group is an array of objects of such fields:
//
//   "no_md_entries":[{"md_entry_px":{"raw":4027500000,"value":"402.7500000"},...},...]
//
// Numbers are written whole; readers that keep numbers in doubles lose digits above 2^53, hence
// the texts.
// Bytes of text outside of printable ASCII are written as \u00XX.
//
// A message that cannot be described has "error" (why) and "bytes" (hexadecimal) instead of a name
// and fields.
//
// One thread. Allocates as the output grows, some 100 ns a field.
#ifndef FEEDHANDLER_CODECS_MESSAGE_JSON_H_
#define FEEDHANDLER_CODECS_MESSAGE_JSON_H_

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "codecs/json_writer.h"
#include "codecs/message.h"
#include "codecs/value.h"

namespace fh::codecs {

class MessageJson final : public MessageVisitor {
 public:
  // `out` outlives this object; the caller empties it as it likes.
  explicit MessageJson(std::string& out) : out_(out), json_(BufferSink{nullptr}) {}

  // Members that stand first in each object: JSON text, each member followed by a comma.
  void SetPrefix(std::string prefix) { prefix_ = std::move(prefix); }

  void BeginMessage(uint64_t sequence, const MessageInfo* info, std::span<const uint8_t> bytes,
                    const char* why) override;
  void Field(const FieldInfo& field, const Value& value) override;
  void BeginGroup(const GroupInfo& group, uint32_t entries) override;
  void BeginEntry() override;
  void EndEntry() override;
  void EndGroup() override;
  void EndMessage() override;

 private:
  // Room for `bytes` more, behind what is written of the message.
  void MakeRoom(size_t bytes);
  void InTerms(const FieldInfo& field, const Value& value);

  std::string& out_;  // Longer than what is written, between the begin and the end of a message.
  JsonWriterTo<BufferSink> json_;
  std::string prefix_;
  bool described_ = false;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_MESSAGE_JSON_H_
