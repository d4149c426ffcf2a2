// What a golden test compared with an independent ground truth: a row of the table that tests/run
// prints behind the tests (protocol, capture, messages, fields compared, differences).
//
//   test::TruthRow row{.protocol = "iex_tops16",
//                      .capture = "iex/tops16_20170710_head6500.pcap",
//                      .against = "a dissector, bytes"};
//   ... for each message: ++row.messages; row.fields += its fields that were compared ...
//   test::NoteTruth(row);          // At the end of the test, once for each row.
//
// Count what was compared, not what the capture holds: a run with sanitizers compares a share, and
// its table says so. A test that fails is in the table as failed, whatever it counted.
#ifndef FEEDHANDLER_TESTS_CODECS_TRUTH_TABLE_H_
#define FEEDHANDLER_TESTS_CODECS_TRUTH_TABLE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace fh::test {

struct TruthRow {
  std::string protocol;  // The codec's name.
  std::string capture;   // As MANIFEST.tsv names it; a folder of several ends in a slash.
  std::string against;   // What made the ground truth, and what of a field was compared: few words.
  uint64_t messages = 0;
  uint64_t fields = 0;
  // Fields in which the ground truth is wrong; the test lists them with the proof from the bytes.
  uint64_t differences = 0;
};

// In the running test; tests/main.cc hands it on. The texts hold no tabs and no line ends.
inline void NoteTruth(const TruthRow& row) {
  // Properties of a test have different names.
  const int number =
      testing::UnitTest::GetInstance()->current_test_info()->result()->test_property_count();
  testing::Test::RecordProperty(
      "truth_" + std::to_string(number),
      row.protocol + '\t' + row.capture + '\t' + std::to_string(row.messages) + '\t' +
          std::to_string(row.fields) + '\t' + std::to_string(row.differences) + '\t' + row.against);
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_TRUTH_TABLE_H_
