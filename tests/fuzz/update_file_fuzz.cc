// Any bytes as a file of updates: no crash, an end, no more updates than there are rows, only
// possible ones, and instruments that name something. The first byte chooses between the bytes as
// they are and a good header before them, which reaches deeper.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "feedhandler/pipeline/update_file_reader.h"

namespace {

using fh::UpdateFileReader;
using fh::codecs::NormalizedUpdate;

std::vector<uint8_t> WithHeader(const uint8_t* data, size_t size) {
  fh::UpdateFileHeader header{};
  std::memcpy(header.magic, fh::kUpdateFileMagic, sizeof(header.magic));
  header.byte_order = fh::kUpdateFileByteOrder;
  header.version = fh::kUpdateFileVersion;
  header.abi_version = FH_PLUGIN_ABI_VERSION;
  header.header_bytes = sizeof(fh::UpdateFileHeader);
  header.update_bytes = sizeof(fh_update);
  header.instrument_bytes = sizeof(fh::UpdateFileInstrument);
  header.end_bytes = sizeof(fh::UpdateFileEnd);
  std::vector<uint8_t> file(sizeof(header) + size);
  std::memcpy(file.data(), &header, sizeof(header));
  std::copy(data, data + size, file.begin() + sizeof(header));
  // First bytes of rows that mean something: updates, then what stands behind them.
  constexpr std::array<uint8_t, 8> kRows{1, 4, 10, 11, 0xF0, 0xF0, 0xF1, 0};
  for (size_t at = sizeof(header); at + 64 <= file.size(); at += 64) {
    file[at] = kRows[file[at] % kRows.size()];
    if (file[at] >= 0xF0) continue;
    file[at + 1] = "AMCRTFN"[file[at + 1] % 7];
    file[at + 2] = "BAN"[file[at + 2] % 3];
  }
  return file;
}

void CheckInstruments(const UpdateFileReader& reader) {
  for (const fh::UpdateFileInstrument& row : reader.instruments()) {
    if (row.instrument_id == FH_ALL_INSTRUMENTS || row.instrument_id == FH_UNKNOWN_INSTRUMENT ||
        row.first_update >= reader.updates() || row.symbol[sizeof(row.symbol) - 1] != '\0') {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::vector<uint8_t> file = data[0] % 4 == 0 ? std::vector<uint8_t>(data + 1, data + size)
                                                     : WithHeader(data + 1, size - 1);
  auto reader = UpdateFileReader::FromSource(fh::replay::MemoryByteSource(file), "fuzz");
  if (!reader.ok()) return 0;
  std::array<NormalizedUpdate, 5> updates;
  for (;;) {
    const absl::StatusOr<size_t> count = reader->Read(updates);
    if (!count.ok() || *count == 0) break;
    for (size_t i = 0; i < *count; ++i) {
      if (updates[i].record == 0 || updates[i].published_ns32 != 0) std::abort();
    }
  }
  const bool plain = fh::replay::CompressionOf(file) == fh::replay::Compression::kNone;
  if (plain && reader->updates() * sizeof(fh_update) > file.size()) std::abort();
  CheckInstruments(*reader);
  return 0;
}
