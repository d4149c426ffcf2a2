// An SBE schema is text that anybody may have written, and so are messages: reading one never
// crashes, hangs or takes much memory, and what it describes never reads outside of a message.
//
//   [length of the message][message][text of a schema]
//
// The text is read as it stands, and between the types and the messages of a schema that is right
// otherwise, to get past the first checks; the message is described by every template of both.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "codecs/message_json.h"
#include "codecs/sbe/sbe_schema.h"

namespace {

using namespace fh::codecs;  // NOLINT: a program, not a library.

constexpr char kHead[] =
    "<messageSchema id='1' version='9'><types>"
    "<composite name='messageHeader'><type name='blockLength' primitiveType='uint16'/>"
    "<type name='templateId' primitiveType='uint16'/><type name='schemaId' primitiveType='uint16'/>"
    "<type name='version' primitiveType='uint16'/></composite>"
    "<composite name='groupSizeEncoding'><type name='blockLength' primitiveType='uint16'/>"
    "<type name='numInGroup' primitiveType='uint8'/></composite>"
    "<composite name='text'><type name='length' primitiveType='uint16'/>"
    "<type name='varData' primitiveType='char' length='0'/></composite></types>"
    "<message name='Known' id='1'><field name='a' id='1' type='uint32'/><group name='g' id='2'>"
    "<field name='b' id='3' type='int64'/><data name='d' id='4' type='text'/></group></message>";
constexpr char kTail[] = "</messageSchema>";

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

void DescribeAll(const sbe::SbeSchema& schema, const std::string& message) {
  const auto bytes = std::make_unique<uint8_t[]>(message.size());
  std::copy(message.begin(), message.end(), bytes.get());
  sbe::SbeMessage parts;
  if (schema.header().Read(bytes.get(), static_cast<uint32_t>(message.size()), parts) != nullptr) {
    return;
  }
  for (const MessageInfo* info : schema.messages()) {
    if (CheckBlocks(info->block(), parts.root) != nullptr) continue;
    std::string text;
    MessageJson json(text);
    json.BeginMessage(1, info, {bytes.get(), message.size()}, nullptr);
    DescribeBlocks(info->block(), parts.root, json);
    json.EndMessage();
    Demand(std::count(text.begin(), text.end(), '\n') == 1, "a message is a line");
    Demand(std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; }),
           "descriptions are plain text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t length = std::min<size_t>(data[0], size - 1);
  const std::string message(reinterpret_cast<const char*>(data) + 1, length);
  const std::string text(reinterpret_cast<const char*>(data) + 1 + length, size - 1 - length);
  for (const std::string& xml : {text, kHead + text + kTail}) {
    const auto schema = sbe::SbeSchema::Parse(xml, "fuzz");
    if (schema.ok()) {
      DescribeAll(**schema, message);
    } else {
      Demand(!schema.status().message().empty(), "errors say what is wrong");
    }
  }
  return 0;
}
