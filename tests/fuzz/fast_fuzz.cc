// FAST templates are text that anybody may have written, and so are messages: reading the one never
// crashes, hangs or takes much memory, and decoding the other by it never reads outside of the bytes.
//
//   [length of the messages][messages][text of templates]
//
// The text is read as it stands, and as the fields of a template behind some that are right, to get
// past the first checks. The messages are decoded twice, with a reset between: what comes out is the
// same.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "codecs/fast/fast_decoder.h"
#include "codecs/fast/fast_xml.h"

namespace {

using namespace fh::codecs;        // NOLINT: a program, not a library.
using namespace fh::codecs::fast;  // NOLINT

constexpr char kHead[] =
    "<templates><template name='a' id='1'><uInt32 name='n'><increment value='1'/></uInt32>"
    "<string name='s' presence='optional'><tail/></string><byteVector "
    "name='b'><delta/></byteVector>"
    "<decimal name='d' "
    "presence='optional'><exponent><copy/></exponent><mantissa><delta/></mantissa>"
    "</decimal><sequence name='q'><length><copy/></length><int64 name='v' presence='optional'>"
    "<delta/></int64><uInt64 name='w'><copy key='v' value='1'/></uInt64></sequence><templateRef/>"
    "</template><template name='r' id='2' reset='y'/><template name='f' id='3' dictionary='type'>";
constexpr char kTail[] = "</template></templates>";

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// Reads every byte that it is told of.
class Sum : public IgnoreFast {
 public:
  void Field(FastTag, const FastField& field, const Value& value) {
    Add(value.number + static_cast<uint64_t>(value.state) + static_cast<uint64_t>(field.type));
    Demand(value.exponent >= -63 && value.exponent <= 63, "exponents are in their range");
    for (const uint8_t byte : value.bytes) Add(byte);
  }
  void BeginEntry(uint32_t segment) { Add(segment); }
  uint64_t value() const { return value_; }

 private:
  void Add(uint64_t value) { value_ = (value_ ^ value) * 0x9E3779B97F4A7C15; }
  uint64_t value_ = 1;
};

uint64_t DecodeAll(FastDecoder& decoder, const uint8_t* data, size_t size) {
  Sum sum;
  decoder.Reset();
  FastCursor cursor{data, data + size};
  while (cursor.left() != 0) {
    const uint8_t* const before = cursor.at;
    const FastError error = decoder.Decode(cursor, sum);
    Demand(error == FastError::kNone || ReasonOf(error) != nullptr, "errors have reasons");
    if (error != FastError::kNone) break;
    Demand(cursor.at > before && cursor.at <= cursor.end, "a message takes bytes, and its own");
  }
  return sum.value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t length = std::min<size_t>(data[0], size - 1);
  const auto messages = std::make_unique<uint8_t[]>(length);
  std::copy(data + 1, data + 1 + length, messages.get());
  const std::string text(reinterpret_cast<const char*>(data) + 1 + length, size - 1 - length);
  for (const std::string& xml : {text, kHead + text + kTail}) {
    const auto file = FastTemplates::Parse(xml, "fuzz");
    Demand(file.ok() || !file.status().message().empty(), "errors say what is wrong");
    if (!file.ok()) continue;
    const auto plan = FastPlan::Build((*file)->templates(), "fuzz", nullptr);
    Demand(plan.ok() || !plan.status().message().empty(), "errors say what is wrong");
    if (!plan.ok()) continue;
    FastDecoder decoder(**plan);
    const uint64_t first = DecodeAll(decoder, messages.get(), length);
    Demand(first == DecodeAll(decoder, messages.get(), length), "a reset forgets all");
  }
  return 0;
}
