// Reads a file of updates (feedhandler/strategy/update_file.h) back, row by row, trusting nothing
// in it.
//
//   absl::StatusOr<UpdateFileReader> reader = UpdateFileReader::Open("day.fhu");
//   std::array<codecs::NormalizedUpdate, 256> updates;
//   absl::StatusOr<size_t> count = reader->Read(updates);   // 0: all was read, and is whole.
//   reader->instruments()                                      // Then.
//
// Plain, .gz and .zst are told apart by content. What is accepted is what a writer may have
// written: the header of this version, updates whose record, action and side are of this version,
// instruments in order, an end that counts right, and nothing behind it. Everything else is
// InvalidArgument or DataLoss, with the row and what to do. published_ns32 is of the run that wrote
// the file: it is read as 0.
//
// One thread; reading may block as files do. Memory: the instruments' rows (192 bytes each, no more
// than the file has), and a buffer of 256 KiB.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_FILE_READER_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_FILE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/update.h"
#include "feedhandler/strategy/update_file.h"
#include "replay/byte_source.h"
#include "replay/read_window.h"

namespace fh {

// Whether the file begins as one of updates; false for standard input and what cannot be read.
bool IsUpdateFile(const std::string& path);

class UpdateFileReader {
 public:
  // Errors: what the system says; InvalidArgument for another file, version, size or byte order.
  static absl::StatusOr<UpdateFileReader> Open(const std::string& path);

  // The same of any source; `name` is for messages.
  static absl::StatusOr<UpdateFileReader> FromSource(std::unique_ptr<replay::ByteSource> source,
                                                     std::string name);

  // The next updates, as many as there are and fit; 0 only when all were read and the rest of the
  // file was found whole. After an error it is of no use any more.
  absl::StatusOr<size_t> Read(std::span<codecs::NormalizedUpdate> updates);

  uint64_t updates() const { return updates_; }  // Read so far.

  // After Read has returned 0.
  const std::vector<UpdateFileInstrument>& instruments() const { return instruments_; }

  // Stored bytes, for progress bars.
  const replay::ByteSource& source() const { return window_.source(); }

 private:
  UpdateFileReader(replay::ReadWindow window, std::string name)
      : window_(std::move(window)), name_(std::move(name)) {}

  absl::Status ReadHeader();
  absl::Status ReadTail();
  absl::Status ReadInstrument();
  absl::Status ReadEnd();
  absl::Status Damaged(const std::string& what) const;
  absl::Status CutShort() const;

  replay::ReadWindow window_;
  std::string name_;
  uint64_t updates_ = 0;
  std::vector<UpdateFileInstrument> instruments_;
  bool ended_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_FILE_READER_H_
