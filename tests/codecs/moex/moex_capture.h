// The captures of MOEX FORTS: files of payloads one behind the other, and where each begins.
//
//   if (!HasMoexCaptures()) GTEST_SKIP() << kNoCaptures;
//   for (const std::string& datagram : MoexDatagrams("increment_a")) ...
#ifndef FEEDHANDLER_TESTS_CODECS_MOEX_MOEX_CAPTURE_H_
#define FEEDHANDLER_TESTS_CODECS_MOEX_MOEX_CAPTURE_H_

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/message.h"
#include "codecs/value.h"
#include "tests/captures.h"

namespace fh::test {

inline bool HasMoexCaptures() { return CaptureFile("moex_fast/increment_a.dat").has_value(); }

inline std::string MoexSchema() { return CaptureFile("moex_fast/templates.xml")->string(); }

inline std::vector<std::string> MoexDatagrams(const std::string& name) {
  std::ifstream file(*CaptureFile(absl::StrCat("moex_fast/", name, ".dat")), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::string offsets =
      CaptureFile(absl::StrCat("expected/moex_", name, ".datagram_offsets.txt.gz"))->string();
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> lines(gzopen(offsets.c_str(), "rb"), gzclose);
  std::vector<size_t> starts;
  for (char line[64]; gzgets(lines.get(), line, sizeof line) != nullptr;) {
    starts.push_back(std::strtoull(line, nullptr, 10));
  }
  starts.push_back(bytes.size());
  std::vector<std::string> datagrams;
  for (size_t i = 0; i + 1 < starts.size(); ++i) {
    if (starts[i + 1] > starts[i]) {
      datagrams.push_back(bytes.substr(starts[i], starts[i + 1] - starts[i]));
    }
  }
  return datagrams;
}

// RptSeq of each security's entries, in the order of the wire (75 has one for the whole message), and up
// to which message a snapshot is.
class RptSeqs final : public codecs::MessageVisitor {
 public:
  void BeginMessage(uint64_t, const codecs::MessageInfo*, std::span<const uint8_t>,
                    const char*) override {}
  void Field(const codecs::FieldInfo& field, const codecs::Value& value) override {
    const std::string_view name = field.name;
    if (name == "rpt_seq") numbers.push_back(value.number);
    if (name == "last_msg_seq_num_processed") last_processed = value.number;
  }
  void EndMessage() override {}
  std::vector<uint64_t> numbers;
  uint64_t last_processed = 0;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_MOEX_MOEX_CAPTURE_H_
