#include "feedhandler/config/config.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "codecs/shared_library.h"
#include "feedhandler/config/config.pb.h"
#include "feedhandler/config/http_address.h"
#include "feedhandler/config/report.h"
#include "feedhandler/config/text_parser.h"
#include "feedhandler/strategy/loader.h"
#include "rio/af_xdp/xdp_options.h"
#include "rio/socket/line_options.h"

namespace fh {

namespace {

constexpr uint32_t kMostStreams = 256;
constexpr uint32_t kMostInstruments = 1 << 24;
// A channel's session; a venue, whose days go on in one program.
constexpr uint32_t kInstrumentsOfSession = 1 << 16;
constexpr uint32_t kInstrumentsOfVenue = 1 << 20;
// Of a feed whose codec needs them, a channel: 16 MiB.
constexpr uint32_t kOrdersNeeded = 1 << 18;

namespace proto = ::feedhandler::config;
using config_internal::Position;
using config_internal::Report;
using config_internal::SourceText;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

// Of books { }.
constexpr uint32_t kMostBooks = 1 << 20;
constexpr uint32_t kMostBookLevels = 1 << 26;
constexpr uint32_t kLeastHealUpdates = 64;
constexpr uint32_t kMostHealUpdates = 1 << 24;
constexpr uint32_t kMostBookDepth = 254;  // A definition has a byte for it, 255: that many or more.

constexpr uint32_t kMinRingUpdates = 1u << 10;
constexpr uint32_t kMaxRingUpdates = 1u << 26;
constexpr uint32_t kMaxBurst = 1024;
constexpr uint32_t kMinSlices = 4096;
constexpr int kMostFeedThreads = 64;
constexpr size_t kMostThreadName = 32;
constexpr uint32_t kEveryQueue = UINT32_MAX;
constexpr char kAfXdp[] = "af_xdp";       // Its packet buffers are its rings too.
constexpr size_t kMaxInterfaceName = 15;  // IFNAMSIZ - 1, netdevice(7).

// A message of the file: what it is called and where it stands, for errors about its keys.
class Place {
 public:
  Place(const google::protobuf::Message& message, const TextFormat::ParseInfoTree* tree,
        const SourceText& source, Report& report)
      : type_(message.GetDescriptor()), tree_(tree), source_(&source), report_(&report) {}

  // The message in `key`; `index` for repeated keys.
  Place In(const char* key, int index = -1) const {
    const FieldDescriptor* field = type_->FindFieldByName(key);
    Place place = *this;
    place.type_ = field->message_type();
    place.tree_ = tree_ != nullptr ? tree_->GetTreeForNested(field, index) : nullptr;
    place.own_ = Find(key, index);
    place.path_ = absl::StrCat(Path(key, index), ".");
    return place;
  }

  // Where the key stands; where this message begins when it is not there.
  Position Find(const char* key, int index = -1) const {
    const FieldDescriptor* field = type_->FindFieldByName(key);
    // A repeated key without an index means that there is none.
    if (tree_ == nullptr || (field->is_repeated() && index < 0)) return own_;
    const TextFormat::ParseLocation location = tree_->GetLocation(field, index);
    return location.line < 0 ? own_ : source_->FromProtobuf(location.line, location.column);
  }

  void Error(const char* key, absl::string_view message) const { Error(key, -1, message); }
  // `index`: of a repeated key.
  void Error(const char* key, int index, absl::string_view message) const {
    report_->Error(Find(key, index), absl::StrCat(Path(key, index), ": ", message));
  }
  void Warning(const char* key, absl::string_view message) const {
    report_->Warning(Find(key), absl::StrCat(Path(key, -1), ": ", message));
  }

  // Where the key stands, for what is found out later.
  std::string At(const char* key) const { return report_->At(Find(key)); }

 private:
  std::string Path(const char* key, int index) const {
    return index < 0 ? absl::StrCat(path_, key) : absl::StrCat(path_, key, "[", index, "]");
  }

  const google::protobuf::Descriptor* type_;
  const TextFormat::ParseInfoTree* tree_;
  const SourceText* source_;
  Report* report_;
  Position own_;
  std::string path_;
};

// Turns the message into the structures, and reports everything that is wrong on the way.
class Builder {
 public:
  explicit Builder(const ConfigHost& host) : host_(host) {}

  Config Build(const proto::Config& file, const Place& place);

 private:
  void NameFeedThreads(const proto::Config& file, const Place& place);
  void BuildFeedThreads(const proto::Config& file, const Place& place, Config& config);
  FeedThreadConfig BuildFeedThread(const proto::Config& file, int index, const Place& file_place,
                                   const std::vector<FeedConfig>& feeds);
  void CheckQueues(const FeedThreadConfig& thread, const Place& place);
  std::optional<size_t> KnownFeedThread(const std::string& name) const;
  std::optional<size_t> FindFeedThread(const std::string& name, const Place& place);
  static std::optional<rio::Endpoint> BuildHttp(const proto::Http& http, const Place& place);
  FeedConfig BuildFeed(const proto::Feed& feed, const Place& place);
  ChannelConfig BuildChannel(const proto::Channel& channel, const std::string& feeds_thread,
                             const Place& place);
  void CheckNumbering(const FeedConfig& feed, const ChannelConfig& channel, const Place& place);
  LineConfig BuildLine(const proto::Line& line, size_t index, const Place& place);
  rio::Vlan BuildVlan(const proto::Line& line, const Place& place);
  void CheckGroup(const LineConfig& line, const Place& place);
  void CheckTaggedLines(const std::string& backend, size_t feed_thread);
  SessionOptions BuildSession(const proto::Session& session, const Place& place);
  ReceiverConfig BuildReceiver(const proto::Receiver& receiver, size_t feed_thread,
                               const std::vector<FeedConfig>& feeds, const Place& place);
  void ChooseSlices(const proto::Receiver& receiver, uint64_t most_held, const Place& place,
                    ReceiverConfig& out);
  rio::XdpOptions BuildXdp(const proto::Xdp& xdp, const Place& place);
  template <class Thread>  // proto::Thread or proto::FeedThread.
  ThreadOptions BuildThread(const Thread& thread, const Place& place, std::string name);
  StrategyThreadConfig BuildStrategyThread(const proto::StrategyThread& thread, size_t index,
                                           const std::vector<FeedConfig>& feeds,
                                           const Place& place);
  void WarnOfUnheardChannels(const Config& config, const Place& place);
  UpdateWish BuildWish(const proto::StrategyThread& thread, const std::vector<FeedConfig>& feeds,
                       const Place& place);
  BooksConfig BuildBooks(const proto::Books& books, const UpdateWish& wish, const Place& place);
  StrategyConfig BuildStrategy(const proto::Strategy& strategy, const Place& place);

  const ConfigHost& host_;
  std::map<std::string, Position> feed_names_;
  std::map<uint32_t, Position> channel_ids_;
  // Group, source, interface and VLAN: what the receive path can tell apart.
  std::map<std::tuple<rio::Endpoint, rio::IpAddress, std::string, rio::Vlan>, Position> groups_;
  // Lines that name a VLAN, where, and whose they are.
  struct TaggedLine {
    Place place;
    rio::Subscription subscription;
    size_t feed_thread;
  };
  std::vector<TaggedLine> tagged_;
  std::map<int, std::string> pinned_;  // CPU -> thread.
  // Feed threads as far as they are known while feeds are read.
  struct KnownThread {
    std::string name;
    Position position;
    bool is_used = false;
  };
  std::vector<KnownThread> feed_threads_;
  size_t feed_thread_ = 0;  // Of the channel at hand.
  // Receive queues that a feed thread takes frames from, by interface.
  struct TakenQueue {
    uint32_t queue;  // Or kEveryQueue.
    std::string thread;
    rio::ReceiveStamps stamps;
  };
  std::multimap<std::string, TakenQueue> queues_;
};

std::string AtLine(Position position) { return absl::StrCat("line ", position.line); }

Config Builder::Build(const proto::Config& file, const Place& place) {
  Config config;
  if (file.feed_size() == 0) {
    place.Error("feed", "nothing to receive; add feed { name: ... codec: ... channel { ... } }");
  }
  NameFeedThreads(file, place);
  for (int i = 0; i < file.feed_size(); ++i) {
    config.feeds.push_back(BuildFeed(file.feed(i), place.In("feed", i)));
  }
  BuildFeedThreads(file, place, config);
  if (file.strategy_thread_size() == 0 && host_.needs_strategies) {
    place.Error("strategy_thread",
                "nobody gets the updates; add strategy_thread { strategy { name: \"count\" } }");
  }
  for (int i = 0; i < file.strategy_thread_size(); ++i) {
    config.strategy_threads.push_back(BuildStrategyThread(file.strategy_thread(i),
                                                          static_cast<size_t>(i), config.feeds,
                                                          place.In("strategy_thread", i)));
  }
  if (file.has_http()) config.http = BuildHttp(file.http(), place.In("http"));
  WarnOfUnheardChannels(config, place);
  return config;
}

std::optional<rio::Endpoint> Builder::BuildHttp(const proto::Http& http, const Place& place) {
  if (http.listen().empty()) {
    place.Error("listen", "is missing: the address and port to serve pages on, \"127.0.0.1:9464\"");
    return std::nullopt;
  }
  const absl::StatusOr<rio::Endpoint> listen = ParseHttpAddress(http.listen(), http.remote());
  if (!listen.ok()) {
    place.Error("listen", listen.status().message());
    return std::nullopt;
  }
  return *listen;
}

void Builder::WarnOfUnheardChannels(const Config& config, const Place& place) {
  for (size_t i = 0; i < config.feeds.size(); ++i) {
    const Place feed = place.In("feed", static_cast<int>(i));
    for (size_t j = 0; j < config.feeds[i].channels.size(); ++j) {
      const uint16_t id = config.feeds[i].channels[j].id;
      const auto& threads = config.strategy_threads;
      if (std::any_of(threads.begin(), threads.end(), [id](const StrategyThreadConfig& thread) {
            return thread.wish.WantsChannel(id);
          })) {
        continue;
      }
      feed.In("channel", static_cast<int>(j))
          .Warning("id", absl::StrCat("no strategy thread listens to channel ", id,
                                      ": it is received and decoded for nobody"));
    }
  }
}

// Their names, which feeds refer to. Without any there is one of no name.
void Builder::NameFeedThreads(const proto::Config& file, const Place& place) {
  for (int i = 0; i < file.feed_thread_size(); ++i) {
    const std::string& name = file.feed_thread(i).name();
    const Place thread = place.In("feed_thread", i);
    const bool is_word = std::all_of(name.begin(), name.end(), [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    });
    if (name.empty() && file.feed_thread_size() > 1) {
      thread.Error("name",
                   "is missing; with several feed threads each has a name, which feeds say");
    } else if (!is_word || name.size() > kMostThreadName) {
      thread.Error("name", absl::StrCat("\"", name, "\" is not made of up to ", kMostThreadName,
                                        " letters, digits, '-' and '_'"));
    }
    const auto other = std::find_if(feed_threads_.begin(), feed_threads_.end(),
                                    [&](const KnownThread& known) { return known.name == name; });
    if (other != feed_threads_.end() && !name.empty()) {
      thread.Error("name", absl::StrCat("\"", name, "\" is also the feed thread of ",
                                        AtLine(other->position), "; names are unique"));
    }
    feed_threads_.push_back({.name = name, .position = thread.Find("name")});
  }
  if (file.feed_thread_size() > kMostFeedThreads) {
    place.In("feed_thread", kMostFeedThreads)
        .Error("name", absl::StrCat("there are ", file.feed_thread_size(),
                                    " feed threads; at most ", kMostFeedThreads, " are possible"));
  }
  if (feed_threads_.empty()) feed_threads_.emplace_back();
}

// `name`: as a feed or channel gives it; empty: of the one that there is.
std::optional<size_t> Builder::KnownFeedThread(const std::string& name) const {
  if (name.empty()) return feed_threads_.size() == 1 ? std::optional<size_t>(0) : std::nullopt;
  for (size_t i = 0; i < feed_threads_.size(); ++i) {
    if (feed_threads_[i].name == name) return i;
  }
  return std::nullopt;
}

// The same, and an error when there is none.
std::optional<size_t> Builder::FindFeedThread(const std::string& name, const Place& place) {
  if (const std::optional<size_t> known = KnownFeedThread(name); known.has_value()) return known;
  std::vector<std::string> names;
  for (const KnownThread& thread : feed_threads_) {
    if (!thread.name.empty()) names.push_back(thread.name);
  }
  const std::string there_are =
      names.empty() ? "the one that there is has no name: give it one, or leave thread out"
                    : absl::StrCat("feed threads are: ", absl::StrJoin(names, ", "));
  if (name.empty()) {
    place.Error("thread", absl::StrCat("is missing: which feed thread receives it? ", there_are));
  } else {
    place.Error("thread", absl::StrCat("no feed thread is called \"", name, "\"",
                                       config_internal::Suggestion(name, names), there_are));
  }
  return std::nullopt;
}

void Builder::BuildFeedThreads(const proto::Config& file, const Place& place, Config& config) {
  config.feed_threads.clear();
  bool is_common_used = false;
  const int count = std::max(1, file.feed_thread_size());
  for (int i = 0; i < count; ++i) {
    is_common_used |= i >= file.feed_thread_size() || !file.feed_thread(i).has_receiver();
    config.feed_threads.push_back(BuildFeedThread(file, i, place, config.feeds));
  }
  if (!is_common_used && file.has_receiver()) {
    place.Error("receiver",
                "nobody uses it: every feed thread has a receiver of its own; take it out");
  }
}

FeedThreadConfig Builder::BuildFeedThread(const proto::Config& file, int index,
                                          const Place& file_place,
                                          const std::vector<FeedConfig>& feeds) {
  const auto of = static_cast<size_t>(index);
  if (index >= file.feed_thread_size()) {
    return {.thread = {.name = "fh-feed"},
            .receiver = BuildReceiver(file.receiver(), of, feeds, file_place.In("receiver"))};
  }
  const proto::FeedThread& thread = file.feed_thread(index);
  const Place place = file_place.In("feed_thread", index);
  FeedThreadConfig out;
  out.name = thread.name();
  out.thread =
      BuildThread(thread, place, out.name.empty() ? "fh-feed" : absl::StrCat("fh-feed-", out.name));
  const Place receiver = thread.has_receiver() ? place.In("receiver") : file_place.In("receiver");
  out.receiver = BuildReceiver(thread.has_receiver() ? thread.receiver() : file.receiver(), of,
                               feeds, receiver);
  if (!feed_threads_[of].is_used && file.feed_thread_size() > 1) {
    place.Error("name", absl::StrCat("no feed and no channel says thread: \"", out.name,
                                     "\"; give it one, or take it out"));
  }
  if (file.feed_thread_size() > 1) CheckQueues(out, receiver);
  return out;
}

// A queue has one socket, so it is one feed thread's.
void Builder::CheckQueues(const FeedThreadConfig& thread, const Place& place) {
  if (thread.receiver.backend != kAfXdp) return;
  std::vector<uint32_t> queues = rio::XdpOptionsOf(thread.receiver.options).queues;
  if (queues.empty()) queues.push_back(kEveryQueue);
  std::set<std::string> interfaces;
  for (const rio::Subscription& line : thread.receiver.options.subscriptions) {
    interfaces.insert(line.interface);
  }
  for (const std::string& interface : interfaces) {
    const auto [begin, end] = queues_.equal_range(interface);
    for (size_t i = 0; i < queues.size(); ++i) {
      const uint32_t queue = queues[i];
      const auto other = std::find_if(begin, end, [&](const auto& entry) {
        const uint32_t theirs = entry.second.queue;
        return theirs == queue || theirs == kEveryQueue || queue == kEveryQueue;
      });
      if (other == end) continue;
      const std::string which = queue == kEveryQueue ? "all queues" : absl::StrCat("queue ", queue);
      place.In("xdp").Error(
          "queue", queue == kEveryQueue ? -1 : static_cast<int>(i),
          absl::StrCat(which, " of ", interface, " for feed thread \"", thread.name, "\", and \"",
                       other->second.thread,
                       "\" takes frames from there too; name queues of its own for each "
                       "thread (ethtool -l ",
                       interface, " shows how many there are)"));
      break;
    }
  }
  const rio::ReceiveStamps stamps = thread.receiver.options.stamps;
  for (const std::string& interface : interfaces) {
    const auto shared = queues_.find(interface);
    if (shared != queues_.end() && shared->second.stamps != stamps) {
      place.Error("stamps",
                  absl::StrCat("feed thread \"", shared->second.thread, "\" has others on ",
                               interface, ", where one program stamps for both; use the same"));
    }
    for (const uint32_t queue : queues) {
      queues_.insert({interface, {queue, thread.name, stamps}});
    }
  }
}

FeedConfig Builder::BuildFeed(const proto::Feed& feed, const Place& place) {
  FeedConfig out;
  out.name = feed.name();
  if (feed.name().empty()) {
    place.Error("name", "is missing; it stands in logs and metrics");
  } else if (const auto [other, added] = feed_names_.emplace(feed.name(), place.Find("name"));
             !added) {
    place.Error("name", absl::StrCat("\"", feed.name(), "\" is also the feed of ",
                                     AtLine(other->second), "; names are unique"));
  }
  out.codec = feed.codec();
  if (feed.codec().empty()) {
    place.Error("codec", absl::StrCat("is missing; codecs are: ", codecs::CodecNames()));
  } else if (const auto codec = codecs::FindCodec(feed.codec()); !codec.ok()) {
    place.Error("codec", codec.status().message());
  } else if (!feed.schema().empty() && !(*codec)->has_schema) {
    place.Error("schema", absl::StrCat(feed.codec(), " reads no schema; leave schema out"));
  }
  out.schema = feed.schema();
  if (feed.has_instruments() &&
      (feed.instruments() == 0 || feed.instruments() > kMostInstruments)) {
    place.Error("instruments",
                absl::StrCat("is ", feed.instruments(), "; use 1 to ", kMostInstruments));
  }
  out.instruments = feed.instruments();
  if (feed.orders() > kMostOrders) {
    place.Error("orders", absl::StrCat("is ", feed.orders(), "; use 0 to ", kMostOrders));
  }
  if (feed.has_orders()) out.orders = feed.orders();
  if (feed.channel_size() == 0) {
    place.Error("channel", "no channel; add channel { id: 1 line { group: \"ADDRESS:PORT\" } }");
  }
  for (int i = 0; i < feed.channel_size(); ++i) {
    const Place channel_place = place.In("channel", i);
    out.channels.push_back(BuildChannel(feed.channel(i), feed.thread(), channel_place));
    CheckNumbering(out, out.channels.back(), channel_place);
  }
  for (int i = 0; i < feed.channel_size(); ++i) {
    if (!feed.channel(i).has_live_channel()) continue;
    const bool is_there =
        std::any_of(out.channels.begin(), out.channels.end(), [&](const ChannelConfig& channel) {
          return channel.id == feed.channel(i).live_channel() &&
                 channel.role == codecs::ChannelRole::kIncremental;
        });
    if (is_there) continue;
    place.In("channel", i)
        .Error("live_channel", absl::StrCat(feed.channel(i).live_channel(),
                                            " is no channel of this feed with role: INCREMENTAL"));
  }
  out.session = BuildSession(feed.session(), place.In("session"));
  if (!feed.thread().empty()) FindFeedThread(feed.thread(), place);
  return out;
}

// What only some venues have.
void Builder::CheckNumbering(const FeedConfig& feed, const ChannelConfig& channel,
                             const Place& place) {
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  if (!codec.ok()) return;
  const codecs::Numbering& numbering = (*codec)->numbering;
  if (channel.streams > 1 && !numbering.has_streams) {
    place.Error("streams",
                absl::StrCat(feed.codec, " has one stream a channel; leave streams out"));
  }
  if (numbering.marks_retransmissions && channel.lines.size() == kMaxSessionLines) {
    place.Error("id",
                absl::StrCat("with ", feed.codec, " a channel has at most ", kMaxSessionLines - 1,
                             " lines, since what is marked as sent again counts as one"));
  }
}

ChannelConfig Builder::BuildChannel(const proto::Channel& channel, const std::string& feeds_thread,
                                    const Place& place) {
  ChannelConfig out;
  // A feed's name that is none is an error of the feed, said there once.
  const bool is_own = !channel.thread().empty() || feeds_thread.empty();
  const std::optional<size_t> feed_thread =
      is_own ? FindFeedThread(channel.thread(), place) : KnownFeedThread(feeds_thread);
  if (feed_thread.has_value()) {
    out.feed_thread = feed_thread_ = *feed_thread;
    feed_threads_[feed_thread_].is_used = true;
  }
  out.id = static_cast<uint16_t>(channel.id());
  if (channel.id() > std::numeric_limits<uint16_t>::max()) {
    place.Error("id", absl::StrCat(channel.id(), " is too large; use 0 to 65535"));
  } else if (const auto [other, added] = channel_ids_.emplace(channel.id(), place.Find("id"));
             !added) {
    place.Error("id", absl::StrCat(channel.id(), " is also the channel of ", AtLine(other->second),
                                   "; ids are unique over all feeds"));
  }
  if (channel.line_size() == 0) {
    place.Error("line", "no line; add line { group: \"ADDRESS:PORT\" }");
  }
  if (static_cast<uint32_t>(channel.line_size()) > kMaxSessionLines) {
    place.Error("id", absl::StrCat("the channel has ", channel.line_size(), " lines, at most ",
                                   kMaxSessionLines, " are possible"));
  }
  out.role = static_cast<codecs::ChannelRole>(channel.role());
  if (channel.has_streams() && (channel.streams() == 0 || channel.streams() > kMostStreams)) {
    place.Error("streams", absl::StrCat("is ", channel.streams(), "; use 1 to ", kMostStreams));
  }
  out.streams = static_cast<uint16_t>(channel.streams());
  if (channel.has_live_channel()) {
    if (out.role != codecs::ChannelRole::kSnapshot) {
      place.Error("live_channel", "is of channels with role: SNAPSHOT alone; leave it out");
    }
    out.live_channel = static_cast<uint16_t>(channel.live_channel());
  }
  std::set<std::string> names;
  for (int i = 0; i < channel.line_size(); ++i) {
    const Place line_place = place.In("line", i);
    out.lines.push_back(BuildLine(channel.line(i), static_cast<size_t>(i), line_place));
    if (!names.insert(out.lines.back().name).second) {
      line_place.Error("name", absl::StrCat("\"", out.lines.back().name,
                                            "\" is the name of another line of this channel"));
    }
  }
  if (!out.lines.empty() &&
      std::all_of(out.lines.begin(), out.lines.end(),
                  [](const LineConfig& line) { return line.retransmission; })) {
    place.Error("line", "all lines are for retransmissions; one must carry the stream itself");
  }
  return out;
}

LineConfig Builder::BuildLine(const proto::Line& line, size_t index, const Place& place) {
  LineConfig out;
  out.name = line.name();
  if (out.name.empty()) {
    out.name = index < 26 ? std::string(1, static_cast<char>('A' + index))
                          : absl::StrCat("line", index + 1);
  }
  out.place = place.At("group");
  out.retransmission = line.retransmission();
  out.subscription.interface = line.interface();
  if (line.interface().size() > kMaxInterfaceName) {
    place.Error("interface", absl::StrCat("\"", line.interface(), "\" is longer than the ",
                                          kMaxInterfaceName, " characters of an interface's name"));
  }
  if (!line.source().empty()) {
    const absl::StatusOr<rio::IpAddress> source = rio::IpAddress::Parse(line.source());
    if (source.ok()) {
      out.subscription.source = *source;
    } else {
      place.Error("source", source.status().message());
    }
  }
  if (!line.trailer().empty()) {
    const std::optional<rio::TrailerFormat> trailer = rio::ParseTrailerFormat(line.trailer());
    if (!trailer.has_value()) {
      place.Error("trailer",
                  absl::StrCat("\"", line.trailer(), "\" is not a format; they are: none, ",
                               rio::kTrailerFormatNames));
    }
    out.subscription.trailer = trailer.value_or(rio::TrailerFormat::kNone);
  }
  out.subscription.vlan = BuildVlan(line, place);
  if (line.group().empty()) {
    place.Error("group", "is missing; write group: \"239.1.2.3:26400\" or \"[ff15::1]:26400\"");
    return out;
  }
  const absl::StatusOr<rio::Endpoint> group = rio::ParseEndpoint(line.group());
  if (!group.ok()) {
    place.Error("group", group.status().message());
    return out;
  }
  out.subscription.group = *group;
  if (!out.subscription.vlan.is_untagged()) {
    tagged_.push_back({place, out.subscription, feed_thread_});
  }
  CheckGroup(out, place);
  return out;
}

rio::Vlan Builder::BuildVlan(const proto::Line& line, const Place& place) {
  const auto number = [&place](const char* key, uint32_t value) -> uint16_t {
    if (value <= rio::kMostVlan) return static_cast<uint16_t>(value);
    place.Error(key, absl::StrCat(value, " is no VLAN; they count from 1 to ", rio::kMostVlan));
    return 0;
  };
  return {.id = number("vlan", line.vlan()), .outer = number("outer_vlan", line.outer_vlan())};
}

void Builder::CheckGroup(const LineConfig& line, const Place& place) {
  const rio::Subscription& subscription = line.subscription;
  const rio::IpAddress& address = subscription.group.address;
  const rio::IpAddress& source = subscription.source;
  if (!source.is_none()) {
    if (!address.IsMulticast()) {
      place.Error("source", absl::StrCat("only multicast groups are joined for a source, and ",
                                         address.ToString(), " is not one; leave it out"));
    } else if (source.family() != address.family()) {
      place.Error("source", absl::StrCat(source.ToString(), " and the group ", address.ToString(),
                                         " are of different IP versions"));
    } else if (source.IsMulticast()) {
      place.Error("source", absl::StrCat(source.ToString(),
                                         " is a multicast group; name the sender's own address"));
    }
  }
  const auto [other, added] = groups_.emplace(
      std::make_tuple(subscription.group, source, subscription.interface, subscription.vlan),
      place.Find("group"));
  if (!added) {
    place.Error("group", absl::StrCat(subscription.group.ToString(), " is also the line of ",
                                      AtLine(other->second), "; each line has its own group"));
  }
}

// A key of Session: each is checked on its own, in otherwise default options, so that all errors
// are found and each is reported at its key.
struct SessionKey {
  const char* name;
  bool (*has)(const proto::Session&);
  void (*set)(const proto::Session&, SessionOptions&);
};

constexpr SessionKey kSessionKeys[] = {
    {"window_packets", [](const proto::Session& s) { return s.has_window_packets(); },
     [](const proto::Session& s, SessionOptions& o) { o.window_packets = s.window_packets(); }},
    {"window_messages", [](const proto::Session& s) { return s.has_window_messages(); },
     [](const proto::Session& s, SessionOptions& o) { o.window_messages = s.window_messages(); }},
    {"gap_timeout_us", [](const proto::Session& s) { return s.has_gap_timeout_us(); },
     [](const proto::Session& s, SessionOptions& o) {
       o.gap_timeout_ns = int64_t{s.gap_timeout_us()} * 1000;
     }},
    {"early_gap_packets", [](const proto::Session& s) { return s.has_early_gap_packets(); },
     [](const proto::Session& s, SessionOptions& o) {
       o.early_gap_packets = s.early_gap_packets();
     }},
    {"line_silent_us", [](const proto::Session& s) { return s.has_line_silent_us(); },
     [](const proto::Session& s, SessionOptions& o) {
       o.line_silent_ns = int64_t{s.line_silent_us()} * 1000;
     }},
    {"max_jump", [](const proto::Session& s) { return s.has_max_jump(); },
     [](const proto::Session& s, SessionOptions& o) { o.max_jump = s.max_jump(); }},
    {"jump_confirmations", [](const proto::Session& s) { return s.has_jump_confirmations(); },
     [](const proto::Session& s, SessionOptions& o) {
       o.jump_confirmations = s.jump_confirmations();
     }},
};

SessionOptions Builder::BuildSession(const proto::Session& session, const Place& place) {
  SessionOptions options;
  for (const SessionKey& key : kSessionKeys) {
    if (!key.has(session)) continue;
    SessionOptions alone;
    key.set(session, alone);
    if (const absl::Status status = ValidateSessionOptions(alone); !status.ok()) {
      place.Error(key.name, status.message());
    } else {
      key.set(session, options);
    }
  }
  // Text format accepts numbers for names of a choice, and proto3 any number.
  if (!proto::Session::LateJoin_IsValid(session.late_join())) {
    place.Error("late_join", "is not a choice; it can be LIVE_ONLY or FROM_FIRST");
  }
  options.late_join = session.late_join() == proto::Session::FROM_FIRST ? LateJoin::kFromFirst
                                                                        : LateJoin::kLiveOnly;
  return options;
}

ReceiverConfig Builder::BuildReceiver(const proto::Receiver& receiver, size_t feed_thread,
                                      const std::vector<FeedConfig>& feeds, const Place& place) {
  ReceiverConfig out;
  out.options.subscriptions = SubscriptionsOf(feeds, feed_thread);
  out.backend = receiver.backend().empty() ? "auto" : receiver.backend();
  const bool known =
      out.backend == "auto" || host_.backends.empty() ||
      std::find(host_.backends.begin(), host_.backends.end(), out.backend) != host_.backends.end();
  if (!known) {
    place.Error("backend",
                absl::StrCat("no backend is called \"", out.backend, "\"",
                             config_internal::Suggestion(out.backend, host_.backends),
                             "backends are: auto, ", absl::StrJoin(host_.backends, ", ")));
  }
  if (!host_.backend.empty()) out.backend = host_.backend;
  CheckTaggedLines(out.backend, feed_thread);
  out.options.own = BuildXdp(receiver.xdp(), place.In("xdp"));
  ChooseSlices(receiver, HeldSlices(feeds, feed_thread), place, out);
  if (receiver.has_slice_bytes()) out.region.slice_bytes = receiver.slice_bytes();
  if (out.region.slice_bytes == 0 || out.region.slice_bytes % 64 != 0 ||
      out.region.slice_bytes > rio::kMaxSliceBytes) {
    place.Error("slice_bytes",
                absl::StrCat(out.region.slice_bytes, " is not a multiple of 64 up to ",
                             rio::kMaxSliceBytes, "; 2048 suits Ethernet"));
  }
  if (receiver.has_socket_buffer_bytes()) {
    out.options.socket_buffer_bytes = receiver.socket_buffer_bytes();
  }
  if (out.options.socket_buffer_bytes > static_cast<uint32_t>(std::numeric_limits<int>::max())) {
    place.Error("socket_buffer_bytes", "is more than the 2 GB that a socket may have");
  }
  if (receiver.has_burst()) out.options.burst = receiver.burst();
  if (out.options.burst == 0 || out.options.burst > kMaxBurst) {
    place.Error("burst", absl::StrCat(out.options.burst, " is not from 1 to ", kMaxBurst));
  }
  out.options.busy_poll_us = receiver.busy_poll_us();
  if (out.options.busy_poll_us > rio::kMostBusyPollUs) {
    place.Error("busy_poll_us", absl::StrCat(out.options.busy_poll_us, " is more than ",
                                             rio::kMostBusyPollUs, ", a second"));
  }
  switch (receiver.stamps()) {
    case proto::Receiver::NONE:
      out.options.stamps = rio::ReceiveStamps::kNone;
      break;
    case proto::Receiver::SOFTWARE:
      out.options.stamps = rio::ReceiveStamps::kSoftware;
      break;
    case proto::Receiver::HARDWARE:
      out.options.stamps = rio::ReceiveStamps::kHardware;
      break;
    default:  // Text format accepts any number for the name of a choice.
      place.Error("stamps", "is not a choice; it can be NONE, SOFTWARE or HARDWARE");
  }
  out.region.huge_pages = receiver.huge_pages();
  out.region.lock = receiver.lock_memory();
  if (receiver.has_numa_node()) {
    out.region.numa_node = receiver.numa_node();
    if (receiver.numa_node() < 0) place.Error("numa_node", "is negative; nodes count from 0");
  }
  return out;
}

// Sockets would refuse them at the start. A configuration that is checked against no host may be
// for a capture, where tags are seen.
void Builder::CheckTaggedLines(const std::string& backend, size_t feed_thread) {
  if (backend == kAfXdp || host_.backends.empty()) return;
  for (const auto& [place, subscription, of] : tagged_) {
    if (of != feed_thread) continue;
    const char* const key = subscription.vlan.id != 0 ? "vlan" : "outer_vlan";
    place.Error(key, rio::CheckSubscription(subscription).message());
  }
}

rio::XdpOptions Builder::BuildXdp(const proto::Xdp& xdp, const Place& place) {
  rio::XdpOptions out;
  // Text format accepts any number for the name of a choice.
  if (!proto::Xdp::Mode_IsValid(xdp.mode())) {
    place.Error("mode", "is not a choice; it can be AUTO, NATIVE or GENERIC");
  }
  if (!proto::Xdp::Copy_IsValid(xdp.copy())) {
    place.Error("copy", "is not a choice; it can be ANY, COPY or ZERO_COPY");
  }
  if (xdp.mode() == proto::Xdp::NATIVE) out.mode = rio::XdpMode::kNative;
  if (xdp.mode() == proto::Xdp::GENERIC) out.mode = rio::XdpMode::kGeneric;
  if (xdp.copy() == proto::Xdp::COPY) out.copy = rio::XdpCopy::kCopy;
  if (xdp.copy() == proto::Xdp::ZERO_COPY) out.copy = rio::XdpCopy::kZeroCopy;
  if (xdp.mode() == proto::Xdp::GENERIC && xdp.copy() == proto::Xdp::ZERO_COPY) {
    place.Error("copy", "ZERO_COPY is available with mode: NATIVE only");
  }
  out.queues.assign(xdp.queue().begin(), xdp.queue().end());
  if (std::set<uint32_t>(out.queues.begin(), out.queues.end()).size() != out.queues.size()) {
    place.Error("queue", "a queue is named twice");
  }
  if (xdp.has_ring_entries()) out.ring_entries = xdp.ring_entries();
  if (!std::has_single_bit(out.ring_entries) || out.ring_entries < rio::kLeastXdpRingEntries ||
      out.ring_entries > rio::kMostXdpRingEntries) {
    place.Error("ring_entries",
                absl::StrCat(out.ring_entries, " is not a power of two from ",
                             rio::kLeastXdpRingEntries, " to ", rio::kMostXdpRingEntries));
  }
  if (xdp.has_verify_checksums()) out.verify_checksums = xdp.verify_checksums();
  return out;
}

// A gap holds packets by holding their slices, so there must be more slices than all windows hold.
void Builder::ChooseSlices(const proto::Receiver& receiver, uint64_t most_held, const Place& place,
                           ReceiverConfig& config) {
  rio::RegionOptions& out = config.region;
  if (!receiver.has_slice_bytes() && config.backend == kAfXdp &&
      rio::XdpOptionsOf(config.options).copy == rio::XdpCopy::kCopy) {
    out.slice_bytes = rio::kXdpCopySliceBytes;
  }
  if (receiver.slices() == 0) {
    uint64_t needed = 2 * most_held;
    if (config.backend == kAfXdp) {
      // What each queue holds; how many an interface has is known when it is opened.
      const rio::XdpOptions xdp = rio::XdpOptionsOf(config.options);
      const uint64_t queues = std::max<size_t>(1, xdp.queues.size());
      std::set<std::string> interfaces;
      for (const rio::Subscription& line : config.options.subscriptions) {
        if (!line.interface.empty()) interfaces.insert(line.interface);
      }
      needed += queues * interfaces.size() * xdp.ring_entries;
    }
    const uint64_t wanted = std::max<uint64_t>(kMinSlices, std::bit_ceil(needed));
    out.slice_count = static_cast<uint32_t>(std::min<uint64_t>(wanted, rio::kMaxSliceCount));
  } else {
    out.slice_count = receiver.slices();
  }
  if (out.slice_count > rio::kMaxSliceCount) {
    place.Error("slices", absl::StrCat(out.slice_count, " is more than ", rio::kMaxSliceCount));
  } else if (out.slice_count <= most_held) {
    place.Error("slices",
                absl::StrCat(out.slice_count, " slices cannot hold the ", most_held,
                             " packets that the session windows of all channels may hold, and "
                             "receive others; use more, or make session.window_packets smaller"));
  }
}

template <class Thread>
ThreadOptions Builder::BuildThread(const Thread& thread, const Place& place, std::string name) {
  ThreadOptions out;
  out.name = std::move(name);
  if (thread.has_cpu()) {
    out.cpu = thread.cpu();
    if (thread.cpu() < 0 || (host_.cpus > 0 && thread.cpu() >= host_.cpus)) {
      place.Error("cpu", host_.cpus > 0
                             ? absl::StrCat("there is no CPU ", thread.cpu(), "; this machine has ",
                                            host_.cpus, ", 0 to ", host_.cpus - 1)
                             : absl::StrCat(thread.cpu(), " is negative; CPUs count from 0"));
    } else if (const auto [other, added] = pinned_.emplace(thread.cpu(), out.name);
               !added && std::is_same_v<Thread, proto::FeedThread>) {
      place.Error("cpu", absl::StrCat("CPU ", thread.cpu(), " is also that of ", other->second,
                                      "; feed threads that wait for each other lose packets: give "
                                      "each a CPU of its own"));
    } else if (!added) {
      place.Warning("cpu", absl::StrCat("CPU ", thread.cpu(), " is also that of ", other->second,
                                        "; both threads are slower for it"));
    }
  }
  if (thread.has_realtime_priority()) {
    const uint32_t priority = thread.realtime_priority();
    out.realtime_priority = static_cast<int>(priority);
    if (priority < 1 || priority > 99) {
      place.Error("realtime_priority",
                  absl::StrCat(priority,
                               " is not from 1 to 99; leave it out for the normal "
                               "scheduler"));
    }
  }
  switch (thread.idle()) {
    case proto::Thread::AUTO:
      out.idle = IdleMode::kAuto;
      break;
    case proto::Thread::SPIN:
      out.idle = IdleMode::kSpin;
      break;
    case proto::Thread::YIELD:
      out.idle = IdleMode::kYield;
      break;
    default:  // Text format accepts any number for the name of a choice.
      place.Error("idle", "is not a choice; it can be AUTO, SPIN or YIELD");
  }
  return out;
}

StrategyThreadConfig Builder::BuildStrategyThread(const proto::StrategyThread& thread, size_t index,
                                                  const std::vector<FeedConfig>& feeds,
                                                  const Place& place) {
  StrategyThreadConfig out;
  out.thread =
      BuildThread(thread.thread(), place.In("thread"), absl::StrCat("fh-strategy-", index));
  if (thread.has_ring_updates()) out.ring_updates = thread.ring_updates();
  if (!std::has_single_bit(out.ring_updates) || out.ring_updates < kMinRingUpdates ||
      out.ring_updates > kMaxRingUpdates) {
    const uint64_t near =
        std::clamp<uint64_t>(std::bit_ceil(out.ring_updates), kMinRingUpdates, kMaxRingUpdates);
    place.Error("ring_updates",
                absl::StrCat(out.ring_updates, " is not a power of two from ", kMinRingUpdates,
                             " to ", kMaxRingUpdates, "; use ", near));
  }
  if (thread.strategy_size() == 0) {
    place.Error("strategy", "no strategy; add strategy { name: \"count\" }");
  }
  for (int i = 0; i < thread.strategy_size(); ++i) {
    out.strategies.push_back(BuildStrategy(thread.strategy(i), place.In("strategy", i)));
  }
  out.wish = BuildWish(thread, feeds, place);
  if (thread.has_books()) out.books = BuildBooks(thread.books(), out.wish, place.In("books"));
  return out;
}

// Whether it can be the name of an instrument; what is wrong with it, or empty.
std::string WrongSymbol(const std::string& symbol) {
  if (codecs::Symbol(symbol).view() == symbol && !symbol.empty()) return "";
  return absl::StrCat("\"", symbol, "\" can be no instrument's name: those have 1 to ",
                      codecs::Symbol().bytes.size(), " characters and end in no space");
}

// Whether it is one; BY_VENUE leaves `rule` empty.
bool ReadPriority(proto::Books::Priority priority, std::optional<codecs::PlaceRule>& rule) {
  switch (priority) {
    case proto::Books::BY_VENUE:
      return true;
    case proto::Books::BY_FLAG:
      rule = codecs::PlaceRule::kByFlag;
      return true;
    case proto::Books::BY_PRICE:
      rule = codecs::PlaceRule::kByPrice;
      return true;
    case proto::Books::BY_PRICE_AND_SIZE:
      rule = codecs::PlaceRule::kByPriceAndSize;
      return true;
    default:
      return false;
  }
}

BooksConfig Builder::BuildBooks(const proto::Books& books, const UpdateWish& wish,
                                const Place& place) {
  BooksConfig out;
  const auto room = [&place](const char* key, bool is_given, uint32_t given, uint32_t most,
                             uint32_t& to) {
    if (!is_given) return;
    to = given;
    if (given < 1 || given > most) {
      place.Error(
          key, absl::StrCat(given, " is not from 1 to ", most, "; leave it out for the default"));
    }
  };
  room("instruments", books.has_instruments(), books.instruments(), kMostBooks, out.instruments);
  room("orders", books.has_orders(), books.orders(), kMostOrders, out.orders);
  room("levels", books.has_levels(), books.levels(), kMostBookLevels, out.levels);
  if (books.depth() > kMostBookDepth) {
    place.Error("depth", absl::StrCat(books.depth(), " is more than ", kMostBookDepth,
                                      "; 0 is as many as the definitions say"));
  }
  out.depth = static_cast<uint8_t>(std::min(books.depth(), kMostBookDepth));
  if (!ReadPriority(books.priority(), out.priority)) {
    place.Error("priority",
                "is not a choice; it can be BY_VENUE, BY_FLAG, BY_PRICE or BY_PRICE_AND_SIZE");
  }
  for (int i = 0; i < books.symbol_size(); ++i) {
    const std::string& symbol = books.symbol(i);
    if (const std::string wrong = WrongSymbol(symbol); !wrong.empty()) {
      place.Error("symbol", i, wrong);
    } else if (!wish.symbols.empty() &&
               std::find(wish.symbols.begin(), wish.symbols.end(), symbol) == wish.symbols.end()) {
      place.Error("symbol", i,
                  absl::StrCat("the thread does not listen to ", symbol,
                               ": name it in strategy_thread.symbol too"));
    }
    out.symbols.push_back(symbol);
  }
  for (int i = 0; i < books.channel_size(); ++i) {
    const uint32_t channel = books.channel(i);
    if (!channel_ids_.contains(channel) || !wish.WantsChannel(static_cast<uint16_t>(channel))) {
      place.Error("channel", i,
                  absl::StrCat("the thread listens to no channel ", channel,
                               "; name the id of one that it listens to"));
    }
    out.channels.push_back(static_cast<uint16_t>(channel));
  }
  room("heal_log", books.has_heal_log(), books.heal_log(), kMostHealUpdates, out.heal_log);
  room("heal_images", books.has_heal_images(), books.heal_images(), kMostHealUpdates,
       out.heal_images);
  out.heal_log = std::max(out.heal_log, kLeastHealUpdates);
  out.heal_images = std::max(out.heal_images, kLeastHealUpdates);
  if (books.has_heal()) out.heal = books.heal();
  if (books.has_publish_doubtful()) out.publish_doubtful = books.publish_doubtful();
  if (books.has_top_records()) out.top_records = books.top_records();
  if (books.has_fill_in()) out.fill_in = books.fill_in();
  return out;
}

UpdateWish Builder::BuildWish(const proto::StrategyThread& thread,
                              const std::vector<FeedConfig>& feeds, const Place& place) {
  UpdateWish out;
  std::vector<std::string> names;
  for (const FeedConfig& feed : feeds) names.push_back(feed.name);
  for (int i = 0; i < thread.feed_size(); ++i) {
    const auto feed = std::find_if(feeds.begin(), feeds.end(), [&](const FeedConfig& candidate) {
      return candidate.name == thread.feed(i);
    });
    if (feed == feeds.end()) {
      place.Error("feed", i,
                  absl::StrCat("no feed is called \"", thread.feed(i), "\"",
                               config_internal::Suggestion(thread.feed(i), names),
                               "feeds are: ", absl::StrJoin(names, ", ")));
      continue;
    }
    for (const ChannelConfig& channel : feed->channels) out.channels.push_back(channel.id);
  }
  for (int i = 0; i < thread.channel_size(); ++i) {
    if (!channel_ids_.contains(thread.channel(i))) {
      place.Error("channel", i,
                  absl::StrCat("no channel has the id ", thread.channel(i),
                               "; name one of a channel of this file"));
    }
    out.channels.push_back(static_cast<uint16_t>(thread.channel(i)));
  }
  std::sort(out.channels.begin(), out.channels.end());
  out.channels.erase(std::unique(out.channels.begin(), out.channels.end()), out.channels.end());
  for (int i = 0; i < thread.symbol_size(); ++i) {
    const std::string wrong = WrongSymbol(thread.symbol(i));
    if (!wrong.empty()) place.Error("symbol", i, wrong);
    out.symbols.push_back(thread.symbol(i));
  }
  return out;
}

StrategyConfig Builder::BuildStrategy(const proto::Strategy& strategy, const Place& place) {
  if (strategy.name().empty()) {
    place.Error("name", absl::StrCat("is missing; built in are: ", BuiltInStrategyNames(),
                                     "; or the path of a plugin"));
  } else if (!SharedLibrary::IsPath(strategy.name())) {
    // Plugins are opened when they are needed, not by reading a file that names them.
    const auto found = DescribeStrategy(strategy.name());
    if (!found.ok()) place.Error("name", found.status().message());
  }
  return {strategy.name(), strategy.parameters(), place.At("name")};
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) {  // Systems differ in what opening one says.
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read ", path, ": Is a directory; name a file in it"));
  }
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    const std::string reason = std::strerror(errno);
    if (errno == ENOENT) {
      return absl::NotFoundError(absl::StrCat(path, " does not exist; name a configuration file"));
    }
    return absl::FailedPreconditionError(absl::StrCat("cannot open ", path, ": ", reason));
  }
  std::string text(kMaxConfigBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  return text;
}

}  // namespace

uint16_t StreamsOf(const FeedConfig& feed, const ChannelConfig& channel) {
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  if (!codec.ok() || !(*codec)->numbering.has_streams) return 1;
  return channel.streams != 0 ? channel.streams : kDefaultStreams;
}

uint32_t InstrumentsOf(const FeedConfig& feed) {
  if (feed.instruments != 0) return feed.instruments;
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  const bool is_of_venue =
      codec.ok() && (*codec)->instrument_scope == codecs::InstrumentScope::kVenue;
  return is_of_venue ? kInstrumentsOfVenue : kInstrumentsOfSession;
}

uint32_t OrdersOf(const FeedConfig& feed) {
  if (feed.orders.has_value()) return *feed.orders;
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  return codec.ok() && (*codec)->needs_orders ? kOrdersNeeded : 0;
}

std::optional<uint16_t> LiveChannelOf(const FeedConfig& feed, const ChannelConfig& channel) {
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  const bool has_same_ids =
      codec.ok() && (*codec)->instrument_scope == codecs::InstrumentScope::kVenue;
  if (channel.role != codecs::ChannelRole::kSnapshot || !has_same_ids) return std::nullopt;
  if (channel.live_channel.has_value()) return channel.live_channel;
  std::optional<uint16_t> found;
  for (const ChannelConfig& live : feed.channels) {
    if (live.role != codecs::ChannelRole::kIncremental) continue;
    if (found.has_value()) return std::nullopt;
    found = live.id;
  }
  return found;
}

BooksConfig BooksOf(const Config& config) {
  for (const StrategyThreadConfig& thread : config.strategy_threads) {
    if (thread.books.has_value()) return *thread.books;
  }
  return {};
}

codecs::PlaceRule PlaceRuleOf(const FeedConfig& feed) {
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  return codec.ok() ? (*codec)->place_rule : codecs::PlaceRule::kByFlag;
}

uint64_t HeldSlices(const std::vector<FeedConfig>& feeds, std::optional<size_t> feed_thread) {
  uint64_t held = 0;
  for (const FeedConfig& feed : feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      if (channel.feed_thread != feed_thread.value_or(channel.feed_thread)) continue;
      if (channel.role != codecs::ChannelRole::kIncremental) continue;  // Loops hold nothing.
      held += uint64_t{MostHeldSlices(feed.session)} * StreamsOf(feed, channel);
    }
  }
  return held;
}

std::vector<rio::Subscription> SubscriptionsOf(const std::vector<FeedConfig>& feeds,
                                               std::optional<size_t> feed_thread) {
  std::vector<rio::Subscription> subscriptions;
  for (const FeedConfig& feed : feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      if (channel.feed_thread != feed_thread.value_or(channel.feed_thread)) continue;
      for (const LineConfig& line : channel.lines) subscriptions.push_back(line.subscription);
    }
  }
  return subscriptions;
}

absl::StatusOr<Config> LoadConfig(const std::string& path, const ConfigHost& host) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return ParseConfig(*text, path, host);
}

absl::StatusOr<Config> ParseConfig(absl::string_view text, absl::string_view source_name,
                                   const ConfigHost& host) {
  if (text.size() > kMaxConfigBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        source_name, ": is longer than ", kMaxConfigBytes, " bytes; that is no configuration"));
  }
  Report report(source_name);
  const SourceText source(text);
  proto::Config file;
  TextFormat::ParseInfoTree places;
  if (!config_internal::ParseText(text, source, file, places, report)) return report.status();
  Config config = Builder(host).Build(file, Place(file, &places, source, report));
  if (!report.ok()) return report.status();
  config.warnings = report.Warnings();
  return config;
}

}  // namespace fh
