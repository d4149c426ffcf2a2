#include "feedhandler/pipeline/update_file_reader.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/update_names.h"
#include "replay/byte_source.h"
#include "replay/decompressed_window.h"
#include "replay/record_file_backend.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;

constexpr size_t kBufferBytes = 256 * 1024;
constexpr char kWriteAgain[] = "write it again with --updates=FILE --format=binary";

bool IsLetterOf(std::span<const codecs::LetterName> names, char letter) {
  return std::any_of(names.begin(), names.end(),
                     [letter](const codecs::LetterName& name) { return name.letter == letter; });
}

// Whether a decoder or the session layer of this version may have made it.
bool IsPossible(const NormalizedUpdate& update) {
  return !codecs::NameOf(codecs::kRecordNames, update.record).empty() &&
         IsLetterOf(codecs::kActionNames, update.action) &&
         IsLetterOf(codecs::kSideNames, update.side);
}

}  // namespace

bool IsUpdateFile(const std::string& path) {
  if (replay::CanBeReadOnce(path)) return false;
  const absl::StatusOr<std::vector<uint8_t>> first =
      replay::FirstBytes(path, sizeof(kUpdateFileMagic));
  return first.ok() && first->size() == sizeof(kUpdateFileMagic) &&
         std::memcmp(first->data(), kUpdateFileMagic, sizeof(kUpdateFileMagic)) == 0;
}

absl::StatusOr<UpdateFileReader> UpdateFileReader::Open(const std::string& path) {
  absl::StatusOr<std::unique_ptr<replay::ByteSource>> source = replay::OpenByteSource(path);
  if (!source.ok()) return source.status();
  return FromSource(*std::move(source), absl::StrCat("'", path, "'"));
}

absl::StatusOr<UpdateFileReader> UpdateFileReader::FromSource(
    std::unique_ptr<replay::ByteSource> source, std::string name) {
  replay::DecompressedWindow input =
      replay::OpenDecompressedWindow(std::move(source), kBufferBytes);
  UpdateFileReader reader(std::move(input.window), std::move(name));
  if (absl::Status status = reader.ReadHeader(); !status.ok()) return status;
  return reader;
}

absl::Status UpdateFileReader::ReadHeader() {
  const bool is_whole = window_.Ensure(sizeof(UpdateFileHeader));
  const size_t magic = std::min(window_.available(), sizeof(kUpdateFileMagic));
  if (magic < sizeof(kUpdateFileMagic) ||
      std::memcmp(window_.data(), kUpdateFileMagic, magic) != 0) {
    if (!window_.source_status().ok()) return window_.source_status();
    return absl::InvalidArgumentError(absl::StrCat(name_, " is no file of updates"));
  }
  if (!is_whole) return CutShort();
  UpdateFileHeader header;
  std::memcpy(&header, window_.data(), sizeof(header));
  const auto refuse = [this](const std::string& why) {
    return absl::InvalidArgumentError(absl::StrCat(name_, " ", why));
  };
  if (header.byte_order != kUpdateFileByteOrder) {
    return refuse(absl::StrCat("was written in another byte order than this machine's: ",
                               kWriteAgain, " on such a machine"));
  }
  if (header.version != kUpdateFileVersion || header.abi_version != FH_PLUGIN_ABI_VERSION) {
    return refuse(absl::StrCat(
        "has version ", header.version, " with updates of version ", header.abi_version,
        ", this program reads version ", kUpdateFileVersion, " with updates of version ",
        FH_PLUGIN_ABI_VERSION, ": ", kWriteAgain, ", or read it with the version that wrote it"));
  }
  if (header.header_bytes != sizeof(UpdateFileHeader) || header.update_bytes != sizeof(fh_update) ||
      header.instrument_bytes != sizeof(UpdateFileInstrument) ||
      header.end_bytes != sizeof(UpdateFileEnd)) {
    return refuse(absl::StrCat(
        "says that its header, updates, instruments and end have ", header.header_bytes, ", ",
        header.update_bytes, ", ", header.instrument_bytes, " and ", header.end_bytes,
        " bytes; they have ", sizeof(UpdateFileHeader), ", ", sizeof(fh_update), ", ",
        sizeof(UpdateFileInstrument), " and ", sizeof(UpdateFileEnd), ": ", kWriteAgain));
  }
  window_.Consume(sizeof(header));
  return absl::OkStatus();
}

absl::Status UpdateFileReader::Damaged(const std::string& what) const {
  return absl::DataLossError(absl::StrCat(name_, ", byte ", window_.offset(), ": ", what, "; ",
                                          updates_, " updates stand before it"));
}

absl::Status UpdateFileReader::CutShort() const {
  if (!window_.source_status().ok()) return window_.source_status();
  return absl::DataLossError(
      absl::StrCat(name_, " was not written to its end, or is cut off: ", updates_,
                   " updates are whole, and the rows behind them are not there; ", kWriteAgain));
}

absl::StatusOr<size_t> UpdateFileReader::Read(std::span<NormalizedUpdate> updates) {
  size_t count = 0;
  while (count < updates.size() && !ended_) {
    if (!window_.Ensure(kUpdateRowBytes)) return CutShort();
    const uint8_t row = window_.data()[0];
    if (row == kUpdateFileInstrumentRow || row == kUpdateFileEndRow) {
      if (count > 0) break;  // What is whole goes out before an error.
      if (absl::Status status = ReadTail(); !status.ok()) return status;
      break;
    }
    NormalizedUpdate& update = updates[count];
    std::memcpy(&update, window_.data(), sizeof(update));
    if (!IsPossible(update)) return Damaged("no update of this version");
    update.published_ns32 = 0;
    window_.Consume(kUpdateRowBytes);
    ++count;
    ++updates_;
  }
  return count;
}

absl::Status UpdateFileReader::ReadTail() {
  while (!ended_) {
    if (!window_.Ensure(kUpdateRowBytes)) return CutShort();
    const absl::Status status =
        window_.data()[0] == kUpdateFileInstrumentRow ? ReadInstrument() : ReadEnd();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status UpdateFileReader::ReadInstrument() {
  if (!window_.Ensure(sizeof(UpdateFileInstrument))) return CutShort();
  UpdateFileInstrument row;
  std::memcpy(&row, window_.data(), sizeof(row));
  if (row.instrument_id == FH_ALL_INSTRUMENTS || row.instrument_id == FH_UNKNOWN_INSTRUMENT) {
    return Damaged(
        absl::StrCat("an instrument with the id ", row.instrument_id, ", which stands for none"));
  }
  if (row.first_update >= updates_ ||
      (!instruments_.empty() && row.first_update < instruments_.back().first_update)) {
    return Damaged(absl::StrCat("instrument ", row.instrument_id, " is named from update ",
                                row.first_update, " on, which is out of order or not there"));
  }
  constexpr size_t kMostName = sizeof(codecs::Symbol::bytes);
  const char* const name_end =
      row.symbol + std::min(::strnlen(row.symbol, sizeof(row.symbol)), kMostName);
  if (std::any_of(name_end, std::cend(row.symbol), [](char c) { return c != '\0'; })) {
    return Damaged(absl::StrCat("the name of instrument ", row.instrument_id, " is longer than ",
                                kMostName, " bytes, or goes on behind its end"));
  }
  instruments_.push_back(row);
  window_.Consume(sizeof(row));
  return absl::OkStatus();
}

absl::Status UpdateFileReader::ReadEnd() {
  UpdateFileEnd end;
  std::memcpy(&end, window_.data(), sizeof(end));
  if (end.row != kUpdateFileEndRow ||
      std::memcmp(end.magic, kUpdateFileEndMagic, sizeof(end.magic)) != 0) {
    return Damaged("neither an instrument nor the end of the file");
  }
  if (end.updates != updates_ || end.instruments != instruments_.size()) {
    return Damaged(absl::StrCat("the file ends with ", updates_, " updates and ",
                                instruments_.size(), " instruments, and says that there are ",
                                end.updates, " and ", end.instruments));
  }
  window_.Consume(sizeof(end));
  if (window_.Ensure(1)) return Damaged("bytes behind the end");
  if (!window_.source_status().ok()) return window_.source_status();
  ended_ = true;
  return absl::OkStatus();
}

}  // namespace fh
