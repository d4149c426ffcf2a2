// Builds messages byte by byte, little-endian, and renders them by a schema. For tests.
//
//   ByteWriter bytes;
//   bytes.Put<uint16_t>(24).Text("ABC", 6);
//   EXPECT_EQ(Rendered(schema, bytes.text()), "...");
#ifndef FEEDHANDLER_TESTS_CODECS_SBE_SBE_MESSAGE_BYTES_H_
#define FEEDHANDLER_TESTS_CODECS_SBE_SBE_MESSAGE_BYTES_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "codecs/message.h"
#include "codecs/message_json.h"
#include "codecs/sbe/sbe_schema.h"

namespace fh::test {

class ByteWriter {
 public:
  template <typename T, std::endian kOrder = std::endian::little>
  ByteWriter& Put(T value) {
    uint8_t bytes[sizeof(T)];
    codecs::internal::Store<kOrder>(bytes, value);
    text_.append(reinterpret_cast<const char*>(bytes), sizeof(T));
    return *this;
  }
  ByteWriter& Text(absl::string_view text, size_t length) {
    text_.append(text.data(), text.size());
    text_.append(length - text.size(), '\0');
    return *this;
  }
  ByteWriter& Zeros(size_t count) {
    text_.append(count, '\0');
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A message as a line of JSON, or why it is none. The bytes lie on the heap, exactly as long as the
// message, so that a sanitizer sees every read beyond.
inline std::string Rendered(const codecs::sbe::SbeSchema& schema, absl::string_view message) {
  const auto bytes = std::make_unique<uint8_t[]>(message.size());
  std::copy(message.begin(), message.end(), bytes.get());
  codecs::sbe::SbeMessage parts;
  const char* why = schema.header().Read(bytes.get(), static_cast<uint32_t>(message.size()), parts);
  if (why != nullptr) return why;
  const codecs::MessageInfo* info = schema.Find(parts.template_id);
  if (info == nullptr) return codecs::kUnknownType;
  why = codecs::CheckBlocks(info->block(), parts.root);
  if (why != nullptr) return why;
  std::string out;
  codecs::MessageJson json(out);
  json.BeginMessage(1, info, {bytes.get(), message.size()}, nullptr);
  codecs::DescribeBlocks(info->block(), parts.root, json);
  json.EndMessage();
  return out;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_SBE_SBE_MESSAGE_BYTES_H_
