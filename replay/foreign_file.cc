#include "replay/foreign_file.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "replay/byte_order.h"

namespace fh::replay {
namespace {

struct KnownMagic {
  absl::string_view bytes;
  const char* description;
};

constexpr KnownMagic kMagics[] = {
    {absl::string_view("\xfd"
                       "7zXZ",
                       5),
     "it is compressed with xz: decompress it first"},
    {absl::string_view("BZh", 3), "it is compressed with bzip2: decompress it first"},
    {absl::string_view("\x04\x22\x4d\x18", 4), "it is compressed with lz4: decompress it first"},
    {absl::string_view("PK\x03\x04", 4), "it is a zip archive: unpack it first"},
    {absl::string_view("7z\xbc\xaf", 4), "it is a 7-Zip archive: unpack it first"},
    {absl::string_view("\x1f\x8b", 2), "it is gzip within a compressed file: decompress it once"},
    {absl::string_view("\x28\xb5\x2f\xfd", 4),
     "it is zstd within a compressed file: decompress it once"},
    {absl::string_view("XCP\0", 4), "it is a Microsoft sniffer capture: convert it with `editcap`"},
    {absl::string_view("GMBU", 4), "it is a Network Monitor capture: convert it with `editcap`"},
    {absl::string_view("\x1c\x00\x01\xac", 4), "it is an Ixia capture: convert it with `editcap`"},
    {absl::string_view("\x1c\x00\x01\xab", 4), "it is an Ixia capture: convert it with `editcap`"},
    {absl::string_view("DBN", 3), "it is a DBN record file, which holds no packets"},
    {absl::string_view("FHUPDATE", 8), "it is a file of updates, which `feedhandler replay` reads"},
};

bool LooksLikeText(std::span<const uint8_t> start) {
  return std::all_of(start.begin(), start.end(), [](uint8_t byte) {
    return (byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

// Messages behind 16-bit big-endian lengths, as exchanges publish ITCH days: several in a row that
// begin with a letter and are no longer than any ITCH message.
bool LooksLengthPrefixed(std::span<const uint8_t> start) {
  constexpr size_t kLongestMessage = 128;
  constexpr size_t kEnough = 3;
  size_t position = 0;
  size_t messages = 0;
  while (position + 3 <= start.size() && messages < kEnough) {
    const size_t length = LoadBe16(start.data() + position);
    const uint8_t type = start[position + 2];
    const bool is_letter = (type >= 'A' && type <= 'Z') || (type >= 'a' && type <= 'z');
    if (length == 0 || length > kLongestMessage || !is_letter) return false;
    position += 2 + length;
    ++messages;
  }
  return messages == kEnough || (messages > 0 && position == start.size());
}

// Endace's extensible record format has no file header: a stamp whose upper half is UNIX seconds, a
// type, and a record length that covers the 16-byte header.
bool LooksLikeErf(std::span<const uint8_t> start) {
  constexpr size_t kHeaderBytes = 16;
  constexpr uint32_t kYear2000 = 946'684'800;
  constexpr uint32_t kYear2060 = 2'840'140'800;
  constexpr uint8_t kLastType = 48;
  if (start.size() < kHeaderBytes) return false;
  const uint32_t seconds = LoadLe32(start.data() + 4);
  const uint8_t type = start[8] & 0x7f;
  const size_t record_bytes = LoadBe16(start.data() + 10);
  const size_t wire_bytes = LoadBe16(start.data() + 14);
  return seconds > kYear2000 && seconds < kYear2060 && type >= 1 && type <= kLastType &&
         record_bytes > kHeaderBytes && wire_bytes > 0;
}

}  // namespace

std::string DescribeForeignFile(std::span<const uint8_t> start) {
  if (start.empty()) return "it is empty";
  for (const KnownMagic& magic : kMagics) {
    if (start.size() >= magic.bytes.size() &&
        std::memcmp(start.data(), magic.bytes.data(), magic.bytes.size()) == 0) {
      return magic.description;
    }
  }
  if (LooksLikeText(start)) return "it looks like text";
  if (LooksLengthPrefixed(start)) {
    return "it looks like messages behind 16-bit lengths, as exchanges publish ITCH days: such a "
           "file holds no packets";
  }
  if (LooksLikeErf(start)) return "it looks like an ERF capture: convert it with `editcap`";
  std::string bytes;
  for (const uint8_t byte : start.first(std::min<size_t>(start.size(), 8))) {
    absl::StrAppend(&bytes, bytes.empty() ? "" : " ", absl::Hex(byte, absl::kZeroPad2));
  }
  return absl::StrCat("it begins with ", bytes);
}

}  // namespace fh::replay
