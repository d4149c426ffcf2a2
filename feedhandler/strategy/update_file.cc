#include "feedhandler/strategy/update_file.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace fh {
namespace {

using codecs::NormalizedUpdate;

constexpr size_t kInstrumentsAtFirst = 16'384;

uint64_t KeyOf(const NormalizedUpdate& update) {
  return uint64_t{update.channel_id} << 32 | update.instrument_id;
}

}  // namespace

UpdateFileWriter::UpdateFileWriter(Host host, OutputFile* file) : host_(host), file_(file) {
  instruments_.reserve(kInstrumentsAtFirst);
  places_.reserve(kInstrumentsAtFirst);
  UpdateFileHeader header{};
  std::copy(std::begin(kUpdateFileMagic), std::end(kUpdateFileMagic), header.magic);
  header.byte_order = kUpdateFileByteOrder;
  header.version = kUpdateFileVersion;
  header.abi_version = FH_PLUGIN_ABI_VERSION;
  header.header_bytes = sizeof(UpdateFileHeader);
  header.update_bytes = sizeof(fh_update);
  header.instrument_bytes = sizeof(UpdateFileInstrument);
  header.end_bytes = sizeof(UpdateFileEnd);
  WriteRows(&header, sizeof(header));
}

void UpdateFileWriter::WriteRows(const void* rows, size_t bytes) {
  const char* row = static_cast<const char*>(rows);
  for (const char* const end = row + bytes; row < end; row += kUpdateRowBytes) {
    std::memcpy(file_->Reserve(kUpdateRowBytes), row, kUpdateRowBytes);
    file_->Commit(kUpdateRowBytes);
  }
}

void UpdateFileWriter::Write(const NormalizedUpdate& update) {
  if (codecs::IsSessionStart(update)) NoteSession(update);
  if (update.instrument_id != FH_ALL_INSTRUMENTS && update.instrument_id != FH_UNKNOWN_INSTRUMENT) {
    NoteInstrument(update);
  }
  WriteRows(&update, sizeof(update));
  ++updates_;
}

// From here on the channel's ids are of another epoch, or go on.
void UpdateFileWriter::NoteSession(const NormalizedUpdate& update) {
  const auto [entry, is_first] = epochs_.emplace(update.channel_id, update.session.epoch);
  if (is_first || entry->second == update.session.epoch) return;
  entry->second = update.session.epoch;
  std::erase_if(places_,
                [&update](const auto& place) { return place.first >> 32 == update.channel_id; });
}

size_t UpdateFileWriter::AddRow(const NormalizedUpdate& update) {
  UpdateFileInstrument row{};
  row.row = kUpdateFileInstrumentRow;
  row.channel_id = update.channel_id;
  row.instrument_id = update.instrument_id;
  row.first_update = updates_;
  row.terms = UnknownTerms();
  instruments_.push_back(row);
  return instruments_.size() - 1;
}

void UpdateFileWriter::NoteInstrument(const NormalizedUpdate& update) {
  const auto [entry, is_new] = places_.try_emplace(KeyOf(update));
  if (is_new) entry->second = AddRow(update);
  if (update.record == FH_RECORD_DEFINITION) return NoteDefinition(update, entry->second);
  UpdateFileInstrument& row = instruments_[entry->second];
  // Until something has named it, each update may be the one that did.
  if (row.symbol[0] == '\0') host_.Symbol(update.channel_id, update.instrument_id, row.symbol);
}

// The definition says the name as it is here; the host may be ahead, but has long names whole.
void UpdateFileWriter::NoteDefinition(const NormalizedUpdate& update, size_t& place) {
  constexpr size_t kShort = sizeof(update.definition.symbol);
  char name[sizeof(UpdateFileInstrument::symbol)] = {};
  host_.Symbol(update.channel_id, update.instrument_id, name);
  if (std::memcmp(name, update.definition.symbol, kShort) != 0) {
    std::memset(name, 0, sizeof(name));
    std::memcpy(name, update.definition.symbol, kShort);
  }
  const bool is_renamed = instruments_[place].symbol[0] != '\0' &&
                          std::memcmp(instruments_[place].symbol, name, sizeof(name)) != 0;
  if (is_renamed && instruments_[place].first_update != updates_) place = AddRow(update);
  UpdateFileInstrument& row = instruments_[place];
  std::memcpy(row.symbol, name, sizeof(name));
  row.terms = host_.Terms(update.channel_id, update.instrument_id);
  row.terms.kind = update.definition.kind;
  row.terms.size_decimals = update.definition.size_decimals;
  row.terms.book_depth = update.definition.book_depth;
  row.terms.round_lot = update.definition.round_lot;
}

void UpdateFileWriter::Finish() {
  for (const UpdateFileInstrument& row : instruments_) WriteRows(&row, sizeof(row));
  UpdateFileEnd end{};
  end.row = kUpdateFileEndRow;
  std::copy(std::begin(kUpdateFileEndMagic), std::end(kUpdateFileEndMagic), end.magic);
  end.updates = updates_;
  end.instruments = instruments_.size();
  WriteRows(&end, sizeof(end));
}

}  // namespace fh
