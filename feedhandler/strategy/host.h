// The program's side of fh_host, for one strategy: names and terms from the instrument stores,
// log lines with the strategy's name.
//
//   StrategyHost host("count", [](LogSeverity severity, const std::string& line) { ... });
//   host.AddChannel(1, &codec->instruments());
//   host.OnSessionStart(1, update.session.epoch);  // The strategy's thread, before it sees what
//   follows. absl::StatusOr<LoadedStrategy> strategy = LoadStrategy("count", "", host.table());
//
// Set up by the main thread before the strategy is created; afterwards any thread may call through
// the table, and nothing changes but the epochs of the channels' ids: a strategy is behind the feed
// thread, and gets the names that the ids had when the updates that it has at hand were made.
// Must stay where it is, and outlive the strategy. A look-up is wait free and costs an array index
// and a copy of 24 bytes.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_HOST_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_HOST_H_

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codecs/instrument_store.h"
#include "feedhandler/strategy/plugin.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

// Log lines of strategies as the program shows them, when nobody else takes them.
inline void LogToStandardError(LogSeverity severity, const std::string& line) {
  const char* prefix = severity == LogSeverity::kError     ? "error: "
                       : severity == LogSeverity::kWarning ? "warning: "
                                                           : "";
  std::fprintf(stderr, "%s%s\n", prefix, line.c_str());
}

class StrategyHost {
 public:
  using LogFunction = std::function<void(LogSeverity, const std::string& line)>;

  // `log` is called from any thread.
  StrategyHost(std::string name, LogFunction log)
      : name_(std::move(name)), log_(std::move(log)), table_{sizeof(fh_host), 0,   this,
                                                             Symbol,          Log, Terms,
                                                             nullptr} {}
  StrategyHost(const StrategyHost&) = delete;
  StrategyHost& operator=(const StrategyHost&) = delete;

  // `instruments` must outlive this object. A channel that is not added has no symbols.
  void AddChannel(uint16_t channel_id, const codecs::InstrumentStore* instruments) {
    if (channels_.size() <= channel_id) channels_.resize(channel_id + size_t{1});
    channels_[channel_id] = std::make_unique<Channel>(instruments);
  }

  // What the strategy is given from now on has ids of this epoch of the channel's instruments.
  void OnSessionStart(uint16_t channel_id, uint32_t epoch) {
    if (channel_id >= channels_.size() || channels_[channel_id] == nullptr) return;
    channels_[channel_id]->epoch.store(epoch, std::memory_order_relaxed);
  }

  // The books of its thread, for this strategy. Before it is created; outlives it.
  void SetBooks(const fh_books* books) { table_.books = books; }

  const fh_host& table() const { return table_; }

 private:
  struct Channel {
    explicit Channel(const codecs::InstrumentStore* table) : instruments(table) {}
    const codecs::InstrumentStore* instruments;
    std::atomic<uint32_t> epoch{0};
  };

  const Channel* Find(uint16_t channel_id) const {
    return channel_id < channels_.size() ? channels_[channel_id].get() : nullptr;
  }

  // The name in the epoch of what the strategy has at hand.
  codecs::Symbol NameOf(uint16_t channel_id, uint32_t instrument_id) const {
    const Channel* channel = Find(channel_id);
    if (channel == nullptr) return {};
    return channel->instruments->Name(instrument_id,
                                      channel->epoch.load(std::memory_order_relaxed));
  }

  fh_terms TermsOf(uint16_t channel_id, uint32_t instrument_id) const {
    const Channel* channel = Find(channel_id);
    if (channel == nullptr) return UnknownTerms();
    return channel->instruments->Terms(instrument_id,
                                       channel->epoch.load(std::memory_order_relaxed));
  }

  static int Terms(void* context, uint16_t channel_id, uint32_t instrument_id, fh_terms* terms) {
    const auto& host = *static_cast<const StrategyHost*>(context);
    fh_terms known = host.TermsOf(channel_id, instrument_id);
    known.struct_size = terms->struct_size;
    std::memcpy(terms, &known, std::min<size_t>(terms->struct_size, sizeof(known)));
    return host.NameOf(channel_id, instrument_id).view().empty() ? 0 : 1;
  }

  static size_t Symbol(void* context, uint16_t channel_id, uint32_t instrument_id, char* out,
                       size_t bytes) {
    const codecs::Symbol symbol =
        static_cast<const StrategyHost*>(context)->NameOf(channel_id, instrument_id);
    const size_t length = symbol.view().size();
    if (bytes > 0) {
      const size_t copied = std::min(length, bytes - 1);
      std::memcpy(out, symbol.bytes.data(), copied);
      out[copied] = '\0';
    }
    return length;
  }

  static void Log(void* context, int severity, const char* text) {
    const auto& host = *static_cast<const StrategyHost*>(context);
    if (host.log_) host.log_(static_cast<LogSeverity>(severity), host.name_ + ": " + text);
  }

  std::string name_;
  LogFunction log_;
  std::vector<std::unique_ptr<Channel>> channels_;  // Index = channel id.
  fh_host table_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_HOST_H_
