// Every odd, rare and damaged file of the format collection, packet by packet against what
// Wireshark 4.0 made of it; and the real captures, in full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "replay/datagram.h"
#include "tests/captures.h"
#include "tests/replay/capture_bytes.h"
#include "tests/seeds.h"

namespace fh::test {
namespace {

namespace fs = std::filesystem;
using replay::CaptureReader;
using replay::Datagram;
using replay::DatagramOutcome;
using replay::LinkType;
using replay::ReadResult;
using ::testing::HasSubstr;

// The columns of a table.
enum Column {
  kFrame,
  kInterface,
  kStamp,
  kEncapsulation,
  kCaptured,
  kOriginal,
  kVlan,
  kIpSource,
  kIpDestination,
  kIp6Source,
  kIp6Destination,
  kSourcePort,
  kDestinationPort,
  kUdpLength,
  kMoreFragments,
  kFragmentOffset,
  kColumns,
};

using Row = std::vector<std::string>;

// Files that are no captures, and what the refusal must say.
const std::map<std::string, std::string>& RefusedFiles() {
  static const std::map<std::string, std::string> refused = {
      {"pcapplusplus/file_heuristics/bogus-content.txt", "it looks like text"},
      {"pcapplusplus/frag_http_req_partial.txt", "it looks like text"},
      {"pcapplusplus/frag_http_req_reassembled.txt", "it looks like text"},
      {"pcapplusplus/ip4_fragments_packet1.txt", "it looks like text"},
      {"pcapplusplus/ip6_fragments_packet1_partial.txt", "it looks like text"},
      {"pcapplusplus/ip6_fragments_packet2.txt", "it looks like text"},
  };
  return refused;
}

std::vector<Row> ReadTable(const fs::path& path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    Row row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    row.resize(kColumns);
    rows.push_back(std::move(row));
  }
  return rows;
}

// Wireshark lists a field of every layer; ours is the outermost.
std::string First(const std::string& cell) { return cell.substr(0, cell.find(',')); }

LinkType FromWiretap(const std::string& encapsulation) {
  if (encapsulation == "1") return LinkType::kEthernet;
  if (encapsulation == "7") return LinkType::kRaw;
  if (encapsulation == "15") return LinkType::kNull;
  if (encapsulation == "25") return LinkType::kLinuxSll;
  ADD_FAILURE() << "encapsulation " << encapsulation << " is not mapped";
  return static_cast<LinkType>(0xffff);
}

// Nothing for no stamp, and for one that int64 ns cannot hold.
std::optional<int64_t> ParseStamp(const std::string& text) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  if (text.empty()) return std::nullopt;
  // A fraction with its top bit set, which Wireshark 4.0 prints as negative: it is 2^31 ns.
  if (text == "-1418145370.2147483648") return 1'418'145'372'147'483'648;
  const size_t dot = text.find('.');
  const int64_t seconds = std::stoll(text.substr(0, dot));
  if (seconds > std::numeric_limits<int64_t>::max() / kNsPerSecond) return std::nullopt;
  return seconds * kNsPerSecond + std::stoll(text.substr(dot + 1));
}

void CompareRecord(const KeptFrame& kept, const Row& row) {
  const replay::CapturedFrame& frame = kept.frame;
  EXPECT_EQ(std::to_string(frame.number), row[kFrame]);
  if (!row[kInterface].empty()) {
    EXPECT_EQ(std::to_string(frame.interface_index), row[kInterface]);
  }
  const std::optional<int64_t> stamp_ns = ParseStamp(row[kStamp]);
  EXPECT_EQ(frame.has_stamp, stamp_ns.has_value());
  EXPECT_EQ(frame.stamp_ns, stamp_ns.value_or(0));
  EXPECT_EQ(frame.link_type, FromWiretap(row[kEncapsulation]));
  EXPECT_EQ(std::to_string(kept.bytes.size()), row[kCaptured]);
  EXPECT_EQ(std::to_string(frame.original_length), row[kOriginal]);
}

void CompareAddresses(const Datagram& datagram, const Row& row) {
  // Wireshark looks under MPLS labels, ParseDatagram does not.
  constexpr uint16_t kMpls = 0x8847;
  if (datagram.ether_type == kMpls) return;
  const bool is_v6 = !row[kIp6Source].empty() && row[kIpSource].empty();
  const std::string source = First(is_v6 ? row[kIp6Source] : row[kIpSource]);
  const std::string destination = First(is_v6 ? row[kIp6Destination] : row[kIpDestination]);
  if (source.empty()) {
    EXPECT_TRUE(datagram.source.is_none()) << datagram.source.ToString();
    return;
  }
  EXPECT_EQ(datagram.source, *rio::IpAddress::Parse(source)) << datagram.source.ToString();
  EXPECT_EQ(datagram.destination, *rio::IpAddress::Parse(destination));
  if (is_v6) return;
  EXPECT_EQ(std::to_string(datagram.more_fragments), First(row[kMoreFragments]));
  EXPECT_EQ(std::to_string(datagram.fragment_offset), First(row[kFragmentOffset]));
}

void ComparePorts(DatagramOutcome outcome, const Datagram& datagram, const Row& row) {
  // Wireshark puts fragments together and shows ports where the last one stands.
  if (outcome == DatagramOutcome::kFragment) return;
  // An ICMP message quotes the header it complains about; its ports are not this packet's.
  constexpr uint8_t kIcmp = 1;
  if (datagram.ip_protocol == kIcmp) return;
  EXPECT_EQ(datagram.has_ports, !row[kSourcePort].empty());
  if (row[kSourcePort].empty()) return;
  EXPECT_EQ(std::to_string(datagram.source_port), First(row[kSourcePort]));
  EXPECT_EQ(std::to_string(datagram.destination_port), First(row[kDestinationPort]));
  EXPECT_EQ(std::to_string(datagram.payload_length + 8), First(row[kUdpLength]));
}

void ComparePacket(const KeptFrame& kept, const Row& row, replay::DatagramCounters& counters) {
  CompareRecord(kept, row);
  Datagram datagram;
  const DatagramOutcome outcome =
      replay::ParseDatagram(kept.frame.link_type, kept.bytes, kept.frame.original_length, datagram);
  counters.Count(outcome, datagram);
  CompareAddresses(datagram, row);
  ComparePorts(outcome, datagram, row);
  if (!row[kVlan].empty()) {
    // Wireshark's column holds 802.1Q tags only, which stand innermost here.
    ASSERT_GT(datagram.vlan_count, 0);
    EXPECT_EQ(std::to_string(datagram.vlan_ids[datagram.vlan_count - 1u]), row[kVlan]);
  }
}

// Compares one file; its outcomes are added to `counters`.
void CompareFile(const fs::path& path, const fs::path& table, replay::DatagramCounters& counters) {
  std::vector<Row> rows = ReadTable(table);
  // Custom blocks: Wireshark shows them as frames without an encapsulation. They keep their number.
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [](const Row& row) { return row[kEncapsulation].empty(); }),
             rows.end());
  auto reader = CaptureReader::Open(path.string());
  ASSERT_TRUE(reader.ok()) << reader.status();
  const ReadAll all = ReadEverything(**reader);
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  ASSERT_EQ(all.frames.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE("frame " + rows[i][kFrame]);
    ComparePacket(all.frames[i], rows[i], counters);
  }
}

// Path below formats/ to what is known of it.
std::vector<std::string> FormatFiles() {
  std::vector<std::string> names;
  const std::optional<fs::path> folder = CaptureFile("formats");
  if (!folder) return names;
  for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
    if (entry.is_regular_file())
      names.push_back(fs::relative(entry.path(), *folder).generic_string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Formats, EveryFileIsReadLikeWiresharkReadsItOrRefused) {
  const std::vector<std::string> names = FormatFiles();
  if (names.empty()) GTEST_SKIP() << kNoCaptures;
  size_t refused = 0;
  replay::DatagramCounters counters;
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const fs::path path = *CaptureFile("formats/" + name);
    const auto refusal = RefusedFiles().find(name);
    if (refusal != RefusedFiles().end()) {
      ++refused;
      const absl::Status status = CaptureReader::Open(path.string()).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(status.message()), HasSubstr(refusal->second));
      continue;
    }
    const std::optional<fs::path> table = CaptureFile("expected/formats/" + name + ".tsv");
    ASSERT_TRUE(table.has_value());
    CompareFile(path, *table, counters);
  }
  EXPECT_EQ(refused, RefusedFiles().size());
  // So that a parser that recognises nothing cannot pass.
  EXPECT_GT(counters[DatagramOutcome::kDatagram], 1000u);
  EXPECT_GT(counters[DatagramOutcome::kFragment], 30u);
  EXPECT_GT(counters[DatagramOutcome::kTruncated], 10u);
  EXPECT_EQ(counters[DatagramOutcome::kUnknownLinkType], 0u);
}

TEST(Formats, QinqTagsAreBothFound) {
  const auto path = CaptureFile("formats/tcpdump/802.1ad_QinQ.pcap");
  if (!path) GTEST_SKIP() << kNoCaptures;
  auto reader = CaptureReader::Open(path->string());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = ReadEverything(**reader);
  for (const KeptFrame& kept : all.frames) {
    Datagram datagram;
    replay::ParseDatagram(kept.frame.link_type, kept.bytes, kept.frame.original_length, datagram);
    EXPECT_EQ(datagram.vlan_count, 2);
    EXPECT_EQ(datagram.vlan_ids[0], 200);
    EXPECT_EQ(datagram.vlan_ids[1], 2001);
  }
}

TEST(Formats, AnIpLengthBeyondTheFrameIsMalformed) {
  const auto path = CaptureFile("formats/tcpdump/ipv4_invalid_total_length.pcap");
  if (!path) GTEST_SKIP() << kNoCaptures;
  auto reader = CaptureReader::Open(path->string());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = ReadEverything(**reader);
  ASSERT_EQ(all.frames.size(), 1u);
  Datagram datagram;
  EXPECT_EQ(replay::ParseDatagram(LinkType::kEthernet, all.frames[0].bytes,
                                  all.frames[0].frame.original_length, datagram),
            DatagramOutcome::kMalformed);
  EXPECT_EQ(datagram.malformed, replay::FrameHeader::kIpv4);
}

TEST(Formats, CutAtEveryByteNeverCrashesAndKeepsWhatCameBefore) {
  const std::vector<std::string> names = FormatFiles();
  if (names.empty()) GTEST_SKIP() << kNoCaptures;
  constexpr size_t kMostBytes = 3000;
  const EachOf lengths("lengths", 5);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    std::ifstream file(*CaptureFile("formats/" + name), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.size() > kMostBytes) continue;
    size_t frames_before = 0;
    for (size_t size = 0; size <= bytes.size(); ++size) {
      if (!lengths.Has(size)) continue;
      const Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
      const size_t frames = ReadBytes(cut).frames.size();
      EXPECT_GE(frames, frames_before);
      frames_before = frames;
    }
  }
}

// The number behind "packets": in a counts file; nothing when it has none.
std::optional<uint64_t> PacketsIn(const fs::path& counts) {
  std::ifstream file(counts);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t key = text.find("\"packets\":");
  if (key == std::string::npos) return std::nullopt;
  return std::stoull(text.substr(key + std::string("\"packets\":").size()));
}

TEST(RealCaptures, AreReadToTheEndWithTheKnownNumberOfPackets) {
  const std::optional<fs::path> expected = CaptureFile("expected");
  if (!expected) GTEST_SKIP() << kNoCaptures;
  size_t read = 0;
  size_t counted = 0;
  for (const auto& entry : fs::recursive_directory_iterator(CapturesFolder())) {
    const fs::path& path = entry.path();
    const bool is_capture = path.extension() == ".pcap" || path.extension() == ".pcapng";
    if (!is_capture || path.generic_string().find("/formats/") != std::string::npos) continue;
    SCOPED_TRACE(path.string());
    auto reader = CaptureReader::Open(path.string());
    ASSERT_TRUE(reader.ok()) << reader.status();
    replay::CapturedFrame frame;
    ReadResult result;
    while ((result = (*reader)->Next(frame)) == ReadResult::kFrame) {
    }
    EXPECT_EQ(result, ReadResult::kEnd) << (*reader)->status();
    EXPECT_GT((*reader)->stats().frames, 0u);
    ++read;
    const auto packets = PacketsIn(*expected / (path.filename().string() + ".counts.json"));
    if (!packets) continue;
    EXPECT_EQ((*reader)->stats().frames, *packets);
    ++counted;
  }
  EXPECT_GE(read, 100u);
  EXPECT_EQ(counted, 8u);
}

TEST(RealCaptures, FilesThatHoldNoPacketsAreRefusedByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"itch/synthetic_8009.itch", "messages behind 16-bit lengths"},
      {"itch/bbekele_1000.itch", "messages behind 16-bit lengths"},
      {"moex_fast/increment_a.dat", "it begins with c0 f8 e0 ca"},
      {"moex_fast/templates.xml", "it looks like text"},
      {"pitch/pitch_ascii_example.gz", "it looks like text"},
  };
  for (const auto& [name, expected] : cases) {
    const auto path = CaptureFile(name);
    if (!path) GTEST_SKIP() << kNoCaptures;
    EXPECT_THAT(std::string(CaptureReader::Open(path->string()).status().message()),
                HasSubstr(expected));
  }
}

}  // namespace
}  // namespace fh::test
