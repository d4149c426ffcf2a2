#include "feedhandler/pipeline/update_replay.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "feedhandler/pipeline/crash_report.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/threads/thread_setup.h"

namespace fh {
namespace {

using codecs::InstrumentStore;
using codecs::NormalizedUpdate;

constexpr size_t kRun = 256;
// A reader that lost updates may have missed some sessions, never so many.
constexpr uint32_t kMostEpochsAtOnce = 1000;

}  // namespace

absl::StatusOr<std::unique_ptr<UpdateReplay>> UpdateReplay::Create(
    const std::string& path, const std::vector<StrategyThreadConfig>& threads,
    const StrategyHost::LogFunction& log, const latency::Clock& clock) {
  absl::StatusOr<FileHold> hold = HoldInput(path, absl::StrCat("the updates ", path));
  if (!hold.ok()) return hold.status();
  std::unique_ptr<UpdateReplay> replay(new UpdateReplay(clock));
  replay->path_ = path;
  replay->hold_ = *std::move(hold);
  absl::Status status = replay->Scan();
  if (status.ok()) replay->MakeStores();
  if (status.ok()) status = replay->MakeThreads(threads, log);
  if (!status.ok()) return status;
  absl::StatusOr<UpdateFileReader> reader = UpdateFileReader::Open(path);
  if (!reader.ok()) return reader.status();
  replay->reader_.emplace(*std::move(reader));
  return replay;
}

UpdateReplay::~UpdateReplay() { Stop().IgnoreError(); }

absl::Status UpdateReplay::Scan() {
  absl::StatusOr<UpdateFileReader> reader = UpdateFileReader::Open(path_);
  if (!reader.ok()) return reader.status();
  std::array<NormalizedUpdate, kRun> updates;
  for (;;) {
    const absl::StatusOr<size_t> count = reader->Read(updates);
    if (!count.ok()) return count.status();
    if (*count == 0) break;
    for (const NormalizedUpdate& update : std::span(updates).first(*count)) {
      stores_.try_emplace(update.channel_id);
    }
  }
  updates_ = reader->updates();
  instruments_ = reader->instruments();
  return absl::OkStatus();
}

void UpdateReplay::MakeStores() {
  std::map<uint16_t, uint32_t> rows;
  for (const UpdateFileInstrument& row : instruments_) ++rows[row.channel_id];
  for (auto& [channel, store] : stores_) {
    store = std::make_unique<InstrumentStore>(std::max(rows[channel], 1u));
  }
}

absl::Status UpdateReplay::MakeThreads(const std::vector<StrategyThreadConfig>& threads,
                                       const StrategyHost::LogFunction& log) {
  std::vector<UpdateRing*> rings;
  for (size_t i = 0; i < threads.size(); ++i) {
    StrategyThreadOptions options{.thread = threads[i].thread,
                                  .ring_updates = threads[i].ring_updates,
                                  .stamps_are_past = true,
                                  .is_live = false,
                                  .feed_of_channel = {}};
    options.thread.name = absl::StrCat("fh-strategy-", i);
    options.thread.idle = ResolveIdle(options.thread.idle, static_cast<int>(threads.size()) + 1);
    threads_.push_back(std::make_unique<StrategyThread>(options, clock_));
    std::unique_ptr<BookStage> books;
    if (threads[i].books.has_value()) {
      std::vector<BookChannel> kept;
      for (const auto& [channel, store] : stores_) {
        // The file does not say whose updates they are; tops of participants name one (detail).
        kept.push_back(
            {.id = channel, .instruments = store.get(), .options = {.tops_by_participant = true}});
      }
      absl::StatusOr<std::unique_ptr<BookStage>> made = BookStage::Create(*threads[i].books, kept);
      if (!made.ok()) return made.status();
      books = *std::move(made);
    }
    for (const StrategyConfig& strategy : threads[i].strategies) {
      hosts_.push_back(std::make_unique<StrategyHost>(strategy.name, log));
      for (const auto& [channel, store] : stores_) hosts_.back()->AddChannel(channel, store.get());
      if (books != nullptr) hosts_.back()->SetBooks(books->AddStrategy());
      absl::StatusOr<LoadedStrategy> loaded =
          LoadStrategy(strategy.name, strategy.parameters, hosts_.back()->table());
      if (!loaded.ok()) return loaded.status();
      threads_.back()->Add(*std::move(loaded), hosts_.back().get());
    }
    threads_.back()->SetBooks(std::move(books));
    rings.push_back(&threads_.back()->ring());
  }
  std::vector<uint16_t> channels;
  for (const auto& [channel, store] : stores_) channels.push_back(channel);
  publisher_ = std::make_unique<UpdatePublisher>(std::move(rings), std::move(channels), kRun,
                                                 WhenFull::kWait);
  return absl::OkStatus();
}

void UpdateReplay::Start() {
  for (const auto& thread : threads_) thread->Start();
  thread_ = std::thread([this] {
    const CrashStack crash_stack;
    SetUpThisThread({.name = "fh-feed"});
    Run();
  });
}

absl::Status UpdateReplay::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
  absl::Status first_error = status_;
  for (const auto& thread : threads_) first_error.Update(thread->Stop());
  return first_error;
}

void UpdateReplay::Run() {
  status_ = ReadAll();
  publisher_->Publish(clock_.NowUnixNs());
  done_.store(true, std::memory_order_release);
}

absl::Status UpdateReplay::ReadAll() {
  std::array<NormalizedUpdate, kRun> updates;
  while (!stop_.load(std::memory_order_relaxed)) {
    const absl::StatusOr<size_t> count = reader_->Read(updates);
    if (!count.ok()) return count.status();
    if (*count == 0) return absl::OkStatus();
    absl::Status status = Deliver(std::span(updates).first(*count));
    publisher_->Publish(clock_.NowUnixNs());
    if (!status.ok()) return status;
  }
  return absl::AbortedError("stopped before the end of the input");
}

// In runs of one channel, cut where names change.
absl::Status UpdateReplay::Deliver(std::span<const NormalizedUpdate> updates) {
  size_t begin = 0;
  for (size_t i = 0; i < updates.size(); ++i) {
    const NormalizedUpdate& update = updates[i];
    const bool renames = named_ < instruments_.size() &&
                         instruments_[named_].first_update <= next_update_ + (i - begin);
    const bool starts = codecs::IsSessionStart(update);
    if (!renames && !starts && update.channel_id == updates[begin].channel_id) continue;
    Put(updates.subspan(begin, i - begin));
    begin = i;
    if (starts) {
      if (absl::Status status = BeginSession(update); !status.ok()) return status;
    }
    if (renames) NameInstruments();
  }
  Put(updates.subspan(begin));
  return absl::OkStatus();
}

void UpdateReplay::Put(std::span<const NormalizedUpdate> run) {
  if (run.empty()) return;
  codecs::UpdateWriter writer = publisher_->Begin(run.size());
  for (const NormalizedUpdate& update : run) writer.Next() = update;
  publisher_->Commit(writer);
  next_update_ += run.size();
  delivered_.store(next_update_, std::memory_order_relaxed);
}

// The rows that are in force from the next update on. A name that is another one than before waits
// until everybody has read what the old one stood for.
void UpdateReplay::NameInstruments() {
  for (; named_ < instruments_.size() && instruments_[named_].first_update <= next_update_;
       ++named_) {
    const UpdateFileInstrument& row = instruments_[named_];
    const codecs::Symbol symbol(row.symbol, ::strnlen(row.symbol, sizeof(row.symbol)));
    const auto store = stores_.find(row.channel_id);
    if (store == stores_.end()) continue;  // Of no update of the file.
    if (store->second->IsDefined(row.instrument_id)) publisher_->WaitForReaders();
    store->second->Define(row.instrument_id, symbol, row.terms);
  }
}

absl::Status UpdateReplay::BeginSession(const NormalizedUpdate& start) {
  const auto found = stores_.find(start.channel_id);
  if (found == stores_.end()) {
    return absl::DataLossError(absl::StrCat("'", path_, "' changed while it was read"));
  }
  InstrumentStore& store = *found->second;
  const uint32_t epoch = start.session.epoch;
  if (epoch < store.epoch() || epoch - store.epoch() > kMostEpochsAtOnce) {
    return absl::DataLossError(absl::StrCat("'", path_, "', update ", next_update_, ": channel ",
                                            start.channel_id, " begins epoch ", epoch, " after ",
                                            store.epoch()));
  }
  if (epoch == store.epoch()) return absl::OkStatus();
  publisher_->WaitForReaders();
  while (store.epoch() < epoch) store.Clear();
  return absl::OkStatus();
}

}  // namespace fh
