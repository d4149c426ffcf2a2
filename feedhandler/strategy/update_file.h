// Updates in a file as they lie in memory: what `print` writes with format=binary, and `replay`
// reads back (feedhandler/pipeline/update_replay.h).
//
//   UpdateFileWriter writer(host, &file);      // The header.
//   for (const auto& update : updates) writer.Write(update);
//   writer.Finish();                           // The instruments and the end.
//
// A file is rows of 64 bytes, in the byte order of the machine that wrote it:
//
//   row 0                      UpdateFileHeader
//   rows 1 .. updates          fh_update (codecs/update_abi.h), bit for bit
//   three rows an instrument   UpdateFileInstrument
//   the last row               UpdateFileEnd: how many of each
//
// The counts stand at the end, so that a file can be written to a pipe, and so that one that was
// not written to its end is known by its missing last row. The first byte of a row tells its kind:
// an update has its FH_RECORD_* there. README.md shows how numpy reads it.
//
// An instrument's row names the id of a channel from update `first_update` on, until the next row
// of the same channel and id: ids mean other instruments in another session. Updates whose id has
// no name (all instruments, the unknown one) have no row; an id that nothing ever named has a row
// with an empty symbol. Rows come in the order of first_update.
//
// The strategy's thread. Write looks an id up in a hash table, and allocates for an instrument that
// it has not seen before.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_UPDATE_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_UPDATE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

inline constexpr size_t kUpdateRowBytes = sizeof(fh_update);
inline constexpr char kUpdateFileMagic[8] = {'F', 'H', 'U', 'P', 'D', 'A', 'T', 'E'};
inline constexpr char kUpdateFileEndMagic[7] = {'F', 'H', ' ', 'E', 'N', 'D', '\n'};
inline constexpr uint32_t kUpdateFileByteOrder = 0x01020304;
inline constexpr uint16_t kUpdateFileVersion = 1;  // Of everything but the updates.

// First bytes of rows that are no updates.
inline constexpr uint8_t kUpdateFileInstrumentRow = 0xF0;
inline constexpr uint8_t kUpdateFileEndRow = 0xF1;

struct UpdateFileHeader {
  char magic[8];
  uint32_t byte_order;   // kUpdateFileByteOrder, in the writer's order.
  uint16_t version;      // kUpdateFileVersion
  uint16_t abi_version;  // FH_PLUGIN_ABI_VERSION: which fh_update it is.
  uint32_t header_bytes;
  uint32_t update_bytes;
  uint32_t instrument_bytes;
  uint32_t end_bytes;
  uint8_t reserved[32];
};

struct UpdateFileInstrument {
  uint8_t row;  // kUpdateFileInstrumentRow
  uint8_t reserved;
  uint16_t channel_id;
  uint32_t instrument_id;
  uint64_t first_update;  // Counted from 0.
  char symbol[56];        // NUL padded, at least one NUL.
  fh_terms terms;
};

struct UpdateFileEnd {
  uint8_t row;  // kUpdateFileEndRow
  char magic[7];
  uint64_t updates;
  uint64_t instruments;
  uint8_t reserved[40];
};

static_assert(sizeof(UpdateFileHeader) == kUpdateRowBytes);
static_assert(sizeof(UpdateFileInstrument) == 3 * kUpdateRowBytes);
static_assert(offsetof(UpdateFileInstrument, terms) == 72);
static_assert(sizeof(UpdateFileEnd) == kUpdateRowBytes);
static_assert(std::is_trivially_copyable_v<UpdateFileInstrument>);

class UpdateFileWriter {
 public:
  // `file` outlives the writer, and was opened with kUpdateRowBytes a line.
  UpdateFileWriter(Host host, OutputFile* file);

  void Write(const codecs::NormalizedUpdate& update);

  // After the last update, once. Closing the file is its owner's.
  void Finish();

  uint64_t updates() const { return updates_; }

 private:
  // By channel and instrument id: where in instruments_ the row in force is.
  using Places = std::unordered_map<uint64_t, size_t>;

  void WriteRows(const void* rows, size_t bytes);
  void NoteInstrument(const codecs::NormalizedUpdate& update);
  size_t AddRow(const codecs::NormalizedUpdate& update);
  void NoteDefinition(const codecs::NormalizedUpdate& update, size_t& place);
  void NoteSession(const codecs::NormalizedUpdate& update);

  Host host_;
  OutputFile* file_;
  uint64_t updates_ = 0;
  std::vector<UpdateFileInstrument> instruments_;
  Places places_;
  std::unordered_map<uint16_t, uint32_t> epochs_;  // Of each channel's ids.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_UPDATE_FILE_H_
