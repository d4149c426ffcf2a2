// A configuration, with the parameters of its strategies, is text that anybody may have written:
// parsing and checking it never crashes, hangs or opens a file, and what is accepted keeps the
// promises of config.h.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "feedhandler/config/config.h"
#include "feedhandler/strategy/parameters.h"

namespace {

void Check(bool promise) {
  if (!promise) std::abort();
}

void CheckAccepted(const fh::Config& config) {
  Check(!config.feeds.empty() && !config.strategy_threads.empty());
  size_t lines = 0;
  for (const fh::FeedConfig& feed : config.feeds) {
    Check(!feed.name.empty() && !feed.channels.empty());
    for (const fh::ChannelConfig& channel : feed.channels) {
      Check(!channel.lines.empty() && channel.lines.size() <= fh::kMaxSessionLines);
      Check(channel.feed_thread < config.feed_threads.size());
      lines += channel.lines.size();
      for (const fh::LineConfig& line : channel.lines) {
        Check(line.subscription.group.port != 0);
      }
    }
  }
  for (size_t i = 0; i < config.feed_threads.size(); ++i) {
    const fh::ReceiverConfig& receiver = config.feed_threads[i].receiver;
    Check(!receiver.options.subscriptions.empty());
    Check(receiver.region.slice_count > fh::HeldSlices(config.feeds, i));
    lines -= receiver.options.subscriptions.size();
  }
  Check(lines == 0);
  for (const fh::StrategyThreadConfig& thread : config.strategy_threads) {
    Check((thread.ring_updates & (thread.ring_updates - 1)) == 0);
    Check(!thread.strategies.empty());
  }
}

constexpr char kHead[] = "feed { name: \"a\" codec: \"iex_tops16\" channel { line { group: \"";
constexpr char kTail[] = "\" } } } strategy_thread { strategy { name: \"null\" } ";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const fh::ConfigHost host{.cpus = 4, .backends = {"recvmmsg"}};
  fh::Parameters parameters(text);
  Check(parameters.Number("number", 5, 1, 9) <= 9);
  (void)parameters.Text("text", "");
  (void)parameters.Error();
  // As a file, and at two places of a file that is right otherwise, to get past the parser.
  const std::string texts[] = {text, kHead + text + kTail + "}",
                               std::string(kHead) + "239.1.1.1:1" + kTail + text + "}"};
  for (const std::string& candidate : texts) {
    const auto config = fh::ParseConfig(candidate, "fuzz", host);
    if (config.ok()) CheckAccepted(*config);
  }
  return 0;
}
